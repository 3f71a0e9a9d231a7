//! Output: shows the session's events to users, and writes them for programs.
//!
//! A session reports [`Event`]s. [`Events`] writes each one as a line of JSON, [`Screen`] shows
//! most of them as text, [`StatusFile`] keeps the resulting state, and [`Timings`] shows where the
//! time went. Apart from `list`, `env` and
//! `doctor`, which print their results, nothing else in the tool writes to a stream.
//!
//! - [`lines`]: an event as text
//! - [`screen`]: where and when the text is shown; [`drawn`]: text that is erased again
//! - [`spinner`]: the progress line of a build
//! - [`terminal`]: saves and restores the terminal's mode
//! - [`check`]: the state of the check of the workspace
//! - [`note`]: information besides the decisions
//! - [`text`]: the sentences for reasons and notes

mod check;
mod drawn;
mod event;
mod events;
mod lines;
mod note;
mod screen;
mod spinner;
mod status;
mod terminal;
pub(crate) mod text;
mod timings;

use std::io;
use std::time::Instant;

pub(crate) use check::{Check, CheckState};
pub(crate) use event::{BuildTarget, Carried, Comparison, Event, NextHost, Outcome, Phases};
pub(crate) use events::Events;
pub(crate) use lines::how_it_ended;
pub(crate) use note::{NotCarried, Note};
pub(crate) use screen::{ColorChoice, Screen, Verbosity};
pub(crate) use status::{Facts, Status, StatusFile, now_ms};
pub(crate) use terminal::Terminal;
pub(crate) use timings::Timings;

/// Sends events to the screen, the events file, the page with timings and the status file.
#[derive(Debug)]
pub(crate) struct Reporter {
    /// When the session began.
    start: Instant,
    pub(crate) screen: Screen,
    pub(crate) events: Option<Events>,
    timings: Option<Timings>,
    /// None until the session has its lock.
    pub(crate) status: Option<StatusFile>,
    /// The notes that are reported once in a session.
    noted: Vec<Note>,
}

impl Reporter {
    pub(crate) fn new(
        start: Instant,
        screen: Screen,
        events: Option<Events>,
        timings: Option<Timings>,
    ) -> Self {
        Reporter {
            start,
            screen,
            events,
            timings,
            status: None,
            noted: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, event: &Event) {
        if let Some(Err(error)) = self.status.as_mut().map(|status| status.take(event)) {
            self.complain(&error);
        }
        self.tell(event);
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.report(&Event::Note(note));
    }

    /// Reports notes, each of them once in a session.
    pub(crate) fn note_once(&mut self, notes: impl IntoIterator<Item: Into<Note>>) {
        for note in notes {
            let note = note.into();
            if !self.noted.contains(&note) {
                self.noted.push(note.clone());
                self.note(note);
            }
        }
    }

    /// Reports an error of the session itself.
    pub(crate) fn error(&mut self, message: &str) {
        let message = message.to_owned();
        self.report(&Event::Error {
            message,
            help: None,
        });
    }

    /// Takes the state of the session. The status file shows it after the next event.
    pub(crate) fn know(&mut self, facts: Facts) {
        if let Some(status) = &mut self.status {
            status.know(facts);
        }
    }

    /// Writes the status file and the page with timings after the reported events have been acted upon.
    pub(crate) fn settle(&mut self) {
        if let Some(Err(error)) = self.status.as_mut().map(StatusFile::settle) {
            self.complain(&error);
        }
        let age = self.start.elapsed();
        if let Some(timings) = &mut self.timings
            && let Err(error) = timings.settle(age)
        {
            let path = timings.path().display();
            let message = format!("cannot write the timings to `{path}`: {error}");
            self.screen.warning(&message);
        }
    }

    fn complain(&mut self, error: &io::Error) {
        let error = error.to_string();
        self.tell(&Event::Note(Note::StatusNotWritten { error }));
    }

    fn tell(&mut self, event: &Event) {
        let at = self.start.elapsed();
        // First, so that who has read an event finds it on the screen.
        self.screen.show(event);
        if let Some(timings) = &mut self.timings {
            timings.take(event, at);
            if let Event::SessionStarted { .. } | Event::SessionEnded = event {
                self.screen.place("Timings", timings.path());
            }
        }
        if let Some(events) = &mut self.events
            && let Err(error) = events.write(event, at)
        {
            let path = events.path().display().to_string();
            self.events = None;
            self.screen
                .warning(&format!("cannot write more events to `{path}`: {error}"));
        }
    }
}

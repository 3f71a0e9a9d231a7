//! What people and programs are told.
//!
//! [`Event`] is all that a session has to say. [`Events`] writes each as a line of JSON for
//! programs, [`Screen`] most of them as lines for people, [`StatusFile`] what they come to. Nothing
//! else of the tool writes to a stream, but for the answers of `list`, `env` and `doctor`.
//!
//! - [`lines`]: what an event looks like
//! - [`screen`]: where that goes, and when
//! - [`spinner`]: what moves while nothing else does
//! - [`terminal`]: the terminal's mode, which is given back as it was found

mod event;
mod events;
mod lines;
mod problem;
mod screen;
mod spinner;
mod status;
mod terminal;

use std::io;

pub(crate) use event::{Event, Outcome, Phases};
pub(crate) use events::Events;
pub(crate) use problem::{Problem, Standing};
pub(crate) use screen::{ColorChoice, Screen, Verbosity};
pub(crate) use status::{Status, StatusFile, now_ms};
pub(crate) use terminal::Terminal;

/// Tells everybody.
#[derive(Debug)]
pub(crate) struct Reporter {
    pub(crate) screen: Screen,
    pub(crate) events: Option<Events>,
    /// Why what is on disk is not live, if it is known.
    pub(crate) standing: Standing,
    /// Once the session has its lock.
    pub(crate) status: Option<StatusFile>,
}

impl Reporter {
    pub(crate) fn report(&mut self, event: &Event) {
        if let Some(Err(error)) = self.status.as_mut().map(|status| status.take(event)) {
            self.complain(&error);
        }
        self.tell(event);
    }

    /// A build that somebody waits for came to its end.
    pub(crate) fn build_ended(&mut self, has_failed: bool) {
        if let Some(status) = &mut self.status {
            status.build_ended(has_failed);
        }
    }

    /// From now on edits wait, or no longer do. It is in the file with what is reported next.
    pub(crate) fn paused(&mut self, is_paused: bool) {
        if let Some(status) = &mut self.status {
            status.paused(is_paused);
        }
    }

    /// What was reported is on its way: now there is time to write it down.
    pub(crate) fn settle(&mut self, is_building: bool) {
        if let Some(Err(error)) = self.status.as_mut().map(|it| it.settle(is_building)) {
            self.complain(&error);
        }
    }

    fn complain(&mut self, error: &io::Error) {
        let message = format!("`cargo hotmod list` knows nothing of the session: {error}");
        self.tell(&Event::Note { message });
    }

    fn tell(&mut self, event: &Event) {
        if let Some(events) = &mut self.events
            && let Err(error) = events.write(event)
        {
            let path = events.path().display().to_string();
            self.events = None;
            self.screen
                .warning(&format!("`{path}` takes no more events: {error}"));
        }
        self.standing.note(event);
        self.screen.show(event);
    }
}

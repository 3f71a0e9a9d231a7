//! Output: shows the session's events to users, and writes them for programs.
//!
//! A session reports [`Event`]s. [`Events`] writes each one as a line of JSON, [`Screen`] shows
//! most of them as text, and [`StatusFile`] keeps the resulting state. Apart from `list`, `env` and
//! `doctor`, which print their results, nothing else in the tool writes to a stream.
//!
//! - [`lines`]: an event as text
//! - [`screen`]: where and when the text is shown
//! - [`spinner`]: the progress line of a build
//! - [`terminal`]: saves and restores the terminal's mode

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

/// Sends events to the screen, the events file and the status file.
#[derive(Debug)]
pub(crate) struct Reporter {
    pub(crate) screen: Screen,
    pub(crate) events: Option<Events>,
    /// Why the saved code is not live, if known.
    pub(crate) standing: Standing,
    /// None until the session has its lock.
    pub(crate) status: Option<StatusFile>,
}

impl Reporter {
    pub(crate) fn report(&mut self, event: &Event) {
        if let Some(Err(error)) = self.status.as_mut().map(|status| status.take(event)) {
            self.complain(&error);
        }
        self.tell(event);
    }

    /// A build for the host or the group ended.
    pub(crate) fn build_ended(&mut self, has_failed: bool) {
        if let Some(status) = &mut self.status {
            status.build_ended(has_failed);
        }
    }

    /// The session was paused or resumed. The status file shows it after the next event.
    pub(crate) fn paused(&mut self, is_paused: bool) {
        if let Some(status) = &mut self.status {
            status.paused(is_paused);
        }
    }

    /// Writes the status file after the reported events have been acted upon.
    pub(crate) fn settle(&mut self, is_building: bool) {
        if let Some(Err(error)) = self.status.as_mut().map(|it| it.settle(is_building)) {
            self.complain(&error);
        }
    }

    fn complain(&mut self, error: &io::Error) {
        let message = format!(
            "cannot write the status file, so `cargo hotmod list` will not show \
                               this session: {error}"
        );
        self.tell(&Event::Note { message });
    }

    fn tell(&mut self, event: &Event) {
        if let Some(events) = &mut self.events
            && let Err(error) = events.write(event)
        {
            let path = events.path().display().to_string();
            self.events = None;
            self.screen
                .warning(&format!("cannot write more events to `{path}`: {error}"));
        }
        self.standing.note(event);
        self.screen.show(event);
    }
}

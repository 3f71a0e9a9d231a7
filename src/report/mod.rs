//! Stage five: what people and programs are told.
//!
//! [`Event`] is all that a session has to say. [`Events`] writes each as a line of JSON for
//! programs, [`Screen`] most of them as lines for people. Nothing else of the tool writes to a
//! stream, but for the answer of `list`.
//!
//! - [`lines`]: what an event looks like
//! - [`screen`]: where that goes, and when
//! - [`spinner`]: what moves while nothing else does
//! - [`terminal`]: the terminal's mode, which is given back as it was found

mod event;
mod events;
mod lines;
mod screen;
mod spinner;
mod terminal;

pub(crate) use event::{Event, Outcome, Phases};
pub(crate) use events::Events;
pub(crate) use screen::{ColorChoice, Screen, Verbosity};
pub(crate) use terminal::Terminal;

/// Tells everybody.
#[derive(Debug)]
pub(crate) struct Reporter {
    pub(crate) screen: Screen,
    pub(crate) events: Option<Events>,
}

impl Reporter {
    pub(crate) fn report(&mut self, event: &Event) {
        if let Some(events) = &mut self.events
            && let Err(error) = events.write(event)
        {
            let path = events.path().display().to_string();
            self.events = None;
            self.screen
                .warning(&format!("`{path}` takes no more events: {error}"));
        }
        self.screen.show(event);
    }
}

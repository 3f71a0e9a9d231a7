//! What the session tells besides the events of its core.

use crate::report::Event;

use super::Session;

impl Session {
    /// Tells notes, each of them once in a session.
    pub(super) fn say_notes(&mut self, notes: Vec<String>) {
        for message in notes {
            if self.notes_said.insert(message.clone()) {
                self.note(&message);
            }
        }
    }

    pub(super) fn note(&mut self, message: &str) {
        let message = message.to_owned();
        self.reporter.report(&Event::Note { message });
    }

    pub(super) fn error(&mut self, message: &str) {
        let message = message.to_owned();
        self.reporter.report(&Event::Error {
            message,
            help: None,
        });
    }
}

//! Notes and errors that do not come from the core.

use crate::report::{Event, Note};

use super::Session;

impl Session {
    /// Tells notes, each of them once in a session.
    pub(super) fn say_notes(&mut self, notes: impl IntoIterator<Item: Into<Note>>) {
        for note in notes {
            let note = note.into();
            if !self.notes_said.contains(&note) {
                self.notes_said.push(note.clone());
                self.note(note);
            }
        }
    }

    pub(super) fn note(&mut self, note: Note) {
        self.reporter.report(&Event::Note(note));
    }

    pub(super) fn error(&mut self, message: &str) {
        let message = message.to_owned();
        self.reporter.report(&Event::Error {
            message,
            help: None,
        });
    }
}

//! The changes of an `init`, which are planned completely and shown before they are written.

use std::path::Path;

use crate::report::Screen;

use super::InitError;
use super::interrupt::Interrupt;
use super::lines;
use super::record::{Progress, Record, Records};
use super::workspace::Workspace;
use crate::commands::init::change;
use crate::commands::init::change::Change;
use crate::error::Error;

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    /// The package that becomes a member, if it is new.
    pub(crate) member: Option<String>,
    /// What else the changes mean.
    pub(crate) notes: Vec<String>,
    /// Steps that the user has to do.
    pub(crate) by_hand: Vec<String>,
    /// Next steps for the user: a status word and a text.
    pub(crate) next: Vec<(&'static str, String)>,
}

impl Plan {
    /// Shows each change as a diff.
    pub(crate) fn show(&self, screen: &mut Screen, root: &Path) {
        for change in &self.changes {
            screen.diff(&lines::diff(change, root));
        }
    }

    /// Records the changes, writes them, and lists them on the screen.
    pub(crate) fn carry_out(&self, screen: &mut Screen, root: &Path) -> Result<(), InitError> {
        let records = Records::of(root)?;
        if records.has_begun() {
            return Err(InitError::Begun);
        }
        let interrupt = Interrupt::note().map_err(Error::Setup)?;
        let begun = records.path(Progress::Begun);
        let paths = || self.changes.iter().map(|change| change.path.as_path());
        // The record may be the first file in a new folder.
        let made = change::missing_folders(paths().chain([begun.as_path()]));
        let record = Record::new(root, &self.changes, &change::missing_folders(paths()));
        let written = records.begin(&record);
        if let Err(error) = written.and_then(|()| self.write(&records, &interrupt)) {
            records.forget();
            change::remove_empty(&made);
            return Err(error);
        }
        self.show_written(screen, root);
        Ok(())
    }

    /// Writes all changes or none.
    fn write(&self, records: &Records, interrupt: &Interrupt) -> Result<(), InitError> {
        change::apply(&self.changes)?;
        let confirmed = self.confirm(records.root());
        // A signal may have ended cargo too: report the signal first.
        let outcome = interrupt.check();
        let outcome = outcome.and(confirmed).and_then(|()| records.finish());
        outcome.inspect_err(|_| _ = change::revert(&self.changes, &[]))
    }

    /// Checks that cargo accepts the result.
    fn confirm(&self, root: &Path) -> Result<(), InitError> {
        let workspace = Workspace::open(Some(&root.join("Cargo.toml")))?;
        if let Some(name) = &self.member
            && workspace.package(name).is_err()
        {
            return Err(InitError::NotAMember { name: name.clone() });
        }
        Ok(())
    }

    pub(crate) fn show_written(&self, screen: &mut Screen, root: &Path) {
        for change in &self.changes {
            let word = match (&change.before, &change.after) {
                (None, _) => "Created",
                (_, None) => "Removed",
                _ => "Changed",
            };
            let path = change.path.strip_prefix(root).unwrap_or(&change.path);
            screen.say(word, &format!("`{}`", path.display()));
        }
    }

    pub(crate) fn show_notes(&self, screen: &mut Screen) {
        for note in &self.notes {
            screen.note(note);
        }
    }

    pub(crate) fn show_manual_steps(&self, screen: &mut Screen) {
        for by_hand in &self.by_hand {
            screen.warning(by_hand);
        }
    }

    pub(crate) fn show_next_steps(&self, screen: &mut Screen) {
        for (word, text) in &self.next {
            screen.say(word, text);
        }
    }
}

//! What an `init` is going to do: made in full, shown, and only then done.

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
    /// The package that is a member afterwards, if it is a new one.
    pub(crate) member: Option<String>,
    /// What the tool can't do.
    pub(crate) by_hand: Vec<String>,
    /// What to do next: a word, and what it is about.
    pub(crate) next: Vec<(&'static str, String)>,
}

impl Plan {
    /// Shows each change in full.
    pub(crate) fn show(&self, screen: &mut Screen, root: &Path) {
        for change in &self.changes {
            screen.diff(&lines::diff(change, root));
        }
    }

    /// Writes down what is to be done, does it, and says it.
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
        self.say(screen, root);
        Ok(())
    }

    /// Writes all, or nothing.
    fn write(&self, records: &Records, interrupt: &Interrupt) -> Result<(), InitError> {
        change::apply(&self.changes)?;
        let confirmed = self.confirm(records.root());
        // It may have ended cargo too, whose end says less.
        let outcome = interrupt.check();
        let outcome = outcome.and(confirmed).and_then(|()| records.finish());
        outcome.inspect_err(|_| _ = change::take_back(&self.changes, &[]))
    }

    /// Cargo has the last word on what was written.
    fn confirm(&self, root: &Path) -> Result<(), InitError> {
        let workspace = Workspace::open(Some(&root.join("Cargo.toml")))?;
        if let Some(name) = &self.member
            && workspace.package(name).is_err()
        {
            return Err(InitError::NotAMember { name: name.clone() });
        }
        Ok(())
    }

    pub(crate) fn say(&self, screen: &mut Screen, root: &Path) {
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

    pub(crate) fn say_by_hand(&self, screen: &mut Screen) {
        for by_hand in &self.by_hand {
            screen.warning(by_hand);
        }
    }

    pub(crate) fn say_next(&self, screen: &mut Screen) {
        for (word, text) in &self.next {
            screen.say(word, text);
        }
    }
}

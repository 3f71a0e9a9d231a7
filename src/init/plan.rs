//! What an `init` is going to do: made in full, shown, and only then done.

use std::path::Path;

use crate::error::Error;
use crate::report::Screen;

use super::InitError;
use super::change::{self, Change};
use super::lines;
use super::record::Record;
use super::workspace::Workspace;

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) changes: Vec<Change>,
    /// The package that is a member afterwards, if it is a new one.
    pub(super) member: Option<String>,
    /// What the tool can't do.
    pub(super) by_hand: Vec<String>,
    /// What to do next: a word, and what it is about.
    pub(super) next: Vec<(&'static str, String)>,
}

impl Plan {
    /// Shows each change in full.
    pub(super) fn show(&self, screen: &mut Screen, root: &Path) {
        for change in &self.changes {
            screen.diff(&lines::diff(change, root));
        }
    }

    /// Does it, writes down what was done, and says it.
    pub(super) fn carry_out(&self, screen: &mut Screen, root: &Path) -> Result<(), Error> {
        let folders = change::apply(&self.changes)?;
        let recorded = self.confirm(root).and_then(|workspace| {
            let record = Record::new(&self.changes, folders.clone());
            record.store(&workspace)
        });
        if let Err(error) = recorded {
            change::take_back(&self.changes, &folders);
            return Err(error);
        }
        self.say(screen, root);
        Ok(())
    }

    /// Cargo has the last word on what was written.
    fn confirm(&self, root: &Path) -> Result<Workspace, Error> {
        let workspace = Workspace::open(Some(&root.join("Cargo.toml")))?;
        if let Some(name) = &self.member
            && workspace.package(name).is_err()
        {
            return Err(InitError::NotAMember { name: name.clone() }.into());
        }
        Ok(workspace)
    }

    pub(super) fn say(&self, screen: &mut Screen, root: &Path) {
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

    pub(super) fn say_by_hand(&self, screen: &mut Screen) {
        for by_hand in &self.by_hand {
            screen.warning(by_hand);
        }
    }

    pub(super) fn say_next(&self, screen: &mut Screen) {
        for (word, text) in &self.next {
            screen.say(word, text);
        }
    }
}

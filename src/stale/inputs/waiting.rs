//! Changes that cause neither a reload nor a restart. They take effect at the next restart.

use std::path::{Path, PathBuf};

use super::changes::shown;
use super::{Inputs, Kind};
use crate::base::contents::Digested;

impl Inputs {
    /// Whether this content of a file waits for the next restart.
    pub(super) fn waits(&self, path: &Path, content: Digested) -> bool {
        matches!(self.kinds.get(path), Some(Kind::VersionControl(_)))
            || self.put_off.get(path) == Some(&content)
    }

    /// Whether a file belongs to version control.
    pub(crate) fn is_of_version_control(&self, path: &Path) -> bool {
        matches!(self.kinds.get(path), Some(Kind::VersionControl(_)))
    }

    /// Whether a change was refused because it needs a restart.
    pub(crate) fn has_put_off(&self) -> bool {
        let mut changed = self.changed.iter();
        changed.any(|(path, content)| self.put_off.get(path) == Some(content))
    }

    /// The changed files of version control, relative to `root`, with the packages whose builds read
    /// them.
    pub(crate) fn waiting(&self, root: &Path) -> Vec<(String, String)> {
        let changed = self.changed.keys();
        let waiting = changed.filter_map(|path| match self.kinds.get(path)? {
            Kind::VersionControl(package) => Some((shown(path, root), package.clone())),
            _ => None,
        });
        waiting.collect()
    }

    /// Puts off the changes outside of reloadable crates until the next restart. Returns whether there are any.
    pub(crate) fn put_off(&mut self) -> bool {
        let changed = self.changed();
        let late = changed.filter(|(_, kind)| **kind != Kind::Reloadable);
        let late: Vec<PathBuf> = late.map(|(path, _)| path.to_owned()).collect();
        for path in &late {
            let content = self.changed.get(path).copied();
            self.put_off
                .insert(path.clone(), content.unwrap_or(Digested::Missing));
        }
        !late.is_empty()
    }
}

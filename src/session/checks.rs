//! The check of the whole workspace (`--check`), which also reads sources that the program does not contain.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::base::contents::Digested;
use crate::compile::Checker;
use crate::report::{Check, CheckState};
use crate::stale::Inputs;

use super::core::Core;
use super::files::is_editors_own;

#[derive(Debug)]
pub(super) struct Checks {
    /// None if there are no checks.
    pub(super) checker: Option<Checker>,
    /// The sources that the program does not contain, with their contents at their last event.
    seen: BTreeMap<PathBuf, Digested>,
}

impl Checks {
    pub(super) fn new(checker: Option<Checker>) -> Self {
        Checks {
            checker,
            seen: BTreeMap::new(),
        }
    }

    /// Whether one of these files is a source that the program does not contain, and has another content than at its last
    /// event: a build script may write one again and again.
    pub(super) fn concern(&mut self, paths: &[PathBuf], root: &Path, inputs: &Inputs) -> bool {
        if self.checker.is_none() {
            return false;
        }
        let is_concerned = |path: &&PathBuf| {
            is_source(path) && path.starts_with(root) && inputs.at(path).is_empty()
        };
        let mut is_any = false;
        for path in paths.iter().filter(is_concerned) {
            let content = Digested::of(path);
            is_any |= self.seen.insert(path.clone(), content) != Some(content);
        }
        is_any
    }

    /// The state of the check, for those who only show it.
    pub(super) fn state(&self, core: &Core) -> Option<Check> {
        self.checker.as_ref()?;
        let state = match core.is_checking() {
            true => CheckState::Running,
            false => CheckState::Waiting,
        };
        let other = Check {
            state,
            ..Check::default()
        };
        Some(core.check().map_or(other, Check::from))
    }
}

/// Whether cargo or a compiler may read this file. What a program writes, such as a log or a database, is none.
fn is_source(path: &Path) -> bool {
    let is_manifest = path.file_name() == Some(OsStr::new("Cargo.toml"));
    (is_manifest || path.extension() == Some(OsStr::new("rs"))) && !is_editors_own(path)
}

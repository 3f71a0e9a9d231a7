//! The contents of a host's sources when cargo compiled it. Cargo compares the times of files, and misses an
//! edit if the clock was set back.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::began::Began;
use crate::base::atomic_file::write_whole;
use crate::base::contents::{Contents, Digested};

/// The sources that cargo compiled, of all crates.
#[derive(Debug, Default)]
pub(crate) struct CompiledSources(pub(super) Contents);

impl CompiledSources {
    /// The sources of the last session's host. If the file is missing or can't be read, there are
    /// none, and only cargo looks for edits.
    pub(crate) fn load(file: &Path) -> Self {
        let text = std::fs::read(file).unwrap_or_default();
        CompiledSources(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// Writes them to a file for the next session.
    pub(crate) fn store(&self, file: &Path) -> io::Result<()> {
        write_whole(file, &serde_json::to_vec(&self.0)?)
    }

    /// Takes the contents of the sources that are `read` in a build that began like this, unless
    /// they have changed since.
    pub(crate) fn compiled_again(&mut self, began: &Began, read: impl Fn(&Path) -> bool) {
        for (path, content) in self.0.iter_mut().filter(|(path, _)| read(path)) {
            let Some(state) = began.states.get(path) else {
                continue;
            };
            if Digested::since(began.at, path) != Digested::Unknown {
                *content = state.content;
            }
        }
    }

    /// Forgets files from which no crate is compiled any more, such as one whose module moved.
    pub(crate) fn forget<'a>(&mut self, files: impl Iterator<Item = &'a PathBuf>) {
        for path in files {
            self.0.remove(path);
        }
    }

    /// The sources whose contents are different now.
    pub(crate) fn edited(&self) -> BTreeSet<PathBuf> {
        let all = self.0.iter();
        let edited = all.filter(|(path, content)| Digested::of(path) != **content);
        edited.map(|(path, _)| path.clone()).collect()
    }
}

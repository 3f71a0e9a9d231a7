//! What the sources of a host contained when cargo compiled it: cargo itself goes by the times of files, and a
//! clock may be set back.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::began::Began;
use crate::base::atomic_file::write_whole;
use crate::base::contents::{Contents, Digested};

/// The sources that cargo compiled, of reloadable crates and others.
#[derive(Debug, Default)]
pub(crate) struct CompiledSources(pub(super) Contents);

impl CompiledSources {
    /// Those of the last session's host. A file that is not there, or can't be read, leaves it to cargo
    /// to find what was edited.
    pub(crate) fn load(file: &Path) -> Self {
        let text = std::fs::read(file).unwrap_or_default();
        CompiledSources(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// Writes them down for the next session.
    pub(crate) fn store(&self, file: &Path) -> io::Result<()> {
        write_whole(file, &serde_json::to_vec(&self.0)?)
    }

    /// Those that are `read` were compiled again in a build that began like this, unless they have
    /// changed since.
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

    /// Those that contain something else by now.
    pub(crate) fn edited(&self) -> BTreeSet<PathBuf> {
        let all = self.0.iter();
        let edited = all.filter(|(path, content)| Digested::of(path) != **content);
        edited.map(|(path, _)| path.clone()).collect()
    }
}

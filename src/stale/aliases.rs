//! Inputs by the paths at which file events tell of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where inputs really are, if a link or a `..` stands in their paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Aliases(BTreeMap<PathBuf, BTreeSet<PathBuf>>);

impl Aliases {
    pub(super) fn of<'a>(inputs: impl Iterator<Item = &'a PathBuf>) -> Self {
        let mut aliases = Aliases::default();
        for path in inputs {
            let real = real_path(path);
            if real != *path {
                aliases.0.entry(real).or_default().insert(path.clone());
            }
        }
        aliases
    }

    /// The inputs that really are at a path, whatever way leads there.
    pub(super) fn at(&self, path: &Path) -> impl Iterator<Item = &PathBuf> {
        self.0.get(&real_path(path)).into_iter().flatten()
    }

    /// Where they really are.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }
}

/// The path without links and `..`; of a file that is gone, as far as its folder is there.
fn real_path(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => folder
            .canonicalize()
            .map_or_else(|_| path.to_owned(), |folder| folder.join(name)),
        _ => path.to_owned(),
    }
}

//! Inputs by the paths that file events report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The real paths of inputs whose paths contain a link or `..`.
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

    /// The inputs whose real path is that of `path`.
    pub(super) fn at(&self, path: &Path) -> impl Iterator<Item = &PathBuf> {
        self.0.get(&real_path(path)).into_iter().flatten()
    }

    /// The real paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }
}

/// The path without links and `..`. For a file that is gone, it is built from its folder.
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

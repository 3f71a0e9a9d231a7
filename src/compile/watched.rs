//! Inputs in a package's `watch` setting.

use std::path::{Path, PathBuf};

use crate::base::walk;
use crate::discover::Watch;

/// Files to watch in addition to those in dep-info, because macros read them.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    directory: PathBuf,
    patterns: Vec<Watch>,
}

impl Watched {
    /// The `watch` setting of a package in the folder `directory`.
    pub(crate) fn new(directory: &Path, patterns: &[Watch]) -> Self {
        Watched {
            directory: directory.to_owned(),
            patterns: patterns.to_owned(),
        }
    }

    /// Whether the setting matches this file, which need not exist.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.patterns.iter().any(|pattern| match pattern {
            Watch::Path(path) => file.starts_with(path),
            Watch::Glob(glob) => file.strip_prefix(&self.directory).is_ok_and(|file| {
                globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(file))
            }),
        })
    }

    /// The existing files that match.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let files = self.patterns.iter().map(|pattern| match pattern {
            Watch::Path(path) if !path.is_dir() => vec![path.clone()],
            pattern => {
                let below = walk::all(&pattern.folder(&self.directory));
                walk::files(&below).filter(|file| self.has(file)).collect()
            }
        });
        files.flatten().collect()
    }
}

//! The files that a package's settings name as inputs.

use std::path::{Path, PathBuf};

use crate::base::walk;
use crate::discover::Watch;

/// What is to be watched beside what rustc names: files that macros read.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    directory: PathBuf,
    patterns: Vec<Watch>,
}

impl Watched {
    /// What a package whose folder is `directory` asks for.
    pub(crate) fn new(directory: &Path, patterns: &[Watch]) -> Self {
        Watched {
            directory: directory.to_owned(),
            patterns: patterns.to_owned(),
        }
    }

    /// Whether it asks for this file, whether that is there or not.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.patterns.iter().any(|pattern| match pattern {
            Watch::Path(path) => file.starts_with(path),
            Watch::Glob(glob) => file.strip_prefix(&self.directory).is_ok_and(|file| {
                globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(file))
            }),
        })
    }

    /// The files that are there now.
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

//! The objects of a generation, for a comparison of its code.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::content_hash::Digest;
use crate::base::mmap::map;
use crate::compat::code::GroupCode;
use crate::compat::symbols::objects;

use super::unit::Compiled;

/// Where the objects of a generation are, until a later build replaces them.
#[derive(Debug, Default)]
pub(crate) struct CodeFiles {
    /// An rlib or a folder for each crate, and its digest when it was written.
    crates: Vec<(PathBuf, u64)>,
}

impl CodeFiles {
    pub(super) fn of(states: &[Compiled]) -> Self {
        let crates = states
            .iter()
            .map(|it| (it.objects.path.clone(), it.written));
        CodeFiles {
            crates: crates.collect(),
        }
    }

    /// The generation's code; `None` if a file was replaced, or can't be read.
    pub(crate) fn read(&self) -> Option<GroupCode> {
        let mut files = Vec::new();
        for (path, _) in &self.crates {
            for file in files_at(path).ok()? {
                let bytes = map(&file).ok()?;
                files.push((file, bytes));
            }
        }
        // What is open now stays as it is.
        let mut crates = self.crates.iter();
        if !crates.all(|(path, written)| Digest::of_written(path).is_ok_and(|it| it == *written)) {
            return None;
        }
        let mut all = Vec::new();
        for (path, bytes) in &files {
            all.extend(objects(bytes, path).ok()?);
        }
        GroupCode::read(&all).ok()
    }
}

/// The rlib, or the files in the folder.
fn files_at(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?;
    let files: io::Result<Vec<PathBuf>> = entries.map(|it| Ok(it?.path())).collect();
    let mut files = files?;
    files.sort();
    Ok(files)
}

//! The objects of a generation, for a comparison of its code.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::base::content_hash::Digest;
use crate::base::mmap::map;
use crate::compat::code::GroupCode;
use crate::compat::symbols::objects;

use super::unit::Compiled;

/// The objects of a generation. They are mapped, because a later build removes the files.
#[derive(Debug, Default)]
pub(crate) struct CodeFiles {
    /// `None` if a file was replaced, or can't be read.
    files: Option<Vec<(PathBuf, Mmap)>>,
    /// The paths of the functions that the host calls without a mark, by their symbols.
    redirected: BTreeMap<String, String>,
}

impl CodeFiles {
    pub(super) fn of(states: &[Compiled], redirected: BTreeMap<String, String>) -> Self {
        let mut files = Vec::new();
        let mut crates = states.iter();
        let are_mapped = crates.all(|it| {
            let path = &it.objects.path;
            let mapped = files_at(path).and_then(|found| {
                found.into_iter().try_for_each(|file| {
                    let bytes = map(&file)?;
                    files.push((file, bytes));
                    Ok(())
                })
            });
            // Checked last: if they are the compilation's now, those that were mapped are, too.
            mapped.is_ok() && Digest::of_written(path).is_ok_and(|digest| digest == it.written)
        });
        CodeFiles {
            files: are_mapped.then_some(files),
            redirected,
        }
    }

    /// The generation's code, if it can be read.
    pub(crate) fn read(&self) -> Option<GroupCode> {
        let mut all = Vec::new();
        for (path, bytes) in self.files.as_ref()? {
            all.extend(objects(bytes, path).ok()?);
        }
        GroupCode::read(&all, &self.redirected).ok()
    }
}

/// The rlib, or the files in the folder.
pub(super) fn files_at(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?;
    let files: io::Result<Vec<PathBuf>> = entries.map(|it| Ok(it?.path())).collect();
    let mut files = files?;
    files.sort();
    Ok(files)
}

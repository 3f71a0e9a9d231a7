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
    /// By unit. `None` if a file was replaced, or can't be read.
    files: Option<Vec<Vec<(PathBuf, Mmap)>>>,
    /// The paths of the functions that the host calls without a mark, by their symbols.
    redirected: BTreeMap<String, String>,
}

impl CodeFiles {
    pub(super) fn of(states: &[Compiled], redirected: BTreeMap<String, String>) -> Self {
        let files = states.iter().map(|it| {
            let path = &it.objects.path;
            let files = files_at(path).ok()?.into_iter();
            let mapped = files.map(|file| {
                let bytes = map(&file)?;
                Ok((file, bytes))
            });
            let mapped = mapped.collect::<io::Result<_>>().ok()?;
            // Checked last: if they are the compilation's now, those that were mapped are, too.
            let written = Digest::of_written(path).ok()?;
            (written == it.written).then_some(mapped)
        });
        CodeFiles {
            files: files.collect(),
            redirected,
        }
    }

    /// The objects of each unit.
    pub(crate) fn by_unit(&self) -> Option<Vec<Vec<&[u8]>>> {
        let units = self.files.as_ref()?.iter();
        let objects = units.map(|files| {
            let objects = files.iter().map(|(path, bytes)| objects(bytes, path).ok());
            Some(objects.collect::<Option<Vec<_>>>()?.concat())
        });
        objects.collect()
    }

    /// The generation's code, if it can be read.
    pub(crate) fn read(&self) -> Option<GroupCode> {
        GroupCode::read(&self.by_unit()?.concat(), &self.redirected).ok()
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

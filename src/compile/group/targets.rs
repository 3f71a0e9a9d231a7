//! The functions of a library to which the host's calls are redirected.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::code::files_at;
use super::link::{Objects, Recipe};
use super::{BuildError, Group};
use crate::base::child_process::Cancel;
use crate::base::library::Library;
use crate::base::mmap::map;
use crate::compat::redirects::{Targets, with_same_names};
use crate::compat::symbols::objects;

/// A linked library.
pub(super) struct Linked {
    pub(super) library: Library,
    /// If it lacks a function, its path.
    pub(super) targets: Result<Targets, String>,
}

impl Group {
    /// Links the group. The linker removes what nothing refers to, so it has to be told which functions the host
    /// calls.
    pub(super) fn link(
        &self,
        recipe: &Recipe,
        crates: &[(PathBuf, Objects)],
        identity: u64,
        output: &Path,
        cancel: &Cancel,
    ) -> Result<Linked, BuildError> {
        let mut kept: Vec<String> = self.redirects.iter().map(|it| it.symbol.clone()).collect();
        let library = recipe.link(crates, identity, &kept, output, cancel)?;
        let targets = self.targets(&library)?;
        if targets.is_ok() {
            return Ok(Linked { library, targets });
        }
        // The numbers of impls may have shifted.
        let mut files = Vec::new();
        for (_, objects) in crates {
            for file in files_at(&objects.path)? {
                let bytes = map(&file)?;
                files.push((file, bytes));
            }
        }
        let mut all = Vec::new();
        for (path, bytes) in &files {
            all.extend(objects(bytes, path).map_err(io::Error::other)?);
        }
        let others = with_same_names(&all, &self.redirects).map_err(io::Error::other)?;
        if others.is_empty() {
            return Ok(Linked { library, targets });
        }
        kept.extend(others);
        fs::remove_file(&library.path)?;
        let library = recipe.link(crates, identity, &kept, output, cancel)?;
        let targets = self.targets(&library)?;
        Ok(Linked { library, targets })
    }

    /// The paths of the functions that a library has for the host, by their symbols.
    pub(super) fn redirected(&self, targets: &Result<Targets, String>) -> BTreeMap<String, String> {
        let symbols = targets.iter().flat_map(Targets::symbols).map(str::to_owned);
        let paths = self.redirects.iter().map(|it| it.path.clone());
        symbols.zip(paths).collect()
    }

    fn targets(&self, library: &Library) -> io::Result<Result<Targets, String>> {
        Targets::of(&library.path, &self.redirects).map_err(io::Error::other)
    }
}

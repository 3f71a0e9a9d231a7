//! The copy of a crate's sources from which a delta is compiled.
//!
//! Each file has its absolute path below the folder of the copy, so relative paths in sources lead
//! from one copied file to another. Files that are not modules are symbolic links.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::strip::strip;
use crate::base::content_hash::{ContentHash, Digest};
use crate::cargo::invocation::Invocation;
use crate::compile::group::interface::{Outlines, Source};

/// What the files of a copy were made from.
#[derive(Debug, Default)]
pub(super) struct Copy(BTreeMap<PathBuf, (ContentHash, u64)>);

impl Copy {
    /// Writes a source without the bodies that a delta does not need. Returns `false` if that is not
    /// possible.
    pub(super) fn write(
        &mut self,
        folder: &Path,
        source: &Source,
        is_root: bool,
    ) -> io::Result<bool> {
        let kept = source.bodies.iter().map(|(_, is_kept)| *is_kept);
        let made_from = (source.content, digest(kept));
        let path = below(folder, &source.path);
        if self.0.get(&source.path) == Some(&made_from) && path.exists() {
            return Ok(true);
        }
        let Some(text) = strip(source, is_root) else {
            return Ok(false);
        };
        self.0.remove(&source.path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
        self.0.insert(source.path.clone(), made_from);
        Ok(true)
    }

    /// Whether a source is there without any body, so that it need not be read.
    pub(super) fn is_stripped(
        &self,
        path: &Path,
        content: ContentHash,
        outlines: &Outlines,
    ) -> bool {
        let kept = std::iter::repeat_n(false, outlines.bodies(path));
        self.0.get(path) == Some(&(content, digest(kept)))
    }
}

/// The digest of which bodies of a source are kept.
fn digest(kept: impl Iterator<Item = bool>) -> u64 {
    let mut digest = Digest::new();
    kept.for_each(|is_kept| digest.number(u64::from(is_kept)));
    digest.finish()
}

/// Links a file that is not a module.
pub(super) fn link(folder: &Path, file: &Path) -> io::Result<()> {
    let path = below(folder, file);
    if fs::read_link(&path).is_ok_and(|target| target == file) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    symlink(file, path)
}

/// Lets a command compile the copy, and name the original files.
pub(super) fn use_copy(invocation: &mut Invocation, folder: &Path) {
    let is_root = |it: &&mut String| !it.starts_with('-') && it.ends_with(".rs");
    let Some(root) = invocation.arguments.iter_mut().find(is_root) else {
        return;
    };
    let original = invocation.directory.join(&*root);
    let (from, to) = match Path::new(&**root).is_absolute() {
        true => (folder.to_owned(), "/"),
        false => (below(folder, &invocation.directory), ""),
    };
    *root = below(folder, &original).to_string_lossy().into_owned();
    let from = from.display();
    invocation.push([format!("--remap-path-prefix={from}={to}")]);
}

/// The place of a file in the copy.
fn below(folder: &Path, file: &Path) -> PathBuf {
    folder.join(file.strip_prefix("/").unwrap_or(file))
}

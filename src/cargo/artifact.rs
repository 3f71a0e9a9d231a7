//! Names of units and their files, from cargo's messages and rustc's arguments.
//!
//! Cargo has changed the layout of its build directory before, and will do so again. So this module
//! assumes no folder names: paths come from messages and recorded commands.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cargo_metadata::Artifact;

use crate::base::content_hash::Digest;
use crate::base::mmap::map;

/// The suffix of the names of rustc's object files.
pub(crate) const OBJECT: &str = ".rcgu.o";

/// The name of a library's artifacts, without `lib` and the extension.
pub(crate) fn library_stem(artifact: &Artifact) -> Option<String> {
    rlib_stem(rlib(artifact)?).map(str::to_owned)
}

/// The rlib among a unit's artifacts.
pub(crate) fn rlib(artifact: &Artifact) -> Option<&Path> {
    let mut files = artifact.filenames.iter();
    let rlib = files.find(|file| file.extension() == Some("rlib"));
    rlib.map(|file| file.as_std_path())
}

/// The stem from the path of an rlib or its metadata.
pub(crate) fn rlib_stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()?.strip_prefix("lib")
}

/// The name of a unit's record. In some of cargo's layouts, two units have artifacts with the same
/// name in different folders.
pub(crate) fn unit_name(out_dir: &Path, stem: &str) -> String {
    let digest = Digest::of_text(&out_dir.to_string_lossy());
    format!("{stem}-{digest:016x}")
}

/// The unit of an rlib or of its metadata.
pub(crate) fn unit_of_rlib(path: &Path) -> Option<String> {
    Some(unit_name(path.parent()?, rlib_stem(path)?))
}

/// The dep-info file of a unit without a record, next to its artifacts.
pub(crate) fn dep_info_beside(artifact: &Artifact) -> Option<PathBuf> {
    artifact.filenames.iter().find_map(|file| {
        let stem = file.file_stem()?;
        let stem = stem.strip_prefix("lib").unwrap_or(stem);
        let direct = file.with_file_name(format!("{stem}.d"));
        if direct.exists() {
            return Some(direct.into());
        }
        // A build script's dep-info has the name of its file with the hash.
        links_beside(file.as_std_path())
            .into_iter()
            .map(|file| file.with_extension("d"))
            .find(|file| file.exists())
    })
}

/// Other hard links to an artifact in its folder.
pub(crate) fn links_beside(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    let paths = folder.into_iter().flatten().flatten();
    let paths = paths.map(|entry| entry.path());
    paths
        .filter(|other| other != path && is_link(other, path))
        .collect()
}

/// Whether one of two artifacts is a hard link to the other.
pub(crate) fn is_link(one: &Path, other: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let (one, other) = (fs::metadata(one)?, fs::metadata(other)?);
        Ok(one.ino() == other.ino() && one.dev() == other.dev())
    };
    !is_metadata(one) && compare().unwrap_or(false)
}

/// Whether two files are equal. Cargo copies files if the file system has no hard links.
pub(crate) fn is_copy(one: &Path, other: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let has_length = fs::metadata(one)?.len() == fs::metadata(other)?.len();
        Ok(has_length && *map(one)? == *map(other)?)
    };
    !is_metadata(one) && compare().unwrap_or(false)
}

fn is_metadata(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rmeta")
}

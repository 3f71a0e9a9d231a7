//! Names of units and their files, as cargo's messages and rustc's arguments tell them.
//!
//! Cargo has changed the layout of its build directory, and will again. So no folder is assumed to
//! be there: paths come from messages and from recorded commands.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cargo_metadata::Artifact;

use crate::base::content_hash::Digest;
use crate::base::mmap::map;

/// How the name of each object ends that rustc makes.
pub(crate) const OBJECT: &str = ".rcgu.o";

/// The name of a library's artefacts, without `lib` and ending.
pub(crate) fn library_stem(artifact: &Artifact) -> Option<String> {
    rlib_stem(rlib(artifact)?).map(str::to_owned)
}

/// The rlib among a unit's artefacts.
pub(crate) fn rlib(artifact: &Artifact) -> Option<&Path> {
    let mut files = artifact.filenames.iter();
    let rlib = files.find(|file| file.extension() == Some("rlib"));
    rlib.map(|file| file.as_std_path())
}

/// The same, from the path of an rlib or of its metadata.
pub(crate) fn rlib_stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()?.strip_prefix("lib")
}

/// The name of a unit, under which its record is kept. In some of cargo's layouts two units have
/// artefacts of one name, in two folders.
pub(crate) fn unit_name(out_dir: &Path, stem: &str) -> String {
    let digest = Digest::of_text(&out_dir.to_string_lossy());
    format!("{stem}-{digest:016x}")
}

/// The unit of an rlib, or of its metadata.
pub(crate) fn unit_of_rlib(path: &Path) -> Option<String> {
    Some(unit_name(path.parent()?, rlib_stem(path)?))
}

/// Where rustc wrote the dep-info of a unit that has no record, beside its artefacts.
pub(crate) fn dep_info_beside(artifact: &Artifact) -> Option<PathBuf> {
    artifact.filenames.iter().find_map(|file| {
        let stem = file.file_stem()?;
        let stem = stem.strip_prefix("lib").unwrap_or(stem);
        let direct = file.with_file_name(format!("{stem}.d"));
        if direct.exists() {
            return Some(direct.into());
        }
        // A build script's goes by the name of its hashed file.
        links_beside(file.as_std_path())
            .into_iter()
            .map(|file| file.with_extension("d"))
            .find(|file| file.exists())
    })
}

/// The other names of an artefact in its folder.
pub(crate) fn links_beside(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    let paths = folder.into_iter().flatten().flatten();
    let paths = paths.map(|entry| entry.path());
    paths
        .filter(|other| other != path && is_link(other, path))
        .collect()
}

/// Whether cargo made one of two artefacts as a link to the other.
pub(crate) fn is_link(one: &Path, other: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let (one, other) = (fs::metadata(one)?, fs::metadata(other)?);
        Ok(one.ino() == other.ino() && one.dev() == other.dev())
    };
    !is_metadata(one) && compare().unwrap_or(false)
}

/// Whether two files are equal: cargo copies where the file system has no links.
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

//! Where cargo put what it made, as far as its messages do not say it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cargo_metadata::Artifact;

/// The name of a library's artefacts, without `lib` and ending.
pub(super) fn library_stem(artifact: &Artifact) -> Option<String> {
    let mut rlibs = artifact
        .filenames
        .iter()
        .filter(|file| file.extension() == Some("rlib"));
    rlibs.find_map(|file| rlib_stem(file.as_std_path()).map(str::to_owned))
}

/// The same of one of them, an rlib or its metadata.
pub(super) fn rlib_stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()?.strip_prefix("lib")
}

/// Where rustc wrote the dep-info of an artefact.
pub(super) fn dep_info_file(artifact: &Artifact) -> Option<PathBuf> {
    artifact.filenames.iter().find_map(|file| {
        let stem = file.file_stem()?;
        let stem = stem.strip_prefix("lib").unwrap_or(stem);
        let direct = file.with_file_name(format!("{stem}.d"));
        if direct.exists() {
            return Some(direct.into());
        }
        // A build script's goes by the name of its hashed file.
        same_file(file.as_std_path())
            .into_iter()
            .map(|file| file.with_extension("d"))
            .find(|file| file.exists())
    })
}

/// The files beside an artefact, and in `deps`, that are the same file: cargo's hashed names.
pub(super) fn same_file(path: &Path) -> Vec<PathBuf> {
    let Some(directory) = path.parent() else {
        return Vec::new();
    };
    let Ok(metadata) = fs::metadata(path) else {
        return Vec::new();
    };
    [directory.to_owned(), directory.join("deps")]
        .iter()
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .flatten()
        .filter(|entry| entry.path() != path)
        .filter(|entry| {
            entry
                .metadata()
                .is_ok_and(|it| it.ino() == metadata.ino() && it.dev() == metadata.dev())
        })
        .map(|entry| entry.path())
        .collect()
}

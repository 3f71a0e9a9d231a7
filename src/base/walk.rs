//! Walks through folders: which files and folders a walk comes to.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// All that is in a folder, but for what builds and version control keep: cargo tags its target directories, and
/// git's folder changes with each of its commands.
pub(crate) fn all(directory: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(directory);
    let root = directory.to_owned();
    walk.standard_filters(false).filter_entry(move |entry| {
        let path = entry.path();
        path == root || !(path.join("CACHEDIR.TAG").exists() || entry.file_name() == ".git")
    });
    walk
}

/// The same without what is hidden and what git ignores.
pub(crate) fn sources(directory: &Path) -> WalkBuilder {
    let mut walk = all(directory);
    walk.hidden(true)
        .parents(true)
        .require_git(false)
        .git_ignore(true)
        .git_exclude(true)
        .git_global(true);
    walk
}

/// Whatever is in a folder and is no folder.
pub(crate) fn whole(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut walk = WalkBuilder::new(directory);
    let walk = walk.standard_filters(false).build().flatten();
    let files = walk.filter(|it| it.file_type().is_some_and(|it| !it.is_dir()));
    files.map(DirEntry::into_path)
}

/// The files that a walk comes to.
pub(crate) fn files(walk: &WalkBuilder) -> impl Iterator<Item = PathBuf> + use<> {
    let files = walk.build().flatten();
    let files = files.filter(|it| it.file_type().is_some_and(|it| it.is_file()));
    files.map(DirEntry::into_path)
}

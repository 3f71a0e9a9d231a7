//! Walks through folders, with the rules for what to skip.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// Everything in a folder, except target directories, which cargo tags, and version control
/// folders, which change with each command.
pub(crate) fn all(directory: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(directory);
    let root = directory.to_owned();
    walk.standard_filters(false).filter_entry(move |entry| {
        let path = entry.path();
        path == root || !(path.join("CACHEDIR.TAG").exists() || entry.file_name() == ".git")
    });
    walk
}

/// Everything in a folder, except hidden files and files that git ignores.
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

/// All files in a folder and below.
pub(crate) fn whole(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut walk = WalkBuilder::new(directory);
    let walk = walk.standard_filters(false).build().flatten();
    let files = walk.filter(|it| it.file_type().is_some_and(|it| !it.is_dir()));
    files.map(DirEntry::into_path)
}

/// The files of a walk.
pub(crate) fn files(walk: &WalkBuilder) -> impl Iterator<Item = PathBuf> + use<> {
    let files = walk.build().flatten();
    let files = files.filter(|it| it.file_type().is_some_and(|it| it.is_file()));
    files.map(DirEntry::into_path)
}

//! The directories in which the user's own cargo builds.
//!
//! The session's own target directory is chosen elsewhere.

use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;

use super::Selection;

/// The directories for final and intermediate artifacts. `cargo metadata` has no `--target-dir`, so
/// it reports directories that ignore the flag. By default, the build directory is the target
/// directory: then both move to `chosen`.
fn relocate(
    chosen: Option<&Path>,
    target: &Path,
    build: Option<&Path>,
) -> (PathBuf, Option<PathBuf>) {
    let Some(chosen) = chosen else {
        return (target.to_owned(), build.map(Path::to_owned));
    };
    let chosen = std::path::absolute(chosen).unwrap_or_else(|_| chosen.to_owned());
    let build = build.map(|build| {
        if build == target {
            chosen.clone()
        } else {
            build.to_owned()
        }
    });
    (chosen, build)
}

/// The directories of a workspace, from cargo's metadata and the selection.
pub(super) fn from_metadata(
    selection: &Selection,
    metadata: &Metadata,
) -> (PathBuf, Option<PathBuf>) {
    relocate(
        selection.target_dir.as_deref(),
        metadata.target_directory.as_std_path(),
        metadata
            .build_directory
            .as_ref()
            .map(|path| path.as_std_path()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_directory_moves_with_the_target_directory_by_default() {
        let moved = |chosen: Option<&str>, build: &str| {
            let (target, build) = super::relocate(
                chosen.map(Path::new),
                Path::new("/w/target"),
                Some(Path::new(build)),
            );
            (target, build.expect("a build directory"))
        };
        assert_eq!(
            moved(None, "/w/target"),
            ("/w/target".into(), "/w/target".into())
        );
        assert_eq!(moved(Some("/t"), "/w/target"), ("/t".into(), "/t".into()));
        assert_eq!(moved(Some("/t"), "/made"), ("/t".into(), "/made".into()));
    }
}

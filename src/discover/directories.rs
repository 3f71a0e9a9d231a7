//! Where the user's cargo puts its artefacts.
//!
//! The session's own target directory is not chosen here.

use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;

use super::Selection;

/// The directories for final and for intermediate artefacts. Cargo puts both into one unless told
/// otherwise, and `cargo metadata` has no `--target-dir`: so a build directory that is no more than
/// the default moves along.
fn of(chosen: Option<&Path>, target: &Path, build: Option<&Path>) -> (PathBuf, Option<PathBuf>) {
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

/// The same of what cargo says of a workspace.
pub(super) fn of_metadata(
    selection: &Selection,
    metadata: &Metadata,
) -> (PathBuf, Option<PathBuf>) {
    of(
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
    fn the_build_directory_moves_along_unless_it_is_set_apart() {
        let moved = |chosen: Option<&str>, build: &str| {
            let (target, build) = super::of(
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

//! How the running program uses a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::base::contents::Digested;

/// The files that differ from those that the running program was built from, with their contents.
pub(crate) type Changed = BTreeMap<PathBuf, Digested>;

/// The part of the program that a file belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input of a reloadable crate.
    Reloadable,
    /// An input of this package, which is not reloadable.
    Unmarked(String),
    /// An input of the build script of this reloadable package, which cargo builds or runs.
    Script(String),
    /// An input of the build script of this reloadable package, which the session runs itself.
    ScriptInput(String),
    /// A file that configures cargo.
    Manifest,
    /// A file of version control that the build of this package reads, for a version string for example.
    VersionControl(String),
}

/// Whether a path is in a folder of version control. A git worktree's state is in its repository, which
/// may be bare and have any name.
pub(crate) fn is_of_version_control(path: &Path) -> bool {
    let is_state = |folder: &Path| {
        let name = folder.file_name().and_then(|it| it.to_str());
        matches!(
            name,
            Some(".git" | ".hg" | ".jj" | ".svn" | ".bzr" | "_darcs")
        ) || (folder.join("HEAD").is_file()
            && folder.join("objects").is_dir()
            && folder.join("refs").is_dir())
    };
    path.ancestors().any(is_state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn repositories_are_known_by_their_name_or_by_what_is_in_them() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let bare = root.join("bare");
        for folder in ["objects", "refs", "worktrees/one"] {
            fs::create_dir_all(bare.join(folder)).unwrap();
        }
        fs::write(bare.join("HEAD"), "").unwrap();
        for path in [
            ".git/HEAD",
            ".git/refs/heads/main",
            ".git",
            ".jj/repo",
            "bare/worktrees/one/HEAD",
        ] {
            assert!(is_of_version_control(&root.join(path)), "{path}");
        }
        for path in [
            "src/git/HEAD",
            "HEAD",
            ".gitignore",
            ".github/workflows/ci.yml",
        ] {
            assert!(!is_of_version_control(&root.join(path)), "{path}");
        }
    }
}

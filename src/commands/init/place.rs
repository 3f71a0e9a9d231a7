//! Path arithmetic without file system access where possible: relative paths, and paths without
//! `..`.

use std::path::{Component, Path, PathBuf};

/// The relative path from one folder to another, as manifests write it.
pub(crate) fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components());
    let common = common.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| Path::new(".."));
    let down = to
        .components()
        .skip(common)
        .map(|it| Path::new(it.as_os_str()));
    up.chain(down).collect()
}

/// The path without `.` and `..`. Existing parts are resolved by the kernel, because with links the
/// parent folder can differ from the one in the path.
pub(crate) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain = plain.canonicalize().unwrap_or(plain);
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_go_up_and_down() {
        for (from, to, way) in [
            ("/w/app", "/w/crates/a", "../crates/a"),
            ("/w", "/w/crates/a", "crates/a"),
            ("/w/crates/b", "/w/crates/a", "../a"),
            ("/w/a/b", "/w", "../.."),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(way));
        }
    }

    #[test]
    fn dots_are_removed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink(root.join("a/b"), root.join("link")).unwrap();
        for (path, plain) in [
            ("./x/../y", "y"),
            ("x/./y/", "x/y"),
            ("x/y/../../z", "z"),
            ("a/../y", "y"),
            // The parent of the link's target.
            ("link/../y", "a/y"),
        ] {
            assert_eq!(without_dots(&root.join(path)), root.join(plain), "{path}");
        }
    }
}

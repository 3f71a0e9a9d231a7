//! Paths by their words alone: one as seen from another, and one without detours.

use std::path::{Component, Path, PathBuf};

/// The way from one folder to another, as manifests write it.
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

/// The path without `.` and `..`. Of what is there the kernel says what lies above it, which links
/// may make another folder than the one that the path names.
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
    fn ways_lead_up_and_down() {
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
    fn detours_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink(root.join("a/b"), root.join("link")).unwrap();
        for (path, plain) in [
            ("./x/../y", "y"),
            ("x/./y/", "x/y"),
            ("x/y/../../z", "z"),
            ("a/../y", "y"),
            // Above what the link leads to.
            ("link/../y", "a/y"),
        ] {
            assert_eq!(without_dots(&root.join(path)), root.join(plain), "{path}");
        }
    }
}

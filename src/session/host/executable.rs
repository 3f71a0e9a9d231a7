//! Tells the builds of a program apart.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Tells one build of the program from the next, also while it runs. It lacks the time of the inode's last
/// change, which a [`FileStamp`](crate::base::file_stamp::FileStamp) has: that changes if cargo removes
/// the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExecutableId {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
}

impl ExecutableId {
    /// Of the program that a process runs.
    pub(super) fn of_process(pid: u32) -> Option<Self> {
        Self::of(&link_to(pid))
    }

    /// Of the file that a path leads to; `None` if there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(ExecutableId {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        })
    }
}

/// The link to the program that a process runs. It works without the file's name, too.
pub(super) fn link_to(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/exe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_without_a_name_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let [name, other] = ["app", "other"].map(|it| folder.path().join(it));
        std::fs::write(&name, "1").unwrap();
        let before = ExecutableId::of(&name);
        std::fs::hard_link(&name, &other).unwrap();
        std::fs::remove_file(&name).unwrap();
        assert_eq!(ExecutableId::of(&name), None);
        assert_eq!(ExecutableId::of(&other), before);
        std::fs::write(&name, "1").unwrap();
        assert_ne!(ExecutableId::of(&name), before);
    }
}

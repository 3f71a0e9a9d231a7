//! The contents of the files from which a host was just built.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::began::Began;
use crate::base::contents::{Contents, Digested};

/// What is known of the build.
pub(crate) struct FinishedBuild<'a> {
    pub(crate) began: &'a Began,
    /// The files that file events reported while it ran.
    pub(crate) touched: &'a BTreeSet<PathBuf>,
    /// The contents that the build itself wrote and then read.
    pub(crate) known: &'a Contents,
    /// The start of the first rustc that reads a file; `None` if it was not seen.
    pub(crate) read: &'a BTreeMap<PathBuf, Option<SystemTime>>,
    /// The files that changed during the previous build.
    pub(crate) unsettled: &'a BTreeSet<PathBuf>,
}

/// What a build read of one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// This content, which may be unknown.
    Content(Digested),
    /// The file changes in each build, such as one that a build script writes.
    Written(Digested),
}

impl FinishedBuild<'_> {
    /// The content of a file that the build read. If the file was not written since the build
    /// began, or since the rustc that reads it was started (a build script may write a file before
    /// that), it is the current content.
    pub(super) fn read(&self, path: &Path) -> Read {
        if let Some(content) = self.known.get(path) {
            let is_still = Digested::of(path) == *content;
            return Read::Content(if is_still {
                *content
            } else {
                Digested::Unknown
            });
        }
        let state = self.began.states.get(path);
        if let Some(content) = state.map(|state| state.content_until_now(path))
            && content != Digested::Unknown
        {
            return Read::Content(content);
        }
        let started = self.read.get(path);
        if let Some(Some(started)) = started {
            let since = self.began.at.max(*started);
            return Read::Content(Digested::since(since, path));
        }
        let now = Digested::of(path);
        let content = match state {
            // No rustc reads it. A build script may read it, or may have written the same content.
            Some(state) if started.is_none() && state.content == now => now,
            Some(_) => Digested::Unknown,
            None if self.touched.contains(path) => Digested::Unknown,
            None => Digested::since(self.began.at, path),
        };
        match content {
            Digested::Unknown if self.unsettled.contains(path) => Read::Written(now),
            content => Read::Content(content),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::content_hash::ContentHash;
    use crate::base::contents::FileState;
    use std::fs;
    use std::time::Duration;

    #[test]
    fn what_a_build_read_is_told_by_when_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "old").unwrap();
        let before = FileState::at(&path);
        let at = SystemTime::now() - Duration::from_secs(10);
        let later = SystemTime::now() + Duration::from_secs(10);
        // Written during the build, with the same or another text.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "old").unwrap();
        let same = FileState::at(&path);
        let now = same.content;
        let (none, this) = (BTreeSet::new(), BTreeSet::from([path.clone()]));
        let unknown = || Read::Content(Digested::Unknown);
        let other = {
            let mut state = before;
            state.content = Digested::Content(ContentHash::new(b"another"));
            state
        };
        for (state, started, touched, unsettled, read) in [
            // No rustc reads it.
            (Some(same), None, &none, &none, Read::Content(now)),
            (Some(before), None, &this, &none, Read::Content(now)),
            (Some(other), None, &this, &none, unknown()),
            (Some(other), None, &this, &this, Read::Written(now)),
            (None, None, &this, &none, unknown()),
            (None, None, &none, &none, unknown()),
            // A rustc that was started before or after the write.
            (
                Some(other),
                Some(Some(later)),
                &this,
                &none,
                Read::Content(now),
            ),
            (None, Some(Some(later)), &this, &none, Read::Content(now)),
            (Some(before), Some(Some(at)), &this, &none, unknown()),
            (Some(other), Some(Some(at)), &this, &this, unknown()),
            // A rustc whose start was not seen.
            (Some(before), Some(None), &this, &none, unknown()),
            (Some(same), Some(None), &this, &none, Read::Content(now)),
            (Some(other), Some(None), &this, &this, Read::Written(now)),
        ] {
            let began = Began {
                states: state.map(|it| (path.clone(), it)).into_iter().collect(),
                at,
            };
            let build = FinishedBuild {
                began: &began,
                touched,
                known: &Contents::new(),
                read: &started.map(|it| (path.clone(), it)).into_iter().collect(),
                unsettled,
            };
            let case = (state, started, touched, unsettled);
            assert_eq!(build.read(&path), read, "{case:?}");
        }
    }

    #[test]
    fn what_a_build_wrote_itself_is_known_until_it_is_written_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Cargo.lock");
        fs::write(&path, "one").unwrap();
        let content = Digested::of(&path);
        let began = Began::now();
        let build = FinishedBuild {
            began: &began,
            touched: &BTreeSet::from([path.clone()]),
            known: &BTreeMap::from([(path.clone(), content)]),
            read: &BTreeMap::new(),
            unsettled: &BTreeSet::new(),
        };
        assert_eq!(build.read(&path), Read::Content(content));
        fs::write(&path, "two").unwrap();
        assert_eq!(build.read(&path), Read::Content(Digested::Unknown));
    }
}

//! When to stop building the host again and again while files are written.
//!
//! If a file was saved during a failed build, the build may have lacked it, so the host is built again.
//! But builds write files too, build scripts above all, and would go on forever.

use std::path::PathBuf;

use crate::base::contents::Contents;

use super::Failure;

/// How many builds in a row may fail while files are written.
const TRIES: u32 = 10;
/// How many of them may write the same files, or fail in the same way.
const LIKE_TRIES: u32 = 3;

/// The builds of the host that failed in a row, each while files were written.
#[derive(Debug, Default)]
pub(super) struct FailedBuilds {
    last: Option<Failure>,
    /// The files that were written during the last of them, with their contents at its end.
    written: Contents,
    all: u32,
    alike: u32,
}

impl FailedBuilds {
    /// Adds a failed build. Returns whether there should be no other one: nothing was saved since the
    /// last one, or it was tried often enough.
    pub(super) fn are_enough(&mut self, failure: &Failure, written: Contents) -> bool {
        let is_unchanged = self.last.is_some() && self.written == written;
        let is_alike =
            self.last.as_ref() == Some(failure) || self.written.keys().eq(written.keys());
        *self = FailedBuilds {
            last: Some(failure.clone()),
            written,
            all: self.all + 1,
            alike: if is_alike { self.alike + 1 } else { 1 },
        };
        is_unchanged || self.alike >= LIKE_TRIES || self.all >= TRIES
    }

    /// The files that were written during the last of them, with their contents at its end.
    pub(super) fn written(&self) -> &Contents {
        &self.written
    }

    /// How many builds failed, and which files were written each time.
    pub(super) fn writers(&self) -> (u32, Vec<PathBuf>) {
        (self.all, self.written.keys().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::contents::Digested;

    fn failure(words: &str) -> Failure {
        Failure::Other {
            message: words.to_owned(),
            help: None,
        }
    }

    #[test]
    fn the_same_failure_is_not_tried_again_without_a_save() {
        let written =
            |it: u64| Contents::from([(PathBuf::from("/a.rs"), Digested::Content(it.into()))]);
        let add = |builds: &mut FailedBuilds, words: &str, content| {
            builds.are_enough(&failure(words), written(content))
        };
        let mut builds = FailedBuilds::default();
        assert!(!add(&mut builds, "x", 1));
        assert!(add(&mut builds, "x", 1), "nothing was saved");

        // Such as a process id in the message, and the time in the file.
        let mut builds = FailedBuilds::default();
        assert!(!add(&mut builds, "x", 1));
        assert!(!add(&mut builds, "y", 2), "that may be a save");
        assert!(add(&mut builds, "z", 3), "the build writes it");
        assert_eq!(builds.writers(), (3, vec![PathBuf::from("/a.rs")]));
    }

    #[test]
    fn a_failure_without_writes_is_enough_the_second_time() {
        let mut builds = FailedBuilds::default();
        assert!(!builds.are_enough(&failure("x"), Contents::new()));
        assert!(builds.are_enough(&failure("y"), Contents::new()));
    }

    #[test]
    fn failures_that_differ_in_all_come_to_an_end_too() {
        let mut builds = FailedBuilds::default();
        let mut add = |number: u64| {
            let file = PathBuf::from(format!("/{number}.rs"));
            let written = Contents::from([(file, Digested::Missing)]);
            builds.are_enough(&failure(&number.to_string()), written)
        };
        let ended = (0..).position(&mut add);
        assert_eq!(ended, Some(TRIES as usize - 1));
    }
}

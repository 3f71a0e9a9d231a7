//! What runs now, in a file beside the session's lock: whoever asks from outside reads it there.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::build::{Workshop, write_whole};

use super::Session;

/// The content of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    pub(super) pid: u32,
    /// The live one.
    pub(super) generation: u32,
    /// As in the event `live`.
    pub(super) kept_generations: u32,
    pub(super) kept_bytes: u64,
}

/// What the generations before may take until somebody should know.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// Each is some five mappings, of which Linux allows a process 65,530.
const MOST_GENERATIONS: u32 = 4000;

impl Status {
    /// Of a host that was just started.
    pub(super) fn of_start(pid: u32) -> Self {
        Status {
            pid,
            generation: 0,
            kept_generations: 0,
            kept_bytes: 0,
        }
    }

    /// What to know if the host keeps much.
    fn advice(&self) -> Option<&'static str> {
        let is_much = self.kept_bytes > MOST_BYTES || self.kept_generations > MOST_GENERATIONS;
        is_much.then_some(
            "the generations that are kept take much memory by now: \
             end the session and start it again when it suits you",
        )
    }
}

impl Session {
    fn status_file(&self) -> PathBuf {
        Workshop::of(&self.builder.plan).state.join("status.json")
    }

    /// Lets others know what runs now.
    pub(super) fn tell_status(&mut self, status: Status) {
        let written = serde_json::to_vec(&status)
            .map_err(io::Error::from)
            .and_then(|text| write_whole(&self.status_file(), &text));
        if let Err(error) = written {
            let file = self.status_file().display().to_string();
            self.say_notes(vec![format!("`{file}` can't be written: {error}")]);
        }
        self.say_notes(status.advice().map(str::to_owned).into_iter().collect());
    }

    /// Nothing runs.
    pub(super) fn forget_status(&self) {
        // It may never have been written.
        let _ = std::fs::remove_file(self.status_file());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_is_said_and_little_is_not() {
        let status = |kept_generations, kept_bytes| Status {
            kept_generations,
            kept_bytes,
            ..Status::of_start(1)
        };
        assert_eq!(status(MOST_GENERATIONS, MOST_BYTES).advice(), None);
        for much in [status(MOST_GENERATIONS + 1, 0), status(1, MOST_BYTES + 1)] {
            assert!(much.advice().is_some());
        }
    }
}

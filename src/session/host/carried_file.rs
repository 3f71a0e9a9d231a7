//! The file of the values that hosts carry over a restart.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use hotmod_protocol::CARRIED_FILE;

use crate::base::file_stamp::FileStamp;

/// The file in which hosts save values for the next one.
#[derive(Debug)]
pub(super) struct CarriedFile {
    path: PathBuf,
    /// The file when the host was asked to stop, if it was.
    before_stop: Option<Option<FileStamp>>,
}

impl CarriedFile {
    pub(super) fn new(rendezvous: &Path) -> Self {
        CarriedFile {
            path: rendezvous.join(CARRIED_FILE),
            before_stop: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The host is about to be asked to stop.
    pub(super) fn before_stop(&mut self) {
        self.before_stop = Some(FileStamp::of(&self.path));
    }

    /// Whether the host that has ended saved its values after it was asked to stop. Its message may
    /// arrive later than its end, so this looks at the file.
    pub(super) fn was_saved(&mut self) -> bool {
        let before = self.before_stop.take();
        before.is_none_or(|before| FileStamp::of(&self.path) != before)
    }

    /// Removes the values that hosts have saved.
    pub(super) fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

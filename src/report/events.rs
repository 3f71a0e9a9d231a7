//! `--events PATH`: writes each event as a line of JSON, for editors, scripts and tests.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::Event;

/// The events file.
#[derive(Debug)]
pub(crate) struct Events {
    path: PathBuf,
    file: File,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a Event,
    /// Milliseconds since the session began.
    at_ms: u128,
}

impl Events {
    /// Opens the file for appending.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Events {
            path: path.to_owned(),
            file: OpenOptions::new().create(true).append(true).open(path)?,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether `path`, which may be a link, is the events file.
    pub(crate) fn is_written_to(&self, path: &Path) -> bool {
        let of_file = self.file.metadata();
        let of_path = fs::metadata(path);
        of_file
            .and_then(|file| of_path.map(|path| (file, path)))
            .is_ok_and(|(file, path)| file.ino() == path.ino() && file.dev() == path.dev())
    }

    /// Appends a line in a single write, so that readers see whole lines.
    pub(crate) fn write(&mut self, event: &Event, at: Duration) -> io::Result<()> {
        let line = Line {
            event,
            at_ms: at.as_millis(),
        };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }
}

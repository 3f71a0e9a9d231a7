//! `--events PATH`: a line of JSON for each event, for editors, scripts and tests.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use super::Event;

/// The file of events.
#[derive(Debug)]
pub(crate) struct Events {
    path: PathBuf,
    file: File,
    start: Instant,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a Event,
    /// Milliseconds since the session's start.
    at_ms: u128,
}

impl Events {
    /// Opens the file to append to it.
    pub(crate) fn open(path: &Path, start: Instant) -> io::Result<Self> {
        Ok(Events {
            path: path.to_owned(),
            file: OpenOptions::new().create(true).append(true).open(path)?,
            start,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a path, which may be a link, leads to the file.
    pub(crate) fn is_written_to(&self, path: &Path) -> bool {
        let of_file = self.file.metadata();
        let of_path = fs::metadata(path);
        of_file
            .and_then(|file| of_path.map(|path| (file, path)))
            .is_ok_and(|(file, path)| file.ino() == path.ino() && file.dev() == path.dev())
    }

    /// Appends a line, in one write: a reader sees whole lines.
    pub(crate) fn write(&mut self, event: &Event) -> io::Result<()> {
        let line = Line {
            event,
            at_ms: self.start.elapsed().as_millis(),
        };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }
}

//! What the last `init` of a workspace did, so that it can be taken back.
//!
//! It lies where the workspace's sessions build, and is gone with that.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::build::{Digest, write_whole};
use crate::error::Error;

use super::InitError;
use super::change::{self, Change};
use super::workspace::Workspace;

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    files: Vec<Written>,
    /// Those that were made, outer ones first.
    folders: Vec<PathBuf>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Written {
    path: PathBuf,
    /// Of what was written.
    digest: u64,
    before: Option<String>,
}

impl Record {
    pub(super) fn new(changes: &[Change], folders: Vec<PathBuf>) -> Self {
        let files = changes.iter().map(|change| Written {
            path: change.path.clone(),
            digest: digest(change.after.as_deref()),
            before: change.before.clone(),
        });
        Record {
            files: files.collect(),
            folders,
        }
    }

    fn path(workspace: &Workspace) -> PathBuf {
        workspace.session_directory().join("init.json")
    }

    pub(super) fn store(&self, workspace: &Workspace) -> Result<(), Error> {
        let path = Self::path(workspace);
        let written = serde_json::to_vec(self)
            .map_err(Into::into)
            .and_then(|text| write_whole(&path, &text));
        written.map_err(Error::file(&path, "written"))
    }

    pub(super) fn load(workspace: &Workspace) -> Result<Self, InitError> {
        let path = Self::path(workspace);
        let unreadable = |error: String| InitError::Record {
            path: path.clone(),
            error,
        };
        let text = change::read(&path).map_err(|error| unreadable(error.to_string()))?;
        let text = text.ok_or(InitError::NothingToUndo)?;
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
    }

    /// What takes back all that was written, if none of it was touched since.
    pub(super) fn reversed(&self) -> Result<Vec<Change>, InitError> {
        let mut changes = Vec::new();
        let mut touched = Vec::new();
        for file in &self.files {
            let now = change::read(&file.path).unwrap_or_default();
            if digest(now.as_deref()) == file.digest {
                changes.push(Change {
                    path: file.path.clone(),
                    before: now,
                    after: file.before.clone(),
                });
            } else {
                touched.push(file.path.clone());
            }
        }
        match touched.is_empty() {
            true => Ok(changes),
            false => Err(InitError::Touched(touched)),
        }
    }

    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// There is nothing more to take back.
    pub(super) fn forget(workspace: &Workspace) {
        let path = Self::path(workspace);
        let _ = fs::remove_file(&path);
        let folders: Vec<_> = path.ancestors().skip(1).take(2).collect();
        let outer_first: Vec<_> = folders.into_iter().rev().map(Path::to_owned).collect();
        change::remove_empty(&outer_first);
    }
}

/// A file that is not there is another than an empty one.
fn digest(text: Option<&str>) -> u64 {
    let mut digest = Digest::new();
    match text {
        Some(text) => digest.text(text),
        None => digest.number(0),
    }
    digest.finish()
}

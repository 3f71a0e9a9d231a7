//! The record of a workspace's last `init`, for `--undo`.
//!
//! The record is in the folder where sessions build, and `cargo clean` removes it. It is written
//! before the first change, under a name that marks it as unfinished. So an `init` that is killed
//! at any point can be reverted.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;
use crate::cargo::directories::Directories;
use crate::discover::{self, DiscoverError};
use crate::error::Error;

use super::InitError;
use super::place::{relative, without_dots};
use crate::commands::init::change;
use crate::commands::init::change::Change;

/// Paths are relative to the workspace's root, because a workspace may be moved with its record.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    /// The workspace's root when `init` ran.
    root: PathBuf,
    files: Vec<Written>,
    /// Created folders, outer ones first.
    folders: Vec<PathBuf>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Written {
    path: PathBuf,
    /// The digest of the written text.
    digest: u64,
    before: Option<String>,
}

impl Record {
    pub(crate) fn new(root: &Path, changes: &[Change], folders: &[PathBuf]) -> Self {
        let files = changes.iter().map(|change| Written {
            path: relative(root, &change.path),
            digest: digest(change.after.as_deref()),
            before: change.before.clone(),
        });
        Record {
            root: root.to_owned(),
            files: files.collect(),
            folders: folders.iter().map(|it| relative(root, it)).collect(),
        }
    }

    /// The changes that revert everything that was written, if it has not been edited since. In an
    /// unfinished record, some files may not have been written.
    pub(crate) fn reversed(
        &self,
        root: &Path,
        progress: Progress,
    ) -> Result<Vec<Change>, InitError> {
        let mut changes = Vec::new();
        let mut touched = Vec::new();
        for file in &self.files {
            let path = without_dots(&root.join(&file.path));
            let now = change::read(&path).unwrap_or_default();
            if digest(now.as_deref()) == file.digest {
                changes.push(Change {
                    path,
                    before: now,
                    after: file.before.clone(),
                });
            } else if progress == Progress::Done || now != file.before {
                touched.push(path);
            }
        }
        if !touched.is_empty() {
            return Err(InitError::Touched(touched));
        }
        let shared = self.shared(root, &changes);
        if !shared.is_empty() {
            return Err(InitError::Shared {
                paths: shared,
                root: self.root.clone(),
            });
        }
        Ok(changes)
    }

    /// Changed files outside a copied workspace, which the original workspace uses too.
    fn shared(&self, root: &Path, changes: &[Change]) -> Vec<PathBuf> {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let root = real(root);
        if real(&self.root) == root || !self.root.exists() {
            return Vec::new();
        }
        let paths = changes.iter().map(|change| &change.path);
        let outside = paths.filter(|path| !real(path).starts_with(&root));
        outside.cloned().collect()
    }

    pub(crate) fn folders(&self, root: &Path) -> Vec<PathBuf> {
        let folders = self.folders.iter();
        folders.map(|it| without_dots(&root.join(it))).collect()
    }
}

/// A missing file has a different digest than an empty one.
fn digest(text: Option<&str>) -> u64 {
    let mut digest = Digest::new();
    match text {
        Some(text) => digest.text(text),
        None => digest.number(0),
    }
    digest.finish()
}

/// Whether the changes of a record are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// An `init` or `--undo` is running, or was interrupted.
    Begun,
    Done,
}

/// The records of one workspace: the last `init`, and an unfinished one.
#[derive(Debug)]
pub(crate) struct Records {
    root: PathBuf,
    directory: PathBuf,
}

impl Records {
    /// The records of a workspace, which need not exist yet.
    pub(crate) fn of(root: &Path) -> Result<Self, DiscoverError> {
        let target = discover::target_directory()?;
        Ok(Self::at(root, target.as_deref()))
    }

    fn at(root: &Path, target: Option<&Path>) -> Self {
        let own = root.join("target");
        Records {
            root: root.to_owned(),
            directory: Directories::target_of(root, target.unwrap_or(&own)),
        }
    }

    /// The records of the nearest folder with an unfinished `init`, without asking cargo about the
    /// workspace.
    pub(crate) fn begun_above(folder: &Path) -> Option<Self> {
        let target = discover::target_directory().ok()?;
        let all = folder.ancestors().map(|it| Self::at(it, target.as_deref()));
        all.into_iter().find(Self::has_begun)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, progress: Progress) -> PathBuf {
        self.directory.join(match progress {
            Progress::Begun => "init-begun.json",
            Progress::Done => "init.json",
        })
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.path(Progress::Begun).exists()
    }

    /// Writes the record before the changes.
    pub(crate) fn begin(&self, record: &Record) -> Result<(), InitError> {
        let path = self.path(Progress::Begun);
        let written = serde_json::to_vec(record)
            .map_err(Into::into)
            .and_then(|text| write_whole(&path, &text));
        written.map_err(|error| InitError::Write {
            path,
            error,
            left: Vec::new(),
        })
    }

    /// Marks the record as complete.
    pub(crate) fn finish(&self) -> Result<(), InitError> {
        self.rename(Progress::Begun, Progress::Done)
    }

    /// Marks a complete record as unfinished, before it is reverted.
    pub(crate) fn reopen(&self) -> Result<(), InitError> {
        self.rename(Progress::Done, Progress::Begun)
    }

    fn rename(&self, from: Progress, to: Progress) -> Result<(), InitError> {
        let path = self.path(to);
        Ok(fs::rename(self.path(from), &path).map_err(Error::file(&path, "written"))?)
    }

    /// The unfinished record, or that of the last `init`.
    pub(crate) fn load(&self) -> Result<(Record, Progress), InitError> {
        for progress in [Progress::Begun, Progress::Done] {
            let path = self.path(progress);
            let unreadable = |error: String| InitError::Record {
                path: path.clone(),
                error,
            };
            let text = change::read(&path).map_err(|error| unreadable(error.to_string()))?;
            if let Some(text) = text {
                let record = serde_json::from_str(&text);
                let record = record.map_err(|error| unreadable(error.to_string()))?;
                return Ok((record, progress));
            }
        }
        Err(InitError::NothingToUndo)
    }

    /// Removes the unfinished record.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(self.path(Progress::Begun));
        let folders: Vec<_> = self.directory.ancestors().take(2).collect();
        let outer_first: Vec<_> = folders.into_iter().rev().map(Path::to_owned).collect();
        change::remove_empty(&outer_first);
    }
}

//! File events, as paths.
//!
//! Each folder of a local package is watched by itself, and folders that appear later are added:
//! a recursive watch of a package would take in `target`, where builds make thousands of events.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// Watches folders, and sends the paths in them at which something happened.
pub(crate) struct Watcher {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
    /// Folders below which nothing is watched.
    ignored: Vec<PathBuf>,
}

impl Watcher {
    /// Watches nothing yet. `event` makes a loop's event of the paths, or of an error's words.
    pub(crate) fn new<T: Send + 'static>(
        ignored: Vec<PathBuf>,
        events: Sender<T>,
        event: impl Fn(Result<Vec<PathBuf>, String>) -> T + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let watcher = notify::recommended_watcher(move |found: notify::Result<notify::Event>| {
            let found = match found {
                // Looking at a file changes nothing.
                Ok(found) if matches!(found.kind, EventKind::Access(_)) => return,
                Ok(found)
                    if found.kind
                        == EventKind::Modify(ModifyKind::Metadata(
                            notify::event::MetadataKind::AccessTime,
                        )) =>
                {
                    return;
                }
                Ok(found) => Ok(found.paths),
                Err(error) => Err(error.to_string()),
            };
            // The receiver is gone only when the tool is about to end.
            let _ = events.send(event(found));
        })?;
        Ok(Watcher {
            watcher,
            watched: BTreeSet::new(),
            ignored,
        })
    }

    /// Watches a folder and all folders in it, but `target`, hidden and ignored ones.
    pub(crate) fn add_tree(&mut self, directory: &Path) -> Result<(), notify::Error> {
        self.add(directory)?;
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_hidden = name.to_string_lossy().starts_with('.');
            if !is_hidden && name != "target" && entry.file_type().is_ok_and(|it| it.is_dir()) {
                self.add_tree(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Watches one folder.
    pub(crate) fn add(&mut self, directory: &Path) -> Result<(), notify::Error> {
        let is_ignored = self.ignored.iter().any(|it| directory.starts_with(it));
        if is_ignored || !directory.is_dir() || !self.watched.insert(directory.to_owned()) {
            return Ok(());
        }
        self.watcher.watch(directory, RecursiveMode::NonRecursive)
    }

    /// Takes in folders that appeared, and forgets those that are gone; the files that are in
    /// the new ones already.
    pub(crate) fn follow(&mut self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in paths {
            if path.is_dir() {
                // One that was removed and made again is another folder.
                self.watched.remove(path);
                if self.add_tree(path).is_ok() {
                    files_below(path, &mut found);
                }
            } else {
                self.watched.remove(path);
            }
        }
        found
    }
}

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            Ok(kind) if kind.is_dir() && entry.file_name() != "target" => {
                files_below(&entry.path(), found);
            }
            _ => {}
        }
    }
}

//! File events, as paths.
//!
//! Each folder of a local package is watched by itself, and folders that appear later are added:
//! a recursive watch of a package would take in `target`, where builds make thousands of events.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::poll::Poller;

/// What a watcher has to say.
#[derive(Debug)]
pub(crate) enum Noticed {
    /// Something happened at these paths.
    Paths(Vec<PathBuf>),
    /// So much happened that the system lost count: anything may have.
    Lost,
    /// The words of an error.
    Failed(String),
}

/// Watches folders, and sends the paths in them at which something happened.
pub(crate) struct Watcher {
    source: Source,
    watched: BTreeSet<PathBuf>,
    /// Folders below which nothing is watched.
    ignored: Vec<PathBuf>,
}

/// Who notices.
enum Source {
    /// The system.
    Events(RecommendedWatcher),
    /// A look at all files, again and again.
    Looks(Poller),
}

impl Watcher {
    /// Watches nothing yet. `event` makes a loop's event of what is noticed. With `interval`, files
    /// are looked at that often, and the system is asked for nothing.
    pub(crate) fn new<T: Send + 'static>(
        ignored: Vec<PathBuf>,
        interval: Option<Duration>,
        events: Sender<T>,
        event: impl Fn(Noticed) -> T + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let tell = move |found| {
            // The receiver is gone only when the tool is about to end.
            let _ = events.send(event(found));
        };
        let source = match interval {
            Some(interval) => {
                let tell = move |paths| tell(Noticed::Paths(paths));
                Source::Looks(Poller::start(interval, tell)?)
            }
            None => {
                let found = move |found: notify::Result<notify::Event>| match found {
                    Ok(found) if found.need_rescan() => tell(Noticed::Lost),
                    Ok(found) if is_a_mere_look(&found.kind) => {}
                    Ok(found) => tell(Noticed::Paths(found.paths)),
                    Err(error) => tell(Noticed::Failed(error.to_string())),
                };
                Source::Events(notify::recommended_watcher(found)?)
            }
        };
        Ok(Watcher {
            source,
            watched: BTreeSet::new(),
            ignored,
        })
    }

    /// Watches a folder and all folders in it, but `target`, hidden and ignored ones.
    pub(crate) fn add_tree(&mut self, directory: &Path) -> Result<(), notify::Error> {
        for folder in folders_below(directory) {
            self.add(&folder)?;
        }
        Ok(())
    }

    /// Watches one folder.
    pub(crate) fn add(&mut self, directory: &Path) -> Result<(), notify::Error> {
        let is_ignored = self.ignored.iter().any(|it| directory.starts_with(it));
        if is_ignored || !directory.is_dir() || !self.watched.insert(directory.to_owned()) {
            return Ok(());
        }
        match &mut self.source {
            Source::Events(watcher) => watcher.watch(directory, RecursiveMode::NonRecursive),
            Source::Looks(poller) => {
                poller.watch(directory);
                Ok(())
            }
        }
    }

    /// Takes in folders that appeared, and forgets those that are gone; the files that are in
    /// the new ones already.
    pub(crate) fn follow(&mut self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in paths {
            // One that was removed and made again is another folder, with all that is in it.
            self.watched.retain(|folder| !folder.starts_with(path));
            if path.is_dir() && !is_passed_over(path) && self.add_tree(path).is_ok() {
                files_below(path, &mut found);
            }
        }
        found
    }

    /// Asks for all watches anew, since some may have been lost.
    pub(crate) fn forget(&mut self) {
        self.watched.clear();
    }
}

/// A folder and all folders in it that may have sources.
pub(crate) fn folders_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if !is_passed_over(&path) && entry.file_type().is_ok_and(|it| it.is_dir()) {
            found.extend(folders_below(&path));
        }
    }
    found
}

/// Looking at a file changes nothing.
fn is_a_mere_look(kind: &EventKind) -> bool {
    let access_time = ModifyKind::Metadata(MetadataKind::AccessTime);
    matches!(kind, EventKind::Access(_)) || *kind == EventKind::Modify(access_time)
}

/// Whether a folder has no sources: `target`, or hidden and not cargo's.
fn is_passed_over(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name == "target" || (name.starts_with('.') && name != ".cargo")
}

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            Ok(kind) if kind.is_dir() && !is_passed_over(&entry.path()) => {
                files_below(&entry.path(), found);
            }
            _ => {}
        }
    }
}

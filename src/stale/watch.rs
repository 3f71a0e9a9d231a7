//! File events, as paths.
//!
//! Each folder that can contain an input has its own watch. A recursive watch of a package would
//! include `target`, where builds cause thousands of events, and `node_modules`, which may have more
//! folders than the system has watches. If a folder does not exist yet, the nearest existing folder
//! above it is watched.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::folders::{Depth, files_below, folders_below};
use super::mirror::Mirror;
use super::poll::Poller;
use super::silent::silent_file_system;
use crate::base::contents::trust_no_stamps;

/// How often folders are polled for which the system has no watch left, or does not report all edits.
const INTERVAL: Duration = Duration::from_millis(500);

/// What a watcher reports.
#[derive(Debug)]
pub(crate) enum Noticed {
    /// Something happened at these paths.
    Paths(Vec<PathBuf>),
    /// The system dropped events: anything may have changed.
    Lost,
    /// The message of an error.
    Failed(String),
}

type Tell = Arc<dyn Fn(Noticed) + Send + Sync>;

/// Watches folders, and sends the paths in them at which something happened.
pub(crate) struct Watcher {
    /// The system's watcher; `None` if all folders are polled.
    events: Option<RecommendedWatcher>,
    /// Polls the folders that the system does not watch.
    poller: Option<Poller>,
    tell: Tell,
    /// The folders that exist and are watched.
    watched: BTreeSet<PathBuf>,
    /// The folders to watch, whether they exist or not.
    wanted: BTreeMap<PathBuf, Depth>,
    /// Folders below which nothing is watched.
    ignored: Vec<PathBuf>,
    is_limited: bool,
    /// A folder on each file system on which some edits send no events. They are polled, too.
    silent: BTreeMap<&'static str, PathBuf>,
    /// The same watches for the host.
    mirror: Option<Mirror>,
}

impl Watcher {
    /// Creates a watcher without any folder. `event` converts what is noticed to an event of the
    /// caller's loop. With `interval`, folders are polled that often, and the system watches none.
    pub(crate) fn new<T: Send + 'static>(
        ignored: Vec<PathBuf>,
        interval: Option<Duration>,
        events: Sender<T>,
        event: impl Fn(Noticed) -> T + Send + Sync + 'static,
    ) -> Result<Self, notify::Error> {
        let tell: Tell = Arc::new(move |found| {
            // The receiver is gone only when the session ends.
            let _ = events.send(event(found));
        });
        let mut watcher = Watcher {
            events: None,
            poller: None,
            tell: Arc::clone(&tell),
            watched: BTreeSet::new(),
            wanted: BTreeMap::new(),
            ignored,
            is_limited: false,
            silent: BTreeMap::new(),
            mirror: None,
        };
        if let Some(interval) = interval {
            trust_no_stamps();
            watcher.poller = Some(watcher.poll(interval)?);
            return Ok(watcher);
        }
        let found = move |found: notify::Result<notify::Event>| match found {
            Ok(found) if found.need_rescan() => tell(Noticed::Lost),
            Ok(found) if is_a_mere_look(&found.kind) => {}
            Ok(found) => tell(Noticed::Paths(found.paths)),
            Err(error) => tell(Noticed::Failed(error.to_string())),
        };
        watcher.events = Some(notify::recommended_watcher(found)?);
        Ok(watcher)
    }

    fn poll(&self, interval: Duration) -> Result<Poller, notify::Error> {
        let tell = Arc::clone(&self.tell);
        Ok(Poller::start(interval, move |paths| {
            tell(Noticed::Paths(paths));
        })?)
    }

    /// Whether the system has no watch left for some of the folders, which are polled instead.
    pub(crate) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// A folder on each file system on which some edits send no events, by the file system's name.
    pub(crate) fn silent(&self) -> &BTreeMap<&'static str, PathBuf> {
        &self.silent
    }

    /// How many folders are watched or polled.
    pub(crate) fn count(&self) -> usize {
        self.watched.len()
    }

    /// Watches everything a second time, except for the folder of cookies, and returns a descriptor that
    /// has events if something may have been saved. There is none if all files are looked at instead.
    pub(crate) fn mirror(&mut self, cookies: &Path) -> io::Result<BorrowedFd<'_>> {
        if self.events.is_none() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut mirror = Mirror::new(cookies)?;
        if self.is_limited {
            mirror.miss();
        }
        for folder in &self.watched {
            mirror.watch(folder);
        }
        let mirror: &Mirror = self.mirror.insert(mirror);
        Ok(mirror.as_fd())
    }

    /// Polls now what is polled, so that a question need not wait for the next time.
    pub(crate) fn poll_now(&self) {
        if let Some(poller) = &self.poller {
            poller.poll_now();
        }
    }

    /// To be called when the host has asked, before it is found out what was saved.
    pub(crate) fn before_question(&self) {
        if let Some(mirror) = &self.mirror {
            mirror.drain();
        }
    }

    /// The descriptor was closed.
    pub(crate) fn end_mirror(&mut self) {
        self.mirror = None;
    }

    /// To be called before it is said that everything that was saved has an outcome.
    pub(crate) fn before_answer(&self) {
        if let Some(mirror) = &self.mirror {
            mirror.before_answer();
        }
    }

    /// Watches a folder from now on, as soon as it exists.
    pub(crate) fn want(&mut self, folder: &Path, depth: Depth) -> Result<(), notify::Error> {
        let known = self.wanted.entry(folder.to_owned()).or_insert(depth);
        *known = depth.max(*known);
        let depth = *known;
        self.cover(folder, depth)
    }

    /// Like [`want`](Self::want), but returns the files in folders that were not watched before. If one
    /// of them was written before this call, there was no event.
    pub(crate) fn want_and_list(
        &mut self,
        folder: &Path,
        depth: Depth,
    ) -> Result<Vec<PathBuf>, notify::Error> {
        let before = self.watched.clone();
        self.want(folder, depth)?;
        let mut files = Vec::new();
        for folder in self.watched.difference(&before) {
            files_below(folder, Depth::Folder, &mut files);
        }
        Ok(files)
    }

    /// Clears the list of wanted folders. Watched folders stay watched.
    pub(crate) fn want_nothing(&mut self) {
        self.wanted.clear();
    }

    /// Watches a folder and those below it, or the nearest existing folder above it.
    fn cover(&mut self, folder: &Path, depth: Depth) -> Result<(), notify::Error> {
        while !folder.is_dir() {
            let mut above = folder.ancestors().skip(1);
            let Some(nearest) = above.find(|it| it.is_dir()) else {
                return Ok(());
            };
            let nearest = nearest.to_owned();
            self.watch(&nearest)?;
            // It may have been created before the watch.
            let mut above = folder.ancestors();
            if above.find(|it| it.is_dir()) == Some(&nearest) {
                return Ok(());
            }
        }
        for folder in folders_below(folder, depth) {
            self.watch(&folder)?;
        }
        Ok(())
    }

    /// Watches one folder.
    fn watch(&mut self, folder: &Path) -> Result<(), notify::Error> {
        let is_ignored = self.ignored.iter().any(|it| folder.starts_with(it));
        if is_ignored || !self.watched.insert(folder.to_owned()) {
            return Ok(());
        }
        let watched = self.watch_by_events(folder);
        if let Some(mirror) = &mut self.mirror {
            mirror.watch(folder);
            if self.is_limited {
                mirror.miss();
            }
        }
        watched
    }

    fn watch_by_events(&mut self, folder: &Path) -> Result<(), notify::Error> {
        if let Some(events) = &mut self.events {
            let silent = silent_file_system(folder);
            match events.watch(folder, RecursiveMode::NonRecursive) {
                Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                    self.is_limited = true;
                }
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => return Ok(()),
                done if silent.is_none() => return done,
                // Edits by this machine still have events, which are quicker.
                _ => {}
            }
            if let Some(name) = silent
                && !self.silent.contains_key(name)
            {
                self.silent.insert(name, folder.to_owned());
                trust_no_stamps();
            }
        }
        if self.poller.is_none() {
            self.poller = Some(self.poll(INTERVAL)?);
        }
        if let Some(poller) = &self.poller {
            poller.watch(folder);
        }
        Ok(())
    }

    /// Watches wanted folders that appeared at these paths, and forgets those that are gone.
    /// Returns the files that the new folders already contain.
    pub(crate) fn follow(&mut self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in paths {
            let is_folder = path.is_dir();
            if !is_folder && !self.watched.contains(path) {
                continue;
            }
            // If it was removed and created again, its watch and those below it are gone.
            self.watched.retain(|folder| !folder.starts_with(path));
            let mut again: Vec<(PathBuf, Depth)> = Vec::new();
            for (wanted, depth) in &self.wanted {
                if wanted.starts_with(path) {
                    again.push((wanted.clone(), *depth));
                } else if is_folder && depth.takes_in(wanted, path) {
                    again.push((path.clone(), *depth));
                }
            }
            for (folder, depth) in again {
                if self.cover(&folder, depth).is_ok() && folder.is_dir() {
                    files_below(&folder, depth, &mut found);
                }
            }
        }
        found
    }

    /// Watches all wanted folders again, since some watches may have been lost.
    pub(crate) fn renew(&mut self) -> Result<(), notify::Error> {
        self.watched.clear();
        let wanted = self.wanted.clone();
        let mut wanted = wanted.iter();
        wanted.try_for_each(|(folder, depth)| self.cover(folder, *depth))
    }
}

/// Whether an event tells only that a file was read.
fn is_a_mere_look(kind: &EventKind) -> bool {
    let access_time = ModifyKind::Metadata(MetadataKind::AccessTime);
    matches!(kind, EventKind::Access(_)) || *kind == EventKind::Modify(access_time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::mpsc::{Receiver, channel};

    /// A watcher, and a folder that is removed at the end of the test.
    fn watcher() -> (tempfile::TempDir, Watcher, Receiver<Noticed>) {
        let (sender, receiver) = channel();
        let watcher = Watcher::new(Vec::new(), None, sender, |noticed| noticed).unwrap();
        (tempfile::tempdir().unwrap(), watcher, receiver)
    }

    /// Waits until a path is noticed, and follows everything that is noticed before.
    fn notices(watcher: &mut Watcher, events: &Receiver<Noticed>, path: &Path) {
        loop {
            let noticed = events.recv_timeout(Duration::from_secs(10));
            let Ok(Noticed::Paths(mut paths)) = noticed else {
                panic!("{} was not noticed: {noticed:?}", path.display());
            };
            paths.extend(watcher.follow(&paths));
            if paths.iter().any(|it| it == path) {
                return;
            }
        }
    }

    #[test]
    fn a_wanted_folder_that_appears_later_is_watched() {
        let (directory, mut watcher, events) = watcher();
        let folder = directory.path().join("a/.hidden/deep");
        watcher.want(&folder, Depth::All).unwrap();
        // Created one at a time, then all at once. The file is listed, or there is an event.
        fs::create_dir(directory.path().join("a")).unwrap();
        notices(&mut watcher, &events, &directory.path().join("a"));
        fs::create_dir_all(folder.join("below")).unwrap();
        fs::write(folder.join("below/file"), "one").unwrap();
        notices(&mut watcher, &events, &folder.join("below/file"));
        fs::write(folder.join("below/other"), "two").unwrap();
        notices(&mut watcher, &events, &folder.join("below/other"));
        // Removed and created again.
        fs::remove_dir_all(directory.path().join("a")).unwrap();
        notices(&mut watcher, &events, &directory.path().join("a"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("again"), "three").unwrap();
        notices(&mut watcher, &events, &folder.join("again"));
    }

    #[test]
    fn folders_beside_the_wanted_ones_are_not_watched() {
        let (directory, mut watcher, events) = watcher();
        let root = directory.path();
        fs::create_dir_all(root.join("src")).unwrap();
        watcher.want(root, Depth::Folder).unwrap();
        watcher.want(&root.join("src"), Depth::Sources).unwrap();
        fs::create_dir_all(root.join("node_modules/a/b")).unwrap();
        notices(&mut watcher, &events, &root.join("node_modules"));
        fs::create_dir(root.join("src/module")).unwrap();
        notices(&mut watcher, &events, &root.join("src/module"));
        let watched: Vec<_> = watcher.watched.iter().collect();
        let expected = [root.to_owned(), root.join("src"), root.join("src/module")];
        assert_eq!(watched, expected.iter().collect::<Vec<_>>());
    }
}

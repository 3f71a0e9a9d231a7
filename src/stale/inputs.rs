//! Which files the running program was made of, what they contained, and what they contain now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::build::{Contents, Digested};

use super::shape::Shape;

/// What a file is to the running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input of a reloadable crate.
    Reloadable,
    /// An input of this package, which is not reloadable.
    Unmarked(String),
    /// A file that steers cargo.
    Manifest,
}

/// The inputs of the running program.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    kinds: BTreeMap<PathBuf, Kind>,
    /// As the running program was made of them.
    running: Contents,
    /// Where that is not what is there now.
    changed: BTreeMap<PathBuf, Digested>,
    /// Of the reloadable sources, as the host was made of them.
    shapes: BTreeMap<PathBuf, Shape>,
    /// What the last build that failed saw.
    failed: Option<BTreeMap<PathBuf, Digested>>,
}

impl Inputs {
    /// The inputs of a host that was just built. What changed since the build `begun`, or was seen
    /// to be `touched` meanwhile, is taken to differ from what the host was made of.
    pub(crate) fn of_host(
        kinds: BTreeMap<PathBuf, Kind>,
        begun: SystemTime,
        touched: &BTreeSet<PathBuf>,
    ) -> Self {
        let mut inputs = Inputs::default();
        for (path, kind) in kinds {
            let content = if touched.contains(&path) {
                Digested::Unknown
            } else {
                Digested::unless_changed_since(&path, begun)
            };
            if content == Digested::Unknown {
                inputs.changed.insert(path.clone(), Digested::of(&path));
            } else if kind == Kind::Reloadable {
                inputs.shapes.insert(path.clone(), Shape::of_file(&path));
            }
            inputs.running.insert(path.clone(), content);
            inputs.kinds.insert(path, kind);
        }
        inputs
    }

    /// Takes the inputs of a generation that went live.
    pub(crate) fn take_live(&mut self, live: Contents) {
        self.failed = None;
        self.kinds
            .retain(|path, kind| *kind != Kind::Reloadable || live.contains_key(path));
        for (path, content) in live {
            self.kinds.entry(path.clone()).or_insert(Kind::Reloadable);
            self.running.insert(path, content);
        }
        let known: Vec<_> = self.kinds.keys().cloned().collect();
        self.running.retain(|path, _| self.kinds.contains_key(path));
        self.changed.clear();
        self.look_at(known.iter());
    }

    /// Looks at files again; those that are inputs and whose content is another one than it was
    /// at the last look.
    pub(crate) fn look_at<'a>(&mut self, paths: impl Iterator<Item = &'a PathBuf>) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        for path in paths {
            let Some(running) = self.running.get(path) else {
                continue;
            };
            let now = Digested::of(path);
            let before = self.changed.get(path).unwrap_or(running);
            if now != *before {
                changed.push(path.clone());
            }
            if now == *running {
                self.changed.remove(path);
            } else {
                self.changed.insert(path.clone(), now);
            }
        }
        changed
    }

    /// The files whose content is not that of the running program, and what they are.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Path, &Kind)> {
        self.changed
            .keys()
            .filter_map(|path| Some((path.as_path(), self.kinds.get(path)?)))
    }

    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.kinds.contains_key(path)
    }

    /// An item of a reloadable source that other code was compiled against and that is not what
    /// it was when the host was built.
    pub(crate) fn changed_item(&self, path: &Path) -> Option<String> {
        let was = self.shapes.get(path)?;
        was.difference(&Shape::of_file(path))
    }

    /// Remembers what the build that just failed saw.
    pub(crate) fn mark_failed(&mut self) {
        self.failed = Some(self.changed.clone());
    }

    pub(crate) fn last_build_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether the last build failed on what is there now.
    pub(crate) fn failed_on_this(&self) -> bool {
        self.failed.as_ref() == Some(&self.changed)
    }

    /// Forgets the failure: what is there is what runs.
    pub(crate) fn forget_failure(&mut self) {
        self.failed = None;
    }

    /// The folders in which inputs lie.
    pub(crate) fn folders(&self) -> BTreeSet<&Path> {
        self.kinds.keys().filter_map(|path| path.parent()).collect()
    }
}

//! Which files the running program was made of, what they contained, and what they contain now.
//!
//! - [`changes`]: what changed in them; [`scripts`]: build scripts that read them;
//!   [`waiting`]: which changes wait for the next restart

mod changes;
mod scripts;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::base::contents::{Contents, Digested, Look, forget};

use super::aliases::Aliases;
use super::began::Began;
use super::compiled::CompiledSources;
use super::kind::{Changed, Kind};
use super::made::{Making, Read};
use crate::compat::Outside;
use crate::compat::items::Sources;
use scripts::RanOn;

/// The inputs of the running program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    kinds: BTreeMap<PathBuf, Kind>,
    /// As the running program was made of them.
    running: Contents,
    /// Where that is not what is there now.
    changed: BTreeMap<PathBuf, Digested>,
    /// As they were at the last look that an edit was judged by.
    judged: BTreeMap<PathBuf, Look>,
    /// The reloadable ones, item by item.
    sources: Sources,
    /// The names of the group's crates.
    crates: Vec<String>,
    /// What the host was made of without an entry point.
    outside: Outside,
    aliases: Aliases,
    /// The build scripts that the session runs, by package.
    scripts: BTreeMap<String, RanOn>,
    /// Contents that wait for the next restart.
    put_off: Contents,
    /// What was written to while the host was built; of that, what may have been read before; and
    /// what changes in each build.
    moved: BTreeSet<PathBuf>,
    unsettled: BTreeSet<PathBuf>,
    written: BTreeSet<PathBuf>,
}

impl Inputs {
    /// The inputs of a host that was just built, with what its build read of them. What changed
    /// since then is taken to differ.
    pub(crate) fn of_host(
        kinds: BTreeMap<PathBuf, Kind>,
        making: &Making<'_>,
        crates: Vec<String>,
        outside: Outside,
    ) -> Self {
        let mut inputs = Inputs {
            crates,
            outside,
            ..Inputs::default()
        };
        for (path, kind) in kinds {
            if Digested::since(making.began.at, &path) == Digested::Unknown {
                inputs.moved.insert(path.clone());
            }
            let content = match making.read(&path) {
                Read::Content(Digested::Unknown) => {
                    inputs.unsettled.insert(path.clone());
                    Digested::Unknown
                }
                Read::Content(content) => content,
                Read::Written(content) => {
                    inputs.unsettled.insert(path.clone());
                    inputs.written.insert(path.clone());
                    content
                }
            };
            if content == Digested::Unknown {
                inputs.changed.insert(path.clone(), Digested::of(&path));
                if kind == Kind::Reloadable {
                    inputs.sources.add_unknown(&path);
                }
            } else if kind == Kind::Reloadable {
                inputs.sources.add_baseline(&path, content);
            }
            inputs.running.insert(path.clone(), content);
            inputs.kinds.insert(path, kind);
        }
        inputs.aliases = Aliases::of(inputs.kinds.keys());
        inputs
    }

    /// Whether the build of the host may have written a file itself. If it does so again, that is
    /// no reason to cancel it: at its end it is known what it read.
    pub(crate) fn is_built(&self, path: &Path) -> bool {
        self.moved.contains(path)
    }

    /// The files that changed while the host was built, after they may have been read.
    pub(crate) fn unsettled(&self) -> &BTreeSet<PathBuf> {
        &self.unsettled
    }

    /// Those of them that change in each build.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Path> {
        self.written.iter().map(PathBuf::as_path)
    }

    /// The sources of a host that was just built.
    pub(crate) fn compiled(&self) -> CompiledSources {
        let is_source = |path: &Path| {
            matches!(
                self.kinds.get(path),
                Some(Kind::Reloadable | Kind::Unmarked(_))
            )
        };
        let running = self.running.iter().filter(|(path, _)| is_source(path));
        CompiledSources(running.map(|(path, it)| (path.clone(), *it)).collect())
    }

    /// How they are when a build begins.
    pub(crate) fn began(&self) -> Began {
        let paths = self.kinds.keys();
        Began {
            looks: paths.map(|path| (path.clone(), Look::at(path))).collect(),
            ..Began::now()
        }
    }

    /// Takes the inputs of a generation that went live.
    pub(crate) fn take_live(&mut self, live: Contents) {
        self.kinds
            .retain(|path, kind| *kind != Kind::Reloadable || live.contains_key(path));
        for (path, content) in live {
            self.sources.take_live(&path, content);
            self.kinds.entry(path.clone()).or_insert(Kind::Reloadable);
            self.running.insert(path, content);
        }
        self.running.retain(|path, _| self.kinds.contains_key(path));
        self.changed.clear();
        self.look_at_all();
        self.aliases = Aliases::of(self.kinds.keys());
    }

    /// Takes a file that is new as an input: the running program was made without it.
    pub(crate) fn add(&mut self, path: &Path, kind: Kind) {
        self.kinds.insert(path.to_owned(), kind);
        self.running.insert(path.to_owned(), Digested::Missing);
    }

    /// Looks at all inputs again.
    pub(crate) fn look_at_all(&mut self) {
        let known: Vec<_> = self.kinds.keys().cloned().collect();
        self.look_at(known.iter());
    }

    /// The inputs that lie at a path of a file event, whatever way leads there.
    pub(crate) fn at(&self, path: &Path) -> Vec<PathBuf> {
        let mut found: Vec<_> = self.aliases.at(path).cloned().collect();
        if self.contains(path) {
            found.push(path.to_owned());
        }
        found
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

    /// The inputs whose content is another one than at the last look.
    pub(crate) fn unseen(&self) -> Vec<PathBuf> {
        let last = |path: &PathBuf, running| *self.changed.get(path).unwrap_or(running);
        let running = self.running.iter();
        let unseen = running.filter(|(path, running)| Digested::of(path) != last(path, running));
        unseen.map(|(path, _)| path.clone()).collect()
    }

    /// Whether something was written to a file since an edit of it was judged last: the events of
    /// one save come one by one.
    pub(crate) fn is_news(&mut self, path: &Path) -> bool {
        if !self.contains(path) {
            return true;
        }
        forget(path);
        let look = Look::at(path);
        self.judged.insert(path.to_owned(), look) != Some(look)
    }

    /// An edit of these was not judged after all.
    pub(crate) fn judge_again(&mut self, paths: &[PathBuf]) {
        self.judged.retain(|path, _| !paths.contains(path));
    }

    /// The files whose content is not that of the running program, and what they are to it; but
    /// not those that wait for the next restart.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Path, &Kind)> {
        let changed = self.changed.iter();
        let changed = changed.filter(|(path, content)| !self.waits(path, **content));
        changed.filter_map(|(path, _)| Some((path.as_path(), self.kinds.get(path)?)))
    }

    /// The files that steer cargo and changed.
    pub(crate) fn changed_manifests(&self) -> Changed {
        let changed = self.changed();
        let manifests = changed.filter(|(_, kind)| **kind == Kind::Manifest);
        let contents = manifests.filter_map(|(path, _)| {
            let content = self.changed.get(path)?;
            Some((path.to_owned(), *content))
        });
        contents.collect()
    }

    /// Those of some files that steer cargo.
    pub(crate) fn manifests_of(&self, of: &Changed) -> Changed {
        let manifests = of.iter();
        let manifests =
            manifests.filter(|(path, _)| self.kinds.get(*path) == Some(&Kind::Manifest));
        manifests.map(|(path, it)| (path.clone(), *it)).collect()
    }

    /// What the program would be made of, too: these contents change nothing in it.
    pub(crate) fn accept(&mut self, contents: &Changed) {
        for (path, content) in contents {
            if self.kinds.contains_key(path) {
                self.running.insert(path.clone(), *content);
            }
        }
        self.look_at(contents.keys());
    }

    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.kinds.contains_key(path)
    }

    /// Whether a build was made of what is there now.
    pub(crate) fn are(&self, contents: &Contents) -> bool {
        let is = |(path, content): (&PathBuf, &Digested)| {
            let now = self.changed.get(path).or_else(|| self.running.get(path));
            now.is_none_or(|now| now == content)
        };
        contents.iter().all(is)
    }

    /// Whether a build that began when `saw` differed from what runs was made of what was there then.
    pub(crate) fn were(&self, saw: &Changed, contents: &Contents) -> bool {
        let is = |(path, content): (&PathBuf, &Digested)| {
            let then = saw.get(path).or_else(|| self.running.get(path));
            then.is_none_or(|then| then == content)
        };
        contents.iter().all(is)
    }

    /// What a build that starts now is about to see.
    pub(crate) fn snapshot(&self) -> Changed {
        let changed = self.changed.iter();
        let changed = changed.filter(|(path, content)| !self.waits(path, **content));
        changed.map(|(path, it)| (path.clone(), *it)).collect()
    }

    /// All inputs.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.kinds.keys()
    }

    /// The folders in which inputs lie, and those in which they really lie.
    pub(crate) fn folders(&self) -> BTreeSet<PathBuf> {
        let paths = self.kinds.keys().chain(self.aliases.paths());
        paths
            .filter_map(|path| Some(path.parent()?.to_owned()))
            .collect()
    }
}

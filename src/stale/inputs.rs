//! The input files of the running program: their contents when it was built, and now.
//!
//! - [`changes`]: what changed in them; [`same_code`]: edits that change no code; [`scripts`]: build scripts that read them;
//!   [`waiting`]: which changes wait for the next restart

mod changes;
mod same_code;
mod scripts;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::base::content_hash::Digest;
use crate::base::contents::{Contents, Digested, FileState, forget};

use super::aliases::Aliases;
use super::began::Began;
use super::compiled::CompiledSources;
use super::kind::{Changed, Kind};
use super::made::{Making, Read};
use crate::compat::Outside;
use crate::compat::items::Sources;
use crate::discover::Users;
use scripts::RanOn;

/// The inputs of the running program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    kinds: BTreeMap<PathBuf, Kind>,
    /// Their contents when the running program was built.
    running: Contents,
    /// The contents now of those that differ.
    changed: BTreeMap<PathBuf, Digested>,
    /// Their state when an edit was last judged.
    judged: BTreeMap<PathBuf, FileState>,
    /// The reloadable ones, item by item.
    sources: Sources,
    /// Which packages outside the group may use its items.
    users: Users,
    /// How code outside the group uses its items without an entry point.
    outside: Outside,
    aliases: Aliases,
    /// The build scripts that the session runs, by package.
    scripts: BTreeMap<String, RanOn>,
    /// Contents that wait for the next restart.
    put_off: Contents,
    /// The digests of the live sources when the host's code was compared with a clean build.
    compared: Live,
    /// Files that were written while the host was built.
    written_during_build: BTreeSet<PathBuf>,
    /// Those of them that rustc may have read before the write.
    maybe_stale: BTreeSet<PathBuf>,
    /// Those that each build writes differently.
    rewritten_by_builds: BTreeSet<PathBuf>,
}

/// What is live of the reloadable sources.
#[derive(Clone, Copy, Debug, Default)]
struct Live {
    /// All but the bodies of plain functions.
    items: u64,
    contents: u64,
}

impl Inputs {
    /// The inputs of a host that was just built, with what its build read of them. What changed
    /// since then is taken to differ.
    pub(crate) fn of_host(
        kinds: BTreeMap<PathBuf, Kind>,
        making: &Making<'_>,
        users: Users,
        outside: Outside,
    ) -> Self {
        let mut inputs = Inputs {
            users,
            outside,
            ..Inputs::default()
        };
        for (path, kind) in kinds {
            if Digested::since(making.began.at, &path) == Digested::Unknown {
                inputs.written_during_build.insert(path.clone());
            }
            let content = match making.read(&path) {
                Read::Content(Digested::Unknown) => {
                    inputs.maybe_stale.insert(path.clone());
                    Digested::Unknown
                }
                Read::Content(content) => content,
                Read::Written(content) => {
                    inputs.maybe_stale.insert(path.clone());
                    inputs.rewritten_by_builds.insert(path.clone());
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
        inputs.compared = inputs.live();
        inputs
    }

    fn live(&self) -> Live {
        let (mut items, mut contents) = (Digest::new(), Digest::new());
        for (path, kind) in &self.kinds {
            if *kind != Kind::Reloadable {
                continue;
            }
            let content = self.running.get(path).copied();
            let content = content.unwrap_or(Digested::Missing);
            let name = path.to_string_lossy();
            for digest in [&mut items, &mut contents] {
                digest.text(&name);
            }
            let content_as_text = format!("{content:?}");
            contents.text(&content_as_text);
            match self.sources.skeleton(path, content) {
                Some(skeleton) => items.number(skeleton),
                None => items.text(&content_as_text),
            }
        }
        Live {
            items: items.finish(),
            contents: contents.finish(),
        }
    }

    /// What is live is compared with a clean build.
    pub(crate) fn compared(&mut self) {
        self.compared = self.live();
    }

    /// The host has the code that it would be made of these sources: if they are what is live, edits
    /// are compared with them from now on.
    pub(crate) fn host_has_code_of(&mut self, sources: &Changed) {
        let is_live = |(path, content)| self.running.get(path) == Some(content);
        if !sources.is_empty() && sources.iter().all(is_live) {
            self.host_has_code_of_live();
            self.compared();
        }
    }

    /// What is live was compared with a clean build, which has the same code.
    pub(crate) fn host_has_code_of_live(&mut self) {
        let running = &self.running;
        self.sources
            .host_has_code_of_now(|path, content| running.get(path) == Some(&content));
    }

    /// Whether more than bodies of plain functions changed since then.
    pub(crate) fn have_other_items(&self) -> bool {
        self.live().items != self.compared.items
    }

    /// Whether anything changed since then.
    pub(crate) fn have_other_contents(&self) -> bool {
        self.live().contents != self.compared.contents
    }

    /// Whether the build of the host may have written a file itself. If it does so again, that is
    /// no reason to cancel it: at its end it is known what it read.
    pub(crate) fn may_be_written_by_build(&self, path: &Path) -> bool {
        self.written_during_build.contains(path)
    }

    /// The files that changed while the host was built, after they may have been read.
    pub(crate) fn maybe_stale(&self) -> &BTreeSet<PathBuf> {
        &self.maybe_stale
    }

    /// Those of them that change in each build.
    pub(crate) fn rewritten_by_builds(&self) -> impl Iterator<Item = &Path> {
        self.rewritten_by_builds.iter().map(PathBuf::as_path)
    }

    /// The sources of a host that was just built.
    pub(crate) fn compiled(&self) -> CompiledSources {
        CompiledSources(self.of_kind(&self.running, is_source))
    }

    /// The state of all inputs when a build begins.
    pub(crate) fn began(&self) -> Began {
        let paths = self.kinds.keys();
        Began {
            states: paths
                .map(|path| (path.clone(), FileState::at(path)))
                .collect(),
            ..Began::now()
        }
    }

    /// Takes the inputs of a generation that went live. [`look_at_all`](Self::look_at_all) must come
    /// next: it finds out which of them changed since the build.
    pub(crate) fn apply_live(&mut self, live: Contents) {
        self.kinds
            .retain(|path, kind| *kind != Kind::Reloadable || live.contains_key(path));
        for (path, content) in live {
            self.sources.take_live(&path, content);
            self.kinds.entry(path.clone()).or_insert(Kind::Reloadable);
            self.running.insert(path, content);
        }
        self.running.retain(|path, _| self.kinds.contains_key(path));
        self.changed.clear();
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

    /// The inputs that a path of a file event leads to, also through links.
    pub(crate) fn at(&self, path: &Path) -> Vec<PathBuf> {
        let mut found: Vec<_> = self.aliases.at(path).cloned().collect();
        if self.contains(path) {
            found.push(path.to_owned());
        }
        found
    }

    /// Looks at files again, and returns the inputs that changed since the last look.
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

    /// The inputs that changed since the last look.
    pub(crate) fn changed_since_look(&self) -> Vec<PathBuf> {
        let last = |path: &PathBuf, running| *self.changed.get(path).unwrap_or(running);
        let running = self.running.iter();
        let changed = running.filter(|(path, running)| Digested::of(path) != last(path, running));
        changed.map(|(path, _)| path.clone()).collect()
    }

    /// Whether something was written to a file since an edit of it was judged last: the events of
    /// one save come one by one.
    pub(crate) fn needs_judging(&mut self, path: &Path) -> bool {
        if !self.contains(path) {
            return true;
        }
        forget(path);
        let state = FileState::at(path);
        self.judged.insert(path.to_owned(), state) != Some(state)
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

    /// The changed files that configure cargo.
    pub(crate) fn changed_manifests(&self) -> Changed {
        let changed = self.changed();
        let manifests = changed.filter(|(_, kind)| **kind == Kind::Manifest);
        let contents = manifests.filter_map(|(path, _)| {
            let content = self.changed.get(path)?;
            Some((path.to_owned(), *content))
        });
        contents.collect()
    }

    /// Those of some files that configure cargo.
    pub(crate) fn manifests_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, |kind| *kind == Kind::Manifest)
    }

    /// Those of some files that are sources of crates.
    pub(crate) fn sources_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, is_source)
    }

    /// Those of some files that are sources of this package, which is not reloadable.
    pub(crate) fn sources_of_package(&self, package: &str, of: &Changed) -> Changed {
        self.of_kind(
            of,
            |kind| matches!(kind, Kind::Unmarked(its) if its == package),
        )
    }

    /// Those of some files that belong to packages that are not reloadable.
    pub(crate) fn unmarked_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, |kind| matches!(kind, Kind::Unmarked(_)))
    }

    fn of_kind(&self, of: &Contents, is_it: impl Fn(&Kind) -> bool) -> Contents {
        let all = of
            .iter()
            .filter(|(path, _)| self.kinds.get(*path).is_some_and(&is_it));
        all.map(|(path, it)| (path.clone(), *it)).collect()
    }

    /// These contents would make the same program: they count as its own from now on.
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

    /// Whether a build read the contents that the files have now.
    pub(crate) fn match_now(&self, contents: &Contents) -> bool {
        let is = |(path, content): (&PathBuf, &Digested)| {
            let now = self.changed.get(path).or_else(|| self.running.get(path));
            now.is_none_or(|now| now == content)
        };
        contents.iter().all(is)
    }

    /// Whether a build read the contents that the files had when it began. `saw` lists the files that differed
    /// from the running program at that time.
    pub(crate) fn matched_at_start(&self, saw: &Changed, contents: &Contents) -> bool {
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

/// Whether a crate is compiled of such a file.
fn is_source(kind: &Kind) -> bool {
    matches!(kind, Kind::Reloadable | Kind::Unmarked(_))
}

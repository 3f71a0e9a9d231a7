//! The input files of the running program: their contents when it was built, and now.
//!
//! - [`changes`]: what changed in them; [`same_code`]: edits that change no code
//! - [`scripts`]: build scripts that read them; [`waiting`]: changes that wait for the next restart

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
use super::finished_build::{FinishedBuild, Read};
use super::kind::{Changed, Kind};
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
    /// The current contents of those that differ.
    changed: BTreeMap<PathBuf, Digested>,
    /// Their state when an edit was last judged.
    judged: BTreeMap<PathBuf, FileState>,
    /// The items of the reloadable ones.
    sources: Sources,
    /// The packages outside the group that may use its items.
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
    /// The files that were written while the host was built.
    written_during_build: BTreeSet<PathBuf>,
    /// Those of them that rustc may have read before the write.
    maybe_stale: BTreeSet<PathBuf>,
    /// Those of them that differ after each build.
    rewritten_by_builds: BTreeSet<PathBuf>,
}

/// Digests of the reloadable sources that are live.
#[derive(Clone, Copy, Debug, Default)]
struct Live {
    /// Without the bodies of plain functions.
    items: u64,
    contents: u64,
}

impl Inputs {
    /// The inputs of a host that was just built, with the contents that its build read. Files whose
    /// content at that time is not known count as changed.
    pub(crate) fn of_host(
        kinds: BTreeMap<PathBuf, Kind>,
        build: &FinishedBuild<'_>,
        users: Users,
        outside: Outside,
    ) -> Self {
        let mut inputs = Inputs {
            users,
            outside,
            ..Inputs::default()
        };
        for (path, kind) in kinds {
            if Digested::since(build.began.at, &path) == Digested::Unknown {
                inputs.written_during_build.insert(path.clone());
            }
            let content = match build.read(&path) {
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

    /// The live sources were compared with a clean build.
    pub(crate) fn compared(&mut self) {
        self.compared = self.live();
    }

    /// A clean build of these sources has the host's code. If they are live, later edits are
    /// compared with them.
    pub(crate) fn host_has_code_of(&mut self, sources: &Changed) {
        let is_live = |(path, content)| self.running.get(path) == Some(content);
        if !sources.is_empty() && sources.iter().all(is_live) {
            self.host_has_code_of_live();
            self.compared();
        }
    }

    /// A clean build of the live sources has the host's code.
    pub(crate) fn host_has_code_of_live(&mut self) {
        let running = &self.running;
        self.sources
            .host_has_code_of_now(|path, content| running.get(path) == Some(&content));
    }

    /// Whether more than the bodies of plain functions changed since the last comparison.
    pub(crate) fn have_other_items(&self) -> bool {
        self.live().items != self.compared.items
    }

    /// Whether anything changed since the last comparison.
    pub(crate) fn have_other_contents(&self) -> bool {
        self.live().contents != self.compared.contents
    }

    /// Whether the build of the host may have written a file itself. A change of such a file does
    /// not cancel the next build, at whose end the content that it read is known.
    pub(crate) fn may_be_written_by_build(&self, path: &Path) -> bool {
        self.written_during_build.contains(path)
    }

    /// The files that were written while the host was built, possibly after rustc read them.
    pub(crate) fn maybe_stale(&self) -> &BTreeSet<PathBuf> {
        &self.maybe_stale
    }

    /// The files that differ after each build.
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

    /// Takes the inputs of a generation that went live. Call [`look_at_all`](Self::look_at_all)
    /// next, which finds those that changed since the build.
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

    /// Adds a new file as an input. The running program was built without it.
    pub(crate) fn add(&mut self, path: &Path, kind: Kind) {
        self.kinds.insert(path.to_owned(), kind);
        self.running.insert(path.to_owned(), Digested::Missing);
    }

    /// Reads all inputs again.
    pub(crate) fn look_at_all(&mut self) {
        let known: Vec<_> = self.kinds.keys().cloned().collect();
        self.look_at(known.iter());
    }

    /// The inputs that a file event's path stands for, also through links.
    pub(crate) fn at(&self, path: &Path) -> Vec<PathBuf> {
        let mut found: Vec<_> = self.aliases.at(path).cloned().collect();
        if self.contains(path) {
            found.push(path.to_owned());
        }
        found
    }

    /// Reads files again, and returns the inputs that changed since the last time.
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

    /// The inputs that changed since they were last read.
    pub(crate) fn changed_since_look(&self) -> Vec<PathBuf> {
        let last = |path: &PathBuf, running| *self.changed.get(path).unwrap_or(running);
        let running = self.running.iter();
        let changed = running.filter(|(path, running)| Digested::of(path) != last(path, running));
        changed.map(|(path, _)| path.clone()).collect()
    }

    /// Whether a file was written since its last verdict: one save causes several events.
    pub(crate) fn needs_judging(&mut self, path: &Path) -> bool {
        if !self.contains(path) {
            return true;
        }
        forget(path);
        let state = FileState::at(path);
        self.judged.insert(path.to_owned(), state) != Some(state)
    }

    /// Withdraws the verdict on these files.
    pub(crate) fn judge_again(&mut self, paths: &[PathBuf]) {
        self.judged.retain(|path, _| !paths.contains(path));
    }

    /// The files whose content differs from that of the running program, without those that wait
    /// for the next restart.
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

    /// The files of `of` that configure cargo.
    pub(crate) fn manifests_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, |kind| *kind == Kind::Manifest)
    }

    /// The files of `of` that are sources of crates.
    pub(crate) fn sources_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, is_source)
    }

    /// The files of `of` that are sources of this package, which is not reloadable.
    pub(crate) fn sources_of_package(&self, package: &str, of: &Changed) -> Changed {
        self.of_kind(
            of,
            |kind| matches!(kind, Kind::Unmarked(its) if its == package),
        )
    }

    /// The files of `of` that belong to packages that are not reloadable.
    pub(crate) fn unmarked_of(&self, of: &Changed) -> Changed {
        self.of_kind(of, |kind| matches!(kind, Kind::Unmarked(_)))
    }

    fn of_kind(&self, of: &Contents, is_it: impl Fn(&Kind) -> bool) -> Contents {
        let all = of
            .iter()
            .filter(|(path, _)| self.kinds.get(*path).is_some_and(&is_it));
        all.map(|(path, it)| (path.clone(), *it)).collect()
    }

    /// Takes contents from which the same program would be built as those of the running program.
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

    /// Whether the files still have the contents that a build read.
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

    /// The changed files that a build that starts now reads.
    pub(crate) fn snapshot(&self) -> Changed {
        let changed = self.changed.iter();
        let changed = changed.filter(|(path, content)| !self.waits(path, **content));
        changed.map(|(path, it)| (path.clone(), *it)).collect()
    }

    /// All inputs.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.kinds.keys()
    }

    /// The folders of the inputs' paths, and of their real paths.
    pub(crate) fn folders(&self) -> BTreeSet<PathBuf> {
        let paths = self.kinds.keys().chain(self.aliases.paths());
        paths
            .filter_map(|path| Some(path.parent()?.to_owned()))
            .collect()
    }
}

/// Whether such a file is the source of a crate.
fn is_source(kind: &Kind) -> bool {
    matches!(kind, Kind::Reloadable | Kind::Unmarked(_))
}

//! Which files the running program was made of, what they contained, and what they contain now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::build::{Contents, Digested, Look};
use crate::discover::RUNTIME;
use crate::verdict::{Change, Of, Retyped};

use super::aliases::Aliases;
use super::began::Began;
use super::compiled::CompiledSources;
use super::kind::{Changed, Kind};
use super::outside::{Outside, Texts, Unreachable};
use super::shape::mentions;
use super::sources::Sources;

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
    /// What the last build that failed saw.
    failed: Option<Changed>,
}

impl Inputs {
    /// The inputs of a host that was just built. Those that were looked at when the build `began`
    /// are what it was made of, unless something was written to them since. What else changed
    /// since then, or was seen to be `touched` meanwhile, is taken to differ; what the build
    /// itself wrote and then read is `known`.
    pub(crate) fn of_host(
        kinds: BTreeMap<PathBuf, Kind>,
        began: &Began,
        touched: &BTreeSet<PathBuf>,
        known: &Contents,
        crates: Vec<String>,
        outside: Outside,
    ) -> Self {
        let mut inputs = Inputs {
            crates,
            outside,
            ..Inputs::default()
        };
        for (path, kind) in kinds {
            let content = if let Some(content) = known.get(&path) {
                if Digested::of(&path) == *content {
                    *content
                } else {
                    Digested::Unknown
                }
            } else if let Some(look) = began.looks.get(&path) {
                look.content_until_now(&path)
            } else if touched.contains(&path) {
                Digested::Unknown
            } else {
                Digested::since(began.at, &path)
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
        self.failed = None;
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

    /// Takes a file that is new as an input of a reloadable crate: the running program was made
    /// without it.
    pub(crate) fn add(&mut self, path: &Path) {
        self.kinds.insert(path.to_owned(), Kind::Reloadable);
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
        let look = Look::at(path);
        self.judged.insert(path.to_owned(), look) != Some(look)
    }

    /// An edit of these was not judged after all.
    pub(crate) fn judge_again(&mut self, paths: &[PathBuf]) {
        self.judged.retain(|path, _| !paths.contains(path));
    }

    /// The files whose content is not that of the running program, and what they are to it.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Path, &Kind)> {
        self.changed
            .keys()
            .filter_map(|path| Some((path.as_path(), self.kinds.get(path)?)))
    }

    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.kinds.contains_key(path)
    }

    /// The files whose content is not that of the running program, and what changed in them.
    /// `root` is the folder that paths are shown from. `None` if one of them is just being saved.
    pub(crate) fn changes(&mut self, root: &Path) -> Option<Vec<Change>> {
        let shown = |path: &Path| shown(path, root);
        if !self.look_at_sources() {
            return None;
        }
        let of = |path: &Path, kind: &Kind| match kind {
            Kind::Manifest => Of::Cargo,
            Kind::Unmarked(package) => Of::Unmarked {
                package: package.clone(),
            },
            Kind::Script(package) => Of::Script {
                package: package.clone(),
            },
            Kind::Reloadable if self.sources.is_unknown(path) => Of::Unknown,
            // Most often the compiler finds it in error too, and says where.
            Kind::Reloadable if self.sources.is_unparsable(path) => Of::Reloadable {
                retyped: None,
                outside: None,
            },
            Kind::Reloadable => {
                let outside = self.unreachable(path).map(|found| match found {
                    Unreachable::Symbol(reason) => reason,
                    Unreachable::Name { item, user } => format!(
                        "`{item}` in `{}` changed, which is compiled into `{}`",
                        shown(path),
                        shown(&user)
                    ),
                });
                Of::Reloadable {
                    retyped: self.sources.retyped(path).map(|used| Retyped {
                        item: used.item,
                        user: used.user.map(|user| shown(&user)),
                    }),
                    outside,
                }
            }
        };
        let changed = self.changed();
        let change = |(path, kind)| Change {
            path: shown(path),
            of: of(path, kind),
        };
        Some(changed.map(change).collect())
    }

    /// Looks at the reloadable sources that changed, or did before, item by item. Whether they are
    /// still what they were at the last look.
    fn look_at_sources(&mut self) -> bool {
        let is_reloadable = |path: &&PathBuf| self.kinds.get(*path) == Some(&Kind::Reloadable);
        let changed = self.changed.keys().filter(is_reloadable).cloned();
        let all: BTreeSet<PathBuf> = changed.chain(self.sources.seen().cloned()).collect();
        let mut are_it = true;
        for path in all {
            let content = self.changed.get(&path).or_else(|| self.running.get(&path));
            let content = content.copied().unwrap_or(Digested::Missing);
            are_it &= self.sources.look_at(&path, content);
        }
        are_it
    }

    /// An item of a source that changed and that code outside the group was made of.
    fn unreachable(&self, path: &Path) -> Option<Unreachable> {
        let now = self.sources.now(path)?;
        let baseline = self.sources.baselines();
        let baseline = baseline
            .map(|(path, it)| (path.as_path(), &it.direct))
            .collect();
        let texts = || self.texts_outside();
        let found = self
            .outside
            .unreachable(path, &now.direct, &baseline, texts);
        found.or_else(|| {
            let mut types = self.sources.changed_types(path).into_iter();
            types.find_map(|of| self.outside.derived(path, &of, &baseline))
        })
    }

    /// The sources outside the group that name a crate of it.
    fn texts_outside(&self) -> Texts<'_> {
        let is_outside = |kind: &Kind| match kind {
            // In a checkout the runtime is a folder of the user's. It knows no crate of theirs.
            Kind::Unmarked(package) => !RUNTIME.contains(&&**package),
            _ => false,
        };
        let outside = self.kinds.iter().filter(|(_, kind)| is_outside(kind));
        outside
            .filter_map(|(path, _)| Some((path, std::fs::read_to_string(path).ok()?)))
            .filter(|(_, text)| self.crates.iter().any(|name| mentions(text, name)))
            .collect()
    }

    /// Whether what was looked at item by item is what a build was made of.
    pub(crate) fn have_looked_at(&mut self, contents: &Contents) -> bool {
        let is_known = |inputs: &Self, (path, content): (&PathBuf, &Digested)| {
            let seen = inputs.sources.seen_at(path);
            let known = seen.or_else(|| inputs.running.get(path).copied());
            // Nothing that is loaded was made of a file that is new.
            known.is_none_or(|known| known == *content)
        };
        // Most often that was when it was decided to build; else what is there now may be it.
        contents.iter().all(|it| is_known(self, it)) || {
            self.look_at_sources();
            contents.iter().all(|it| is_known(self, it))
        }
    }

    /// An item that decides how values lie, and that, as it was looked at, is not what all loaded
    /// generations were made of; where layouts tell the others, those that one of `paths` leads to.
    pub(crate) fn retyped(&self, paths: Option<&BTreeSet<String>>) -> Option<String> {
        match paths {
            Some(paths) => {
                let changed = self.changed();
                let changed = changed.filter(|(_, kind)| **kind == Kind::Reloadable);
                let files: Vec<&Path> = changed.map(|(path, _)| path).collect();
                self.sources.changed_unseen(paths, &files)
            }
            None => self.sources.changed(),
        }
    }

    /// A reloadable source that could not be parsed when it was looked at, shown from `root`: which of
    /// its items changed is not known.
    pub(crate) fn unparsable(&self, root: &Path) -> Option<String> {
        let mut changed = self.changed().map(|(path, _)| path);
        let path = changed.find(|path| self.sources.is_unparsable(path))?;
        Some(shown(path, root))
    }

    /// Why what a held type gives to a trait of another crate asks for a restart, as the sources were looked at.
    pub(crate) fn regiven(&self, held: Option<&BTreeSet<String>>) -> Option<String> {
        self.sources.regiven(held)
    }

    /// Whether a type has a new name, as the sources were looked at.
    pub(crate) fn is_rename(&self, old: &str, new: &str) -> bool {
        self.sources.is_rename(old, new)
    }

    /// Whether a build was made of what is there now.
    pub(crate) fn are(&self, contents: &Contents) -> bool {
        let is = |(path, content): (&PathBuf, &Digested)| {
            let now = self.changed.get(path).or_else(|| self.running.get(path));
            now.is_none_or(|now| now == content)
        };
        contents.iter().all(is)
    }

    /// What a build that starts now is about to see.
    pub(crate) fn snapshot(&self) -> Changed {
        self.changed.clone()
    }

    /// Remembers what the build that just failed saw.
    pub(crate) fn mark_failed(&mut self, saw: Changed) {
        self.failed = Some(saw);
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

fn shown(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.display().to_string()
}

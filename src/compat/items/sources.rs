//! The group's sources: the items from which the host and its generations were built, and those of now.

mod same_code;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::associated::{AssociatedItems, ChangedImpl};
use super::item::{Item, ItemKind, last_name};
use super::modules;
use super::reach::{Reach, Used};
use super::scope::Crates;
use super::shape::Shape;
use super::tokens::Tokens;
use super::unseen::{self, Pair, Unseen};
use crate::base::closure::closure;
use crate::base::contents::Digested;
use versions::Version;

/// The sources of one host's group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    known: BTreeMap<PathBuf, Source>,
    /// The current items of the sources that were looked at, with their contents.
    now: BTreeMap<PathBuf, Version>,
    /// Their versions before that, the latest first.
    earlier: BTreeMap<PathBuf, Vec<Version>>,
    /// The tokens from which the live generation was built, with the contents.
    running: BTreeMap<PathBuf, (Digested, Tokens)>,
    /// The sources that changed while the host was built, or that can't be parsed. The types that the
    /// host has from them are not known.
    unknown: BTreeSet<PathBuf>,
}

/// The versions of one source.
#[derive(Clone, Debug, Default)]
struct Source {
    /// From which the host was built, if it was.
    baseline: Option<Reach>,
    /// From which generations were built, if their types were different.
    later: Vec<Shape>,
}

impl Sources {
    /// Adds a source from which the host was built. It is read now, unless it is just being saved.
    pub(crate) fn add_baseline(&mut self, path: &Path, content: Digested) {
        let Some(reach) = Reach::of_file(path, content, None) else {
            return self.add_unknown(path);
        };
        if !reach.shape.is_known() && is_rust(path) {
            self.unknown.insert(path.to_owned());
        }
        self.run(path, content, reach.tokens.clone());
        let source = Source {
            baseline: Some(reach),
            later: Vec::new(),
        };
        self.known.insert(path.to_owned(), source);
    }

    /// Adds a source whose content in the host is not known.
    pub(crate) fn add_unknown(&mut self, path: &Path) {
        if is_rust(path) {
            self.unknown.insert(path.to_owned());
        }
    }

    pub(crate) fn is_unknown(&self, path: &Path) -> bool {
        self.unknown.contains(path)
    }

    /// Whether a source of the host can't be parsed any more.
    pub(crate) fn is_unparsable(&self, path: &Path) -> bool {
        let is_broken = |content: &Digested, now: &Reach| {
            *content != Digested::Missing && !now.shape.is_known() && is_rust(path)
        };
        let was = self.known.get(path).and_then(|it| it.baseline.as_ref());
        let now = self.now.get(path);
        was.is_some_and(|was| was.shape.is_known())
            && now.is_some_and(|(content, now)| is_broken(content, now))
    }

    /// The live generation was built from this content.
    pub(crate) fn take_live(&mut self, path: &Path, content: Digested) {
        if !self.now.contains_key(path) {
            return;
        }
        let seen = self.version(path, content);
        let tokens = seen.and_then(|reach| reach.tokens.clone());
        // If it changed again before it was read, its types are not known.
        let shape = seen.map(|reach| reach.shape.clone()).unwrap_or_default();
        self.run(path, content, tokens);
        let source = self.known.entry(path.to_owned()).or_default();
        let baseline = source.baseline.as_ref().map(|reach| &reach.shape);
        if baseline != Some(&shape) && !source.later.contains(&shape) {
            source.later.push(shape);
        }
    }

    /// An item of a source that determines memory layouts and that differs from the host's.
    pub(crate) fn retyped(&self, path: &Path) -> Option<Used> {
        let was = self.known.get(path)?.baseline.as_ref()?;
        let (content, now) = self.now.get(path)?;
        let of_type = |item| Used::of_type(was, now, item);
        if *content == Digested::Missing {
            // Its items may have moved to other files, and changed there.
            return was.shape.first().map(of_type);
        }
        let item = was.shape.difference(&now.shape);
        item.map(of_type).or_else(|| self.computed(was, now))
    }

    /// A changed item on which a type or a signature depends.
    fn computed(&self, was: &Reach, now: &Reach) -> Option<Used> {
        let mut changed = was.direct.changed(&now.direct);
        changed.find_map(|(kind, name)| {
            if !kind.is_computed() {
                return None;
            }
            let names = self.computed_with(name);
            let mut baselines = self.baselines();
            let (user, _) =
                baselines.find(|(_, it)| names.iter().any(|name| it.shape.mentions(name)))?;
            Some(Used {
                item: Item::new(kind, name),
                user: Some(user.clone()),
                fields: Vec::new(),
                is_in_changed_code: false,
            })
        })
    }

    /// The items of a source when it was last looked at.
    pub(crate) fn now(&self, path: &Path) -> Option<&Reach> {
        self.now.get(path).map(|(_, reach)| reach)
    }

    /// The digest of a source without the bodies of plain functions, if this content was read.
    pub(crate) fn skeleton(&self, path: &Path, content: Digested) -> Option<u64> {
        let baseline = || self.known.get(path)?.baseline.as_ref();
        self.version(path, content).or_else(baseline)?.skeleton
    }

    /// The sources from which the host was built, with their items at that time.
    pub(crate) fn baselines(&self) -> impl Iterator<Item = (&PathBuf, &Reach)> {
        let known = self.known.iter();
        known.filter_map(|(path, source)| Some((path, source.baseline.as_ref()?)))
    }

    /// Reads the files of new modules, which are not inputs yet.
    pub(crate) fn look_at_modules(&mut self) {
        loop {
            let files = self
                .now
                .iter()
                .flat_map(|(path, (_, it))| modules::files(path, it));
            let mut new: Vec<PathBuf> = files.filter(|it| !self.known.contains_key(it)).collect();
            new.retain(|path| {
                let content = Digested::of(path);
                let seen = self.now.get(path).map(|(seen, _)| *seen);
                content != Digested::Missing && seen != Some(content)
            });
            if new.is_empty() {
                return;
            }
            let looked = new
                .iter()
                .filter(|path| self.look_at(path, Digested::of(path)));
            if looked.count() == 0 {
                return;
            }
        }
    }

    /// All sources, with the items from which the host was built, and those of now.
    pub(crate) fn before_and_after(
        &self,
    ) -> impl Iterator<Item = (&Path, Option<&Reach>, Option<&Reach>)> {
        let gone = self.gone_modules();
        let known = self.known.iter().map(move |(path, it)| {
            let was = it.baseline.as_ref();
            // If it can't be parsed, nothing is known about its changes.
            let now = self.now(path).filter(|_| !self.is_unparsable(path));
            let now = now.or(was).filter(|_| !gone.contains(path));
            (path.as_path(), was, now)
        });
        let is_new = |path: &PathBuf| !self.known.contains_key(path);
        let new = self.now.iter().filter(move |(path, _)| is_new(path));
        known.chain(new.map(|(path, (_, now))| (path.as_path(), None, Some(now))))
    }

    /// The files of modules that no source declares any more.
    fn gone_modules(&self) -> BTreeSet<PathBuf> {
        let seen = self
            .now
            .iter()
            .filter(|(path, _)| !self.is_unparsable(path));
        let pairs = seen.filter_map(|(path, (_, now))| {
            let was = self.known.get(path)?.baseline.as_ref()?;
            Some((path, was, now))
        });
        let (mut was, mut is) = (BTreeSet::new(), BTreeSet::new());
        for (path, before, now) in pairs {
            was.extend(modules::files(path, before));
            is.extend(modules::files(path, now));
        }
        was.difference(&is).cloned().collect()
    }

    /// The names of a source's types that differ from the host's.
    pub(crate) fn changed_types(&self, path: &Path) -> Vec<String> {
        let baseline = self.known.get(path).and_then(|it| it.baseline.as_ref());
        let Some((was, now)) = baseline.zip(self.now(path)) else {
            return Vec::new();
        };
        let changed = was.shape.changed(&now.shape).into_iter();
        let kinds = [ItemKind::Struct, ItemKind::Enum, ItemKind::Union];
        let types = changed.filter(|item| kinds.contains(&item.kind));
        types.map(|item| item.last_name().to_owned()).collect()
    }

    /// The names of all items that depend on an item of this name, directly or indirectly.
    fn computed_with(&self, name: &str) -> BTreeSet<String> {
        closure([name.to_owned()].into(), |names| {
            let sources = self.baselines();
            let computed = sources.flat_map(|(_, it)| it.direct.computed_with(names));
            computed.cloned().collect()
        })
    }

    /// An item that determines memory layouts, and that differs from a loaded generation's.
    pub(crate) fn changed(&self) -> Option<Item> {
        let gone = |pair: &Pair<'_>| match pair.is.is_known() {
            true => None,
            false => pair.was.first(),
        };
        let mut pairs = self.pairs();
        let item = pairs.find_map(|pair| pair.was.difference(pair.is).or_else(|| gone(&pair)));
        item.or_else(|| {
            let mut baselines = self.baselines();
            let used = baselines.find_map(|(path, was)| {
                let (_, now) = self.now.get(path)?;
                self.computed(was, now)
            });
            used.map(|used| used.item)
        })
    }

    /// A changed item that type layouts don't show: one of these paths leads to it, or only its
    /// lifetimes changed. `files` are the changed files.
    pub(crate) fn changed_unseen(
        &self,
        paths: &BTreeMap<String, String>,
        files: &[&Path],
        crates: &Crates,
    ) -> Option<Unseen> {
        let included = files.iter().filter(|path| !self.is_module(path));
        let included = included.filter_map(|it| it.file_name()?.to_str());
        let included: Vec<&str> = included.collect();
        let pairs: Vec<Pair<'_>> = self.pairs().collect();
        unseen::changed(paths, &pairs, &included, crates).or_else(|| {
            let mut lifetimes = pairs.iter();
            let item = lifetimes.find_map(|pair| pair.was.other_lifetimes(pair.is))?;
            Some(Unseen::from(item))
        })
    }

    /// Whether all versions of a source could be parsed.
    fn is_module(&self, path: &Path) -> bool {
        let known = self.known.get(path).into_iter();
        let loaded = known.flat_map(|it| {
            let baseline = it.baseline.iter().map(|reach| &reach.shape);
            baseline.chain(&it.later)
        });
        let now = self.now(path).map(|reach| &reach.shape);
        let mut all = loaded.chain(now);
        all.all(Shape::is_known)
    }

    /// An impl of another crate's trait whose associated items differ from a loaded generation's, if the
    /// program may hold values of the type. See [`ChangedImpl::held_in`].
    pub(crate) fn changed_impl(&self, held: Option<&BTreeSet<String>>) -> Option<ChangedImpl> {
        if held.is_some_and(BTreeSet::is_empty) {
            return None;
        }
        let untouched = self
            .known
            .iter()
            .filter(|(path, _)| !self.now.contains_key(*path));
        let untouched = untouched.filter_map(|(_, it)| Some(&it.baseline.as_ref()?.shape));
        let seen = self.now.values().map(|(_, reach)| &reach.shape);
        let mut now = AssociatedItems::default();
        let all_now: Vec<&Shape> = untouched.chain(seen).collect();
        for shape in all_now.iter().filter_map(|it| it.associated()) {
            now.add(shape);
        }
        let declared: BTreeSet<&str> = all_now.iter().flat_map(|it| it.traits()).collect();
        let is_declared = |by: &str| declared.contains(by);
        let now = now.without_own(is_declared);
        let mut computed = BTreeSet::new();
        for (path, was) in self.baselines() {
            let changed = self.now(path).map(|now| was.direct.changed(&now.direct));
            let changed = changed.into_iter().flatten();
            for (_, name) in changed.filter(|(kind, _)| kind.is_computed()) {
                computed.extend(self.computed_with(name));
            }
        }
        let mut loaded = self.pairs().filter_map(|pair| pair.was.associated());
        loaded.find_map(|was| {
            let was = was.clone().without_own(is_declared);
            let changed = was.changed(&now, &computed);
            changed.into_iter().find_map(|it| it.held_in(held))
        })
    }

    /// Whether a type was renamed: in the source that declared the old name, the new one replaces it.
    pub(crate) fn is_rename(&self, old: &str, new: &str) -> bool {
        let (old, new) = (last_name(old), last_name(new));
        let is_still_there = self.pairs().any(|pair| pair.is.declares(old));
        let mut pairs = self.pairs();
        !is_still_there
            && pairs.any(|Pair { was, is, .. }| {
                was.declares(old) && !was.declares(new) && is.declares(new)
            })
    }

    /// Each version of a source that was loaded, together with the current one.
    fn pairs(&self) -> impl Iterator<Item = Pair<'_>> {
        self.known.iter().flat_map(|(path, source)| {
            let now = self.now.get(path).map(|(_, reach)| reach);
            let baseline = source.baseline.as_ref().map(|was| {
                let is = now.unwrap_or(was);
                Pair {
                    path,
                    was: &was.shape,
                    is: &is.shape,
                    direct: Some((&was.direct, &is.direct)),
                }
            });
            let later = source.later.iter().filter_map(move |was| {
                Some(Pair {
                    path,
                    was,
                    is: &now?.shape,
                    direct: None,
                })
            });
            baseline.into_iter().chain(later)
        })
    }
}

/// Whether it may be a module, which rustc must be able to parse.
fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs")
}

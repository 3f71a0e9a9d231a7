//! What changed in the inputs, by item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{Inputs, Kind};
use crate::base::contents::{Contents, Digested};
use crate::base::words::mentions;
use crate::compat::items::{
    ChangedImpl, HostCode, Item, Rebound, Source, Texts, Unreachable, Unseen, User, first_rebound,
};
use crate::discover::{Concern, RUNTIME};
use crate::stale::change::{Change, Of, Retyped};

impl Inputs {
    /// The files whose content differs from that of the running program, and what changed in them.
    /// Returns `None` if one of them is just being saved. Paths are relative to `root`. `concern` is
    /// cargo's answer on the files that configure it.
    pub(crate) fn changes(
        &mut self,
        root: &Path,
        concern: Option<&Concern>,
    ) -> Option<Vec<Change>> {
        let shown = |path: &Path| shown(path, root);
        if !self.look_at_sources() {
            return None;
        }
        let rebound = self.rebound();
        let of = |path: &Path, kind: &Kind| match kind {
            Kind::Manifest => Of::Cargo {
                concern: concern.cloned(),
            },
            Kind::Unmarked(package) | Kind::VersionControl(package) => Of::Unmarked {
                package: package.clone(),
                program: self.users.program_of(package).map(str::to_owned),
            },
            Kind::ScriptInput(_) => Of::ScriptInput,
            Kind::Script(package) => Of::Script {
                package: package.clone(),
            },
            Kind::Reloadable if self.sources.is_unknown(path) => Of::Unknown,
            // Usually rustc can't parse it either, and says where.
            Kind::Reloadable if self.sources.is_unparsable(path) => Of::Reloadable {
                retyped: None,
                outside: None,
            },
            Kind::Reloadable => {
                let outside = self.unreachable(path).map(|found| match found {
                    Unreachable::Named { item, user, .. } => self.named(item, &user, root),
                    found => found,
                });
                let rebound = rebound.iter().filter(|(its_path, _)| its_path == path);
                let mut rebound = rebound.map(|(_, found)| {
                    let mut found = found.clone();
                    if let User::Source { user } = &mut found.user {
                        *user = shown(user).into();
                    }
                    Unreachable::Rebound(found)
                });
                let outside = outside.or_else(|| rebound.next());
                Of::Reloadable {
                    retyped: self.sources.retyped(path).map(|used| Retyped {
                        item: used.item,
                        user: used.user.map(|user| shown(&user)),
                        fields: used.fields,
                        is_in_changed_code: used.is_in_changed_code,
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

    /// Reads the items of the reloadable sources that changed now or earlier. Returns whether their
    /// contents are still those of the last look.
    fn look_at_sources(&mut self) -> bool {
        let is_reloadable = |path: &&PathBuf| self.kinds.get(*path) == Some(&Kind::Reloadable);
        let changed = self.changed.keys().filter(is_reloadable).cloned();
        let all: BTreeSet<PathBuf> = changed.chain(self.sources.seen().cloned()).collect();
        let mut are_it = true;
        for path in all {
            let content = self.changed.get(&path).or_else(|| self.running.get(&path));
            // If it is not an input, it may be a new module.
            let content = content.copied().unwrap_or_else(|| Digested::of(&path));
            are_it &= self.sources.look_at(&path, content);
        }
        self.sources.look_at_modules();
        are_it
    }

    /// A changed item of a source that code outside the group uses.
    fn unreachable(&self, path: &Path) -> Option<Unreachable> {
        let now = self.sources.now(path)?;
        let baseline = self.sources.baselines();
        let baseline = baseline
            .map(|(path, it)| (path.as_path(), &it.direct))
            .collect();
        let texts = || self.texts_outside(path);
        let found = self
            .outside
            .unreachable(path, &now.direct, &baseline, texts);
        found.or_else(|| {
            let mut types = self.sources.changed_types(path).into_iter();
            types.find_map(|of| self.outside.derived(path, &of, &baseline))
        })
    }

    /// An item that changes what names in code outside the group mean, and the changed source with it.
    fn rebound(&self) -> Option<(PathBuf, Rebound)> {
        let sources = self.sources.before_and_after();
        let sources = sources.map(|(path, was, now)| {
            let crates = self.outside.crates.of(path).into_iter();
            Source {
                path,
                crates: crates.map(str::to_owned).collect(),
                was,
                now,
            }
        });
        let sources: Vec<Source<'_>> = sources.collect();
        let host = HostCode {
            symbols: &self.outside.symbols,
            is_inlined: self.outside.is_inlined,
        };
        let (path, found) = first_rebound(&sources, &host, || self.texts_of_users())?;
        let is_changed = |it: &Path| self.changed().any(|(changed, _)| changed == it);
        let first = || {
            let mut changed = self.changed();
            let (path, _) = changed.find(|(_, kind)| **kind == Kind::Reloadable)?;
            Some(path)
        };
        let path = if is_changed(path) { path } else { first()? };
        Some((path.to_owned(), found))
    }

    /// The sources of all packages outside the group that may use its items.
    fn texts_of_users(&self) -> Vec<(&Path, String)> {
        let crates: BTreeSet<String> = self
            .outside
            .crates
            .of_sources
            .values()
            .flatten()
            .cloned()
            .collect();
        let is_user = |kind: &Kind| match kind {
            // In a checkout the runtime is a folder of the user's. It knows no crate of theirs.
            Kind::Unmarked(package) => {
                !RUNTIME.contains(&&**package) && !self.users.names(package, &crates).is_empty()
            }
            _ => false,
        };
        let users = self.kinds.iter().filter(|(_, kind)| is_user(kind));
        let texts = users.filter_map(|(path, _)| {
            let text = std::fs::read_to_string(path).ok()?;
            Some((path.as_path(), text))
        });
        texts.collect()
    }

    /// An item that a source outside the group names. The source uses it, or generates code that does.
    fn named(&self, item: Item, user: &Path, root: &Path) -> Unreachable {
        let package = match self.kinds.get(user) {
            Some(Kind::Unmarked(package)) => Some(package),
            _ => None,
        };
        let used_in = package.and_then(|it| self.users.macros_used_in(it));
        Unreachable::Named {
            item,
            user: shown(used_in.unwrap_or(user), root).into(),
            macros_of: used_in.and(package).cloned(),
        }
    }

    /// The sources outside the group that may use an item of this source: those that name its crate,
    /// or one that may re-export the item.
    fn texts_outside(&self, path: &Path) -> Texts<'_> {
        let Some(crates) = self.outside.crates.of_sources.get(path) else {
            return Vec::new();
        };
        let names = |kind: &Kind| match kind {
            // In a checkout the runtime is a folder of the user's. It knows no crate of theirs.
            Kind::Unmarked(package) if !RUNTIME.contains(&&**package) => {
                self.users.names(package, crates)
            }
            _ => Vec::new(),
        };
        let outside = self.kinds.iter().map(|(path, kind)| (path, names(kind)));
        outside
            .filter(|(_, names)| !names.is_empty())
            .filter_map(|(path, names)| {
                let text = std::fs::read_to_string(path).ok()?;
                let is_user = names.iter().any(|name| mentions(&text, name));
                is_user.then_some((path, text))
            })
            .collect()
    }

    /// Answers a question about the contents that a build read, although files may have been saved since.
    /// Returns `None` if the items of one of them are not known.
    pub(crate) fn as_built<R>(
        &mut self,
        contents: &Contents,
        answer: impl FnOnce(&Self) -> R,
    ) -> Option<R> {
        let are_known = |inputs: &Self| {
            contents.iter().all(|(path, content)| {
                let running = inputs.running.get(path).copied();
                inputs.sources.has_seen(path, *content, running)
            })
        };
        // Usually they were read before the build. If not, read them now.
        if !are_known(self) {
            self.look_at_sources();
            if !are_known(self) {
                return None;
            }
        }
        let exchanged = self.sources.exchange(contents);
        let answer = answer(self);
        self.sources.restore(exchanged);
        Some(answer)
    }

    /// An item that determines memory layouts, and that differs from the one that some loaded
    /// generation was built from. With `paths`, only items that one of these leads to: the names in
    /// `dyn` types, whose methods' types no layout shows.
    pub(crate) fn retyped(&self, paths: Option<&BTreeMap<String, String>>) -> Option<Unseen> {
        match paths {
            Some(paths) => {
                let changed = self.changed();
                let changed = changed.filter(|(_, kind)| **kind == Kind::Reloadable);
                let files: Vec<&Path> = changed.map(|(path, _)| path).collect();
                let crates = &self.outside.crates;
                self.sources.changed_unseen(paths, &files, crates)
            }
            None => self.sources.changed().map(Unseen::from),
        }
    }

    /// A reloadable source that can't be parsed, relative to `root`. Which of its items changed is not
    /// known.
    pub(crate) fn unparsable(&self, root: &Path) -> Option<String> {
        let mut changed = self.changed().map(|(path, _)| path);
        let path = changed.find(|path| self.sources.is_unparsable(path))?;
        Some(shown(path, root))
    }

    /// A changed item in an impl of another crate's trait for a held type.
    pub(crate) fn changed_impl(&self, held: Option<&BTreeSet<String>>) -> Option<ChangedImpl> {
        self.sources.changed_impl(held)
    }

    /// Whether a type was renamed.
    pub(crate) fn is_rename(&self, old: &str, new: &str) -> bool {
        self.sources.is_rename(old, new)
    }
}

pub(super) fn shown(path: &Path, root: &Path) -> String {
    let path = &without_parents(path);
    let path = path.strip_prefix(root).unwrap_or(path);
    path.display().to_string()
}

/// The path without `..`: a build script may name `../a` relative to its package's folder.
fn without_parents(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}

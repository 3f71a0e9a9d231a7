//! The differences between two layouts, causes first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::difference::{Difference, Severity};
use super::pass::Pass;
use super::root::Root;
use super::types::{Fragment, Layout, TypeId};

/// The differences between a new layout and those that are loaded.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Causes first, the worst of them at the top.
    pub(crate) differences: Vec<Difference>,
    /// Types whose name changed but whose layout did not: the old name and the new one.
    pub(crate) renamed: BTreeSet<(String, String)>,
    /// Paths that only the name of a `dyn` type contains, before and now, with that name.
    pub(crate) by_name: BTreeMap<String, String>,
}

impl Comparison {
    /// Adds the differences of another crate.
    pub(crate) fn add(&mut self, other: Comparison) {
        self.differences.extend(other.differences);
        self.renamed.extend(other.renamed);
        self.by_name.extend(other.by_name);
        self.sort();
    }

    fn sort(&mut self) {
        let rank = |it: &Difference| (Reverse(it.severity), it.is_consequence);
        self.differences.sort_by_key(rank);
        self.differences.dedup();
    }
}

/// A type of a fragment, in any layout that has the fragment.
#[derive(Clone, Debug)]
struct Origin {
    /// Kept, so that no other fragment gets its address.
    fragment: Arc<Fragment>,
    index: usize,
}

impl Origin {
    fn of(layout: &Layout, id: TypeId) -> Self {
        Origin {
            fragment: Arc::clone(&layout.fragments[id.fragment]),
            index: id.index,
        }
    }

    fn key(&self) -> (*const Fragment, usize) {
        (Arc::as_ptr(&self.fragment), self.index)
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Origin {}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// Pairs of types that were compared and do not differ, provided that the types in names don't.
#[derive(Debug, Default)]
pub(crate) struct Same(HashSet<(Origin, Origin)>);

impl Same {
    fn has(&self, before: &Layout, old: TypeId, now: &Layout, new: TypeId) -> bool {
        let pair = (Origin::of(before, old), Origin::of(now, new));
        pair.0 == pair.1 || self.0.contains(&pair)
    }
}

/// Compares the new layout of a crate with all loaded ones. Each comes with whether it belongs to the same
/// crate: a value that one crate stores by its type may be read by another.
pub(crate) fn compare<'a>(
    loaded: impl IntoIterator<Item = (bool, &'a Layout)>,
    now: &Layout,
    same: &mut Same,
) -> Comparison {
    let mut comparison = Comparison::default();
    for (is_same_crate, before) in loaded {
        let mut pass = Pass::new(before, now);
        let can_skip = have_same_names(before, now);
        let mut compared = Vec::new();
        for (root, old) in &before.roots {
            // The value is migrated.
            if before.migrates(root).and(now.migrates(root)).is_some() {
                continue;
            }
            // No new code uses a root that is gone, or the runtime's contract refuses the generation.
            let new = now.roots.get(root).map_or(&[][..], |all| all);
            for old in old {
                // The name counts if there is only one.
                let is_same = |id: &TypeId| {
                    let has_name = new.len() > 1 || before.get(*old).name == now.get(*id).name;
                    has_name && same.has(before, *old, now, *id)
                };
                if can_skip && new.iter().any(is_same) {
                    continue;
                }
                let equal = pass.compare_root(root, *old, new);
                compared.extend(equal.map(|new| (*old, new)));
            }
        }
        // Of several differences of a type, only the first is found.
        if pass.found.is_empty() {
            let origins = |(old, new)| (Origin::of(before, old), Origin::of(now, new));
            same.0.extend(compared.into_iter().map(origins));
        }
        // A stored type that is gone may have been renamed to a new one with the same layout.
        for old in gone(before, now).filter(|_| is_same_crate) {
            for new in gone(now, before) {
                pass.compare_kept(old, new);
            }
        }
        comparison.add(Comparison {
            differences: pass.found,
            renamed: pass.renamed,
            by_name: in_both(&before.by_name, &now.by_name),
        });
    }
    comparison
}

/// Whether the types in names that both layouts have do not differ.
fn have_same_names(before: &Layout, now: &Layout) -> bool {
    let mut pass = Pass::new(before, now);
    for (path, old) in &before.in_names {
        if let Some(new) = now.in_names.get(path) {
            pass.compare(*old, *new);
        }
    }
    pass.found.is_empty()
}

fn in_both(
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let both = before.iter().filter(|(path, _)| now.contains_key(*path));
    both.map(|(path, name)| (path.clone(), name.clone()))
        .collect()
}

/// Whether the type of a kept static that can be migrated differs between the layout of its value and a
/// new one.
pub(crate) fn is_changed(root: &Root, before: &Layout, now: &Layout) -> bool {
    let (Some(old), Some(new)) = (before.migrates(root), now.migrates(root)) else {
        return false;
    };
    let mut pass = Pass::new(before, now);
    pass.compare_root(root, old, &[new]);
    let is_layout = |it: &Difference| it.severity == Severity::Layout;
    before.get(old).name != now.get(new).name || pass.found.iter().any(is_layout)
}

/// The types that may be stored by their `TypeId` in one layout, but not in the other.
fn gone(one: &Layout, other: &Layout) -> impl Iterator<Item = TypeId> {
    let is_kept = |root: &Root| matches!(root, Root::TypeId(_));
    let kept = one.roots.iter().filter(move |(root, _)| is_kept(root));
    let gone = kept.filter(|(root, _)| !other.roots.contains_key(*root));
    gone.filter_map(|(_, ids)| ids.first().copied())
}

/// The worst difference behind each root that both have.
#[cfg(test)]
pub(crate) fn worst_by_root(
    before: &Layout,
    now: &Layout,
) -> std::collections::BTreeMap<Root, Option<Severity>> {
    let worst = |(root, old): (&Root, &Vec<TypeId>)| {
        let mut pass = Pass::new(before, now);
        pass.compare_root(root, old[0], now.roots.get(root)?);
        let severities = pass.found.iter().map(|it| it.severity);
        Some((root.clone(), severities.max()))
    };
    before.roots.iter().filter_map(worst).collect()
}

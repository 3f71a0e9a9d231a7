//! What is not the same in the interfaces of crates, before an edit and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Change;
use crate::compat::items::interface::{Detail, Interface, Part};
use crate::compat::items::known::Source;
use crate::compat::items::reach::Reach;

/// What other code can resolve one name to: what it was, and what it is.
pub(super) struct Difference<'a> {
    pub(super) its_crate: &'a str,
    pub(super) part: &'a Part,
    pub(super) was: Vec<&'a Detail>,
    pub(super) now: Vec<&'a Detail>,
    /// The place of a source that has it, and in which it changed.
    pub(super) source: usize,
}

impl<'a> Difference<'a> {
    pub(super) fn of_all(sources: &'a [Source<'a>]) -> Vec<Self> {
        if sources.iter().all(is_same) {
            return Vec::new();
        }
        let crates: BTreeSet<&str> = sources
            .iter()
            .flat_map(|it| &it.crates)
            .map(|it| &**it)
            .collect();
        crates
            .into_iter()
            .flat_map(|it| Self::of_crate(sources, it))
            .collect()
    }

    fn of_crate(sources: &'a [Source<'a>], its_crate: &'a str) -> Vec<Self> {
        let own: Vec<(usize, &Source<'_>)> = sources.iter().enumerate().collect();
        let own = own
            .into_iter()
            .filter(|(_, it)| it.crates.contains(its_crate));
        let changed: Vec<(usize, &Source<'_>)> =
            own.clone().filter(|(_, it)| !is_same(it)).collect();
        let names: BTreeMap<&Part, usize> = changed
            .iter()
            .flat_map(|(index, it)| {
                let all = [it.was, it.now].into_iter().flatten();
                let names: BTreeSet<&Part> = all.flat_map(|it| it.interface.parts.keys()).collect();
                names
                    .into_iter()
                    .map(|part| (part, *index))
                    .filter(|(part, _)| details(it.was, part) != details(it.now, part))
            })
            .collect();
        let own: Vec<&Source<'_>> = own.map(|(_, it)| it).collect();
        let found = names.into_iter().filter_map(|(part, source)| {
            let all = |reach: fn(&Source<'a>) -> Option<&'a Reach>| {
                let mut all: Vec<&Detail> =
                    own.iter().flat_map(|it| details(reach(it), part)).collect();
                all.sort();
                all
            };
            let (was, now) = (all(|it| it.was), all(|it| it.now));
            (was != now).then_some(Difference {
                its_crate,
                part,
                was,
                now,
                source,
            })
        });
        found.collect()
    }

    pub(super) fn change(&self) -> Change {
        match (self.was.is_empty(), self.now.is_empty()) {
            (true, _) => Change::Added,
            (_, true) => Change::Removed,
            _ => Change::Changed,
        }
    }

    /// Those that are new or gone.
    pub(super) fn details(&self) -> impl Iterator<Item = &'a Detail> {
        self.added()
            .chain(self.gone())
            .collect::<Vec<_>>()
            .into_iter()
    }

    pub(super) fn added(&self) -> impl Iterator<Item = &'a Detail> {
        without(&self.now, &self.was).into_iter()
    }

    pub(super) fn gone(&self) -> impl Iterator<Item = &'a Detail> {
        without(&self.was, &self.now).into_iter()
    }
}

/// Those of some that are not among others, each as often as it is more there.
fn without<'a>(some: &[&'a Detail], others: &[&'a Detail]) -> Vec<&'a Detail> {
    let mut others = others.to_vec();
    let mut left = some.to_vec();
    left.retain(|it| match others.iter().position(|other| other == it) {
        Some(at) => {
            others.swap_remove(at);
            false
        }
        None => true,
    });
    left
}

fn is_same(source: &Source<'_>) -> bool {
    // All sources are compared after each save, and hardly any has other names.
    let shared = source.was.zip(source.now);
    let is_shared = shared.is_some_and(|(was, now)| Arc::ptr_eq(&was.interface, &now.interface));
    is_shared || parts(source.was) == parts(source.now)
}

fn parts(reach: Option<&Reach>) -> Option<&BTreeMap<Part, Vec<Detail>>> {
    reach
        .map(|it| &*it.interface)
        .filter(|it| **it != Interface::default())
        .map(|it| &it.parts)
}

fn details<'a>(reach: Option<&'a Reach>, part: &Part) -> &'a [Detail] {
    let all = reach.and_then(|it| it.interface.parts.get(part));
    all.map_or(&[], |all| all)
}

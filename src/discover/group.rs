//! The group of a host: its marked crates, and unmarked crates between them.
//!
//! A sandwiched crate can't stay outside, because it would pull the reloadable crate below it into
//! the shared dylib. In the group, a crate comes after all crates that it depends on. Marked crates
//! that the host does not depend on are left out.

use std::collections::BTreeSet;

use cargo_metadata::{Package, PackageId};

use crate::base::closure::closure;

use super::candidate::Candidate;
use super::closure::{Edges, Graph, library};
use super::marks::{Marks, require_reloadable};
use super::metadata::Tables;
use super::package::folder;
use super::{DiscoverError, GroupCrate, Membership};

/// Finds the group. It has at least one crate, because a host must reach a marked crate.
pub(super) fn find(
    host: &Candidate,
    graph: &Graph,
    marks: &Marks,
    tables: &Tables,
) -> Result<Vec<GroupCrate>, DiscoverError> {
    let closure = graph.closure(&host.package.id, Edges::linked_into(host.kind));
    let marked: BTreeSet<_> = closure
        .iter()
        .copied()
        .filter(|id| marks.is_marked(id))
        .collect();
    let dependents = dependents(&marked, &closure, graph);
    // One pass finds all: a crate between a marked and a sandwiched crate is also between two
    // marked ones.
    let mut members: Vec<(&Package, Membership)> = Vec::new();
    for package in closure.iter().filter_map(|id| graph.package(id)) {
        if marked.contains(&package.id) {
            members.push((package, Membership::Marked));
        } else if dependents.contains(&package.id)
            && let Some(between) = sandwich(package, &marked, graph)
        {
            check_sandwiched(package, &between, graph)?;
            members.push((package, Membership::Sandwiched { between }));
        }
    }
    members.sort_by(|(a, _), (b, _)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(in_order(&members, graph, tables))
}

/// The marked packages among `all`, and those that depend on one. There are usually few, so that the
/// costly check for a sandwich looks at few packages of a large closure.
fn dependents<'m>(
    marked: &BTreeSet<&'m PackageId>,
    all: &BTreeSet<&'m PackageId>,
    graph: &Graph<'m>,
) -> BTreeSet<&'m PackageId> {
    closure(marked.clone(), |found| {
        let depends = |id: &&PackageId| {
            let direct = graph.linked_directly(id);
            direct.iter().any(|id| found.contains(id))
        };
        all.difference(found).copied().filter(depends).collect()
    })
}

/// The nearest marked package that `package` depends on, and the nearest that depends on it, if
/// both exist.
fn sandwich(
    package: &Package,
    marked: &BTreeSet<&PackageId>,
    graph: &Graph,
) -> Option<(String, String)> {
    let name = |id: &PackageId| graph.package(id).map(|package| package.name.to_string());
    let below = graph.closure(&package.id, Edges::LINKED);
    let direct = graph.linked_directly(&package.id);
    let bases = || below.iter().copied().filter(|id| marked.contains(id));
    let base = bases()
        .find(|id| direct.contains(id))
        .or_else(|| bases().next())?;
    let tops = || {
        marked
            .iter()
            .filter(|id| graph.closure(id, Edges::LINKED).contains(&package.id))
    };
    let top = tops()
        .find(|id| graph.linked_directly(id).contains(&&package.id))
        .or_else(|| tops().next())?;
    name(base).zip(name(top))
}

fn check_sandwiched(
    package: &Package,
    between: &(String, String),
    graph: &Graph,
) -> Result<(), DiscoverError> {
    if graph.is_member(&package.id) {
        return require_reloadable(package);
    }
    let (base, top) = between.clone();
    let manifest = package.manifest_path.clone().into_std_path_buf();
    Err(DiscoverError::SandwichOutsideWorkspace {
        name: package.name.to_string(),
        manifest,
        base,
        top,
    })
}

/// Sorts dependencies first, then by name, so that the order is the same in every session.
fn in_order(members: &[(&Package, Membership)], graph: &Graph, tables: &Tables) -> Vec<GroupCrate> {
    let mut group: Vec<GroupCrate> = Vec::with_capacity(members.len());
    while group.len() < members.len() {
        let before = group.len();
        for (package, membership) in members {
            let place =
                |id: &PackageId| group.iter().position(|member| member.package_id == id.repr);
            if place(&package.id).is_some() {
                continue;
            }
            let direct = graph.linked_directly(&package.id);
            let direct = direct
                .iter()
                .filter(|id| members.iter().any(|(member, _)| member.id == ***id));
            let Some(mut depends_on) = direct.map(|id| place(id)).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            depends_on.sort_unstable();
            group.extend(group_crate(package, membership.clone(), depends_on, tables));
        }
        if group.len() == before {
            // Unreachable, because cargo rejects cycles of normal dependencies.
            break;
        }
    }
    group
}

fn group_crate(
    package: &Package,
    membership: Membership,
    depends_on: Vec<usize>,
    tables: &Tables,
) -> Option<GroupCrate> {
    let library = library(package)?;
    Some(GroupCrate {
        package_id: package.id.repr.clone(),
        package: package.name.to_string(),
        crate_name: library.name.replace('-', "_"),
        manifest_path: package.manifest_path.clone().into(),
        dir: folder(package),
        src_path: library.src_path.clone().into(),
        depends_on,
        membership,
        watch: tables
            .package(&package.id)
            .map(|table| table.watch.clone())
            .unwrap_or_default(),
    })
}

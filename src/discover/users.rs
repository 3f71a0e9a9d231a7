//! Which packages outside the group may use its items by name.
//!
//! A package uses items of the crates that it is linked against, directly or through others. Any
//! other package, such as a procedural macro, can only generate code that uses them, in a package
//! that can.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, PackageId, Target};

use super::closure::{Edges, Graph, library};
use super::package::HostKind;

/// The possible users of the group's items, by package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Users {
    packages: BTreeMap<String, User>,
    /// For each crate of the group, itself and the ones that depend on it, which may export its
    /// items again.
    exporters: BTreeMap<String, BTreeSet<String>>,
    /// The host's package and its program, if the library of the package is reloadable.
    program: Option<(String, String)>,
}

/// A package whose code, or whose macros' code, can use items of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
struct User {
    /// The crates of the group whose items it can use.
    crates: BTreeSet<String>,
    /// The root source file of the package that its macros are used in; `None` if the package
    /// can use the items itself.
    macros_used_in: Option<PathBuf>,
}

impl Users {
    /// `group` has the names of the group's crates.
    pub(super) fn new(
        (host, target, kind): (&Package, &Target, HostKind),
        built: &BTreeSet<&PackageId>,
        group: &BTreeMap<PackageId, String>,
        graph: &Graph,
    ) -> Self {
        let edges = |id: &PackageId| match *id == host.id {
            true => (Edges::linked_into(kind), Edges::built_for(kind)),
            false => (Edges::LINKED, Edges::built_for(HostKind::Bin)),
        };
        let member = |id: &PackageId| group.get(id);
        let crates_in = |closure: &BTreeSet<&PackageId>| -> BTreeSet<String> {
            let members = closure.iter().filter_map(|id| member(id));
            members.cloned().collect()
        };
        let root_of = |package: &Package| match package.id == host.id {
            true => Some(target.src_path.clone().into()),
            false => library(package).map(|it| it.src_path.clone().into()),
        };
        // The host's package comes first, since it sees most.
        let others = built.iter().copied().filter(|id| **id != host.id);
        let ids = [&host.id].into_iter().chain(others);
        let packages: Vec<&Package> = ids.filter_map(|id| graph.package(id)).collect();
        let mut users: BTreeMap<String, User> = BTreeMap::new();
        for package in &packages {
            let is_host = package.id == host.id;
            let crates = crates_in(&graph.closure(&package.id, edges(&package.id).0));
            if crates.is_empty() || (member(&package.id).is_some() && !is_host) {
                continue;
            }
            let macros_used_in = None;
            users.insert(
                package.name.to_string(),
                User {
                    crates: crates.clone(),
                    macros_used_in,
                },
            );
            for id in graph.closure(&package.id, edges(&package.id).1) {
                let Some(below) = graph.package(id).filter(|_| member(id).is_none()) else {
                    continue;
                };
                if !crates_in(&graph.closure(id, Edges::LINKED)).is_empty() {
                    continue;
                }
                let user = users.entry(below.name.to_string()).or_insert_with(|| User {
                    crates: BTreeSet::new(),
                    macros_used_in: root_of(package),
                });
                user.crates.extend(crates.iter().cloned());
            }
        }
        let exporters = group.iter().map(|(id, name)| {
            let above = group.iter().filter(|(its, _)| {
                let below = graph.closure(its, Edges::LINKED);
                below.contains(id)
            });
            (name.clone(), above.map(|(_, name)| name.clone()).collect())
        });
        Users {
            packages: users,
            exporters: exporters.collect(),
            program: member(&host.id).map(|_| (host.name.to_string(), target.name.clone())),
        }
    }

    /// The program of a package whose library is reloadable.
    pub(crate) fn program_of(&self, package: &str) -> Option<&str> {
        let (its, program) = self.program.as_ref()?;
        (its == package).then_some(program)
    }

    /// One of these names is in each source of a package that uses an item of these crates: the
    /// names of the crates, and of those that may export the item again. None if the package can't
    /// use it.
    pub(crate) fn names(&self, package: &str, items: &BTreeSet<String>) -> Vec<&str> {
        let Some(user) = self.packages.get(package) else {
            return Vec::new();
        };
        let exporters = items.iter().filter_map(|it| self.exporters.get(it));
        let names = exporters.flatten().filter(|it| user.crates.contains(*it));
        names.map(|it| &**it).collect()
    }

    /// The root source file of a package that uses the macros of this package, if this package can't
    /// use items of the group itself.
    pub(crate) fn macros_used_in(&self, package: &str) -> Option<&Path> {
        self.packages.get(package)?.macros_used_in.as_deref()
    }
}

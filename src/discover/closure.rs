//! The dependency graph of the workspace's packages, and closures in it.
//!
//! The graph has the edges that cargo resolved for the session's platform and features. Its nodes
//! are packages, not crates: a package's library and binaries are one node. It knows nothing about
//! marks and hosts.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{
    CrateType, DependencyKind, Metadata, Node, NodeDep, Package, PackageId, Target,
};

use super::{HostKind, LocalPackage};

/// The kinds of edges that a closure follows.
#[derive(Clone, Copy)]
pub(super) struct Edges {
    build: bool,
    proc_macros: bool,
    /// Only from the package where the closure starts: cargo builds no other dev-dependencies.
    dev: bool,
}

impl Edges {
    /// The packages that are linked into a program or library. This excludes procedural macros,
    /// which cargo treats as normal dependencies, and packages that only they need.
    pub(super) const LINKED: Edges = Edges {
        build: false,
        proc_macros: false,
        dev: false,
    };

    pub(super) fn linked_into(host: HostKind) -> Self {
        Edges {
            dev: host == HostKind::Example,
            ..Edges::LINKED
        }
    }

    /// All packages that cargo compiles for a host.
    pub(super) fn built_for(host: HostKind) -> Self {
        Edges {
            build: true,
            proc_macros: true,
            dev: host == HostKind::Example,
        }
    }
}

pub(super) struct Graph<'m> {
    metadata: &'m Metadata,
    packages: BTreeMap<&'m PackageId, &'m Package>,
    nodes: BTreeMap<&'m PackageId, &'m Node>,
    members: BTreeSet<&'m PackageId>,
}

impl<'m> Graph<'m> {
    pub(super) fn new(metadata: &'m Metadata) -> Self {
        Graph {
            metadata,
            packages: metadata
                .packages
                .iter()
                .map(|package| (&package.id, package))
                .collect(),
            nodes: metadata
                .resolve
                .iter()
                .flat_map(|resolve| &resolve.nodes)
                .map(|node| (&node.id, node))
                .collect(),
            members: metadata.workspace_members.iter().collect(),
        }
    }

    pub(super) fn metadata(&self) -> &'m Metadata {
        self.metadata
    }

    pub(super) fn package(&self, id: &PackageId) -> Option<&'m Package> {
        self.packages.get(id).copied()
    }

    /// The workspace's packages, ordered by id, which in one workspace is the order of their
    /// folders.
    pub(super) fn members(&self) -> impl Iterator<Item = &'m Package> + '_ {
        self.members.iter().filter_map(|id| self.package(id))
    }

    pub(super) fn is_member(&self, id: &PackageId) -> bool {
        self.members.contains(id)
    }

    /// All dependencies of a package of any kind.
    pub(super) fn dependencies(&self, id: &PackageId) -> &'m [NodeDep] {
        self.nodes.get(id).map_or(&[], |node| node.deps.as_slice())
    }

    /// The enabled features of a package.
    pub(super) fn features(&self, id: &PackageId) -> impl Iterator<Item = &'m str> {
        let node = self.nodes.get(id).copied();
        node.into_iter()
            .flat_map(|node| node.features.iter().map(|it| it.as_str()))
    }

    /// The packages that a package is directly linked against.
    pub(super) fn linked_directly(&self, id: &PackageId) -> Vec<&'m PackageId> {
        self.step(id, Edges::LINKED)
    }

    /// The package and all packages that it reaches.
    pub(super) fn closure(&self, root: &PackageId, edges: Edges) -> BTreeSet<&'m PackageId> {
        let mut reached: BTreeSet<_> = self
            .package(root)
            .map(|package| &package.id)
            .into_iter()
            .collect();
        let mut open = self.step(root, edges);
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.step(
                    id,
                    Edges {
                        dev: false,
                        ..edges
                    },
                ));
            }
        }
        reached
    }

    /// The local packages among `ids`, each once, sorted by name.
    pub(super) fn local(&self, ids: impl Iterator<Item = &'m PackageId>) -> Vec<LocalPackage> {
        let packages = ids
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|id| self.package(id));
        let mut local: Vec<_> = packages
            .filter(|package| is_local(package))
            .map(LocalPackage::new)
            .collect();
        local.sort_by(|a, b| (&a.name, &a.package_id).cmp(&(&b.name, &b.package_id)));
        local
    }

    fn step(&self, id: &PackageId, edges: Edges) -> Vec<&'m PackageId> {
        let follows = |dependency: &&NodeDep| {
            let wanted = dependency.dep_kinds.iter().any(|info| match info.kind {
                DependencyKind::Normal => true,
                DependencyKind::Build => edges.build,
                DependencyKind::Development => edges.dev,
                _ => false,
            });
            wanted
                && (edges.proc_macros || !self.package(&dependency.pkg).is_some_and(is_proc_macro))
        };
        self.dependencies(id)
            .iter()
            .filter(follows)
            .map(|dependency| &dependency.pkg)
            .collect()
    }
}

/// Whether cargo reads a package from a path. Such a package has no `source`.
pub(super) fn is_local(package: &Package) -> bool {
    package.source.is_none()
}

pub(super) fn is_proc_macro(package: &Package) -> bool {
    package.targets.iter().any(Target::is_proc_macro)
}

/// The library of a package, with any crate type except `proc-macro`.
pub(super) fn library(package: &Package) -> Option<&Target> {
    let is_library = |target: &&Target| {
        target.is_lib()
            || target.is_rlib()
            || target.is_dylib()
            || target.is_cdylib()
            || target.is_staticlib()
    };
    package.targets.iter().find(is_library)
}

/// Whether rustc creates an rlib for a library, which the group is linked from.
pub(super) fn makes_rlib(library: &Target) -> bool {
    library
        .crate_types
        .iter()
        .any(|kind| matches!(kind, CrateType::Lib | CrateType::RLib))
}

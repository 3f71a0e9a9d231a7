//! Targets that can be run, and what `cargo run` would choose.
//!
//! This module looks at single packages. `host` chooses between several candidates.

use cargo_metadata::{CrateType, Package, Target};

use super::HostKind;
use super::closure::{Edges, Graph};
use super::marks::Marks;

/// A target that could be the host.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'m> {
    pub(super) package: &'m Package,
    pub(super) target: &'m Target,
    pub(super) kind: HostKind,
}

impl Candidate<'_> {
    /// The flags that choose this candidate.
    pub(super) fn flags(&self) -> String {
        let (package, target) = (&self.package.name, &self.target.name);
        match self.kind {
            HostKind::Example => format!("-p {package} --example {target}"),
            HostKind::Bin if defaults(self.package).len() == 1 => format!("-p {package}"),
            HostKind::Bin => format!("-p {package} --bin {target}"),
        }
    }

    /// Whether a marked crate is linked into it.
    pub(super) fn reaches(&self, graph: &Graph, marks: &Marks) -> bool {
        let closure = graph.closure(&self.package.id, Edges::linked_into(self.kind));
        closure.iter().any(|id| marks.is_marked(id))
    }
}

/// The binaries of a package that `cargo run` would run or choose between.
pub(super) fn defaults(package: &Package) -> Vec<Candidate<'_>> {
    let mut binaries = runnable(package, HostKind::Bin);
    if let Some(name) = &package.default_run {
        binaries.retain(|binary| binary.target.name == *name);
    }
    binaries
}

pub(super) fn runnable(package: &Package, kind: HostKind) -> Vec<Candidate<'_>> {
    let is_kind = |target: &&Target| match kind {
        HostKind::Bin => target.is_bin(),
        // An example can also be a library, which can't be run.
        HostKind::Example => target.is_example() && target.crate_types.contains(&CrateType::Bin),
    };
    package
        .targets
        .iter()
        .filter(is_kind)
        .map(|target| Candidate {
            package,
            target,
            kind,
        })
        .collect()
}

/// Whether `cargo run` without `--package` includes a package.
pub(super) fn is_default(package: &Package, graph: &Graph) -> bool {
    graph
        .metadata()
        .workspace_default_packages()
        .iter()
        .any(|default| default.id == package.id)
}

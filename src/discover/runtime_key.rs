//! Finds the names of the runtime and of `hotmod-web` in the dependencies of the host's package. The
//! feature that enables them is `<key>/live`, and paths in the macros' output start with the name of
//! the runtime.
//!
//! Only the host has to depend on the runtime; a reloadable crate without entry points doesn't.
//! Versions are not compared here.

use cargo_metadata::{DependencyKind, Package, PackageId};

use super::candidate::Candidate;
use super::closure::{Edges, Graph};
use super::{DiscoverError, HostKind};

const WEB: &str = "hotmod-web";

/// Finds the runtime's key in the dependencies of the host's package.
pub(super) fn find(host: &Candidate, graph: &Graph) -> Result<String, DiscoverError> {
    key("hotmod", host, graph).ok_or_else(|| {
        let mut declared = host.package.dependencies.iter();
        DiscoverError::HostWithoutRuntime {
            package: host.package.name.to_string(),
            optional: declared.any(|it| it.name == "hotmod" && it.optional),
        }
    })
}

/// Whether a package declares a dependency on the runtime that its binaries can use.
pub(super) fn is_declared(package: &Package) -> bool {
    let mut declared = package.dependencies.iter();
    declared.any(|it| it.name == "hotmod" && it.kind == DependencyKind::Normal)
}

/// Finds the key of `hotmod-web`, if the host's package depends on it.
pub(super) fn find_web(host: &Candidate, graph: &Graph) -> Option<String> {
    key(WEB, host, graph)
}

/// Finds a package that depends on `hotmod-web` and is linked into a host that doesn't. Cargo can't
/// enable the feature there.
pub(super) fn user_of_web(host: &Candidate, graph: &Graph) -> Option<String> {
    if find_web(host, graph).is_some() {
        return None;
    }
    let linked = graph.closure(&host.package.id, Edges::linked_into(host.kind));
    let is_web = |id: &PackageId| graph.package(id).is_some_and(|it| it.name == WEB);
    let user = linked
        .iter()
        .find(|id| graph.linked_directly(id).into_iter().any(is_web))?;
    Some(graph.package(user)?.name.to_string())
}

fn key(name: &str, host: &Candidate, graph: &Graph) -> Option<String> {
    let visible = |kind: DependencyKind| {
        kind == DependencyKind::Normal
            || (kind == DependencyKind::Development && host.kind == HostKind::Example)
    };
    let resolved: Vec<_> = graph
        .dependencies(&host.package.id)
        .iter()
        .filter(|dependency| {
            graph
                .package(&dependency.pkg)
                .is_some_and(|package| package.name == name)
        })
        .filter(|dependency| dependency.dep_kinds.iter().any(|info| visible(info.kind)))
        .collect();
    let declared = host.package.dependencies.iter();
    let keys = declared.filter(|it| it.name == name && visible(it.kind));
    let mut keys = keys.map(|dependency| dependency.rename.as_deref().unwrap_or(&dependency.name));
    let key = keys.find(|key| {
        resolved
            .iter()
            .any(|dependency| dependency.name == key.replace('-', "_"))
    });
    key.map(str::to_owned)
}

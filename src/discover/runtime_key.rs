//! Finds the name of the runtime in the dependencies of the host's package. The feature that
//! enables the runtime is `<key>/live`, and paths in the macros' output start with the name.
//!
//! Only the host has to depend on the runtime; a reloadable crate without entry points doesn't.
//! Versions are not compared here.

use cargo_metadata::DependencyKind;

use super::candidate::Candidate;
use super::closure::Graph;
use super::{DiscoverError, HostKind};

/// Finds the runtime's key in the dependencies of the host's package.
pub(super) fn find(host: &Candidate, graph: &Graph) -> Result<String, DiscoverError> {
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
                .is_some_and(|package| package.name == "hotmod")
        })
        .filter(|dependency| dependency.dep_kinds.iter().any(|info| visible(info.kind)))
        .collect();
    let declared = host
        .package
        .dependencies
        .iter()
        .filter(|dependency| dependency.name == "hotmod");
    let keys = declared
        .clone()
        .filter(|dependency| visible(dependency.kind));
    let mut keys = keys.map(|dependency| dependency.rename.as_deref().unwrap_or(&dependency.name));
    let key = keys.find(|key| {
        resolved
            .iter()
            .any(|dependency| dependency.name == key.replace('-', "_"))
    });
    key.map(str::to_owned)
        .ok_or_else(|| DiscoverError::HostWithoutRuntime {
            package: host.package.name.to_string(),
            optional: declared.into_iter().any(|dependency| dependency.optional),
        })
}

//! Packages that a program contains in several versions, if that may be unintended.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Package, PackageId};

use super::RUNTIME;
use super::closure::{Graph, is_local};

/// A package of which local packages use different versions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Double {
    pub(crate) name: String,
    /// Each version with the packages that use it.
    pub(crate) versions: BTreeMap<String, BTreeSet<String>>,
}

/// Ignores versions that only registry crates use, which most programs have. Also ignores packages
/// of which one local package uses two versions, because that is deliberate.
pub(super) fn doubles(
    linked: &BTreeSet<&PackageId>,
    of_group: &BTreeSet<&PackageId>,
    graph: &Graph,
) -> Vec<Double> {
    let mut named: BTreeMap<&str, BTreeMap<&PackageId, BTreeSet<String>>> = BTreeMap::new();
    let mut meant = BTreeSet::new();
    let users = linked.iter().filter_map(|id| graph.package(id));
    let is_users =
        |package: &&Package| is_local(package) && !RUNTIME.contains(&package.name.as_str());
    for user in users.filter(is_users) {
        let mut names = BTreeSet::new();
        for used in graph.linked_directly(&user.id) {
            let Some(package) = graph.package(used) else {
                continue;
            };
            if !names.insert(package.name.as_str()) {
                meant.insert(package.name.as_str());
            }
            let versions = named.entry(package.name.as_str()).or_default();
            let users = versions.entry(used).or_default();
            users.insert(user.name.to_string());
        }
    }
    let doubles = named.into_iter().filter(|(name, versions)| {
        let is_of_group = versions.keys().any(|id| of_group.contains(id));
        versions.len() > 1 && is_of_group && !meant.contains(name)
    });
    let shown = |id: &PackageId| match graph.package(id) {
        Some(package) if package.source.is_none() => {
            format!("{} of `{}`", package.version, package.manifest_path)
        }
        Some(package) => package.version.to_string(),
        None => id.repr.clone(),
    };
    doubles
        .map(|(name, versions)| Double {
            name: name.to_owned(),
            versions: versions
                .into_iter()
                .map(|(id, users)| (shown(id), users))
                .collect(),
        })
        .collect()
}

//! The parts of the manifests and the lock file that affect a host's build. Comparing them between
//! two plans shows whether an edit affects the host.
//!
//! `cargo metadata` has most of them: versions, features, dependencies, targets. It does not have
//! profiles, lints and other tables, so the text of those is compared. Unknown tables count as
//! well.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Package, PackageId, Target};
use serde_json::{Value, json};
use toml::Table;

use super::closure::{Graph, is_local};

/// Everything that affects a host's build, except sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Local packages by folder.
    pub(super) local: BTreeMap<PathBuf, String>,
    /// The versions of other packages by name, and how each is built.
    pub(super) others: BTreeMap<String, BTreeMap<String, String>>,
    /// The remaining tables of local manifests.
    pub(super) rest: BTreeMap<PathBuf, String>,
}

impl Resolved {
    /// From the packages that are `built` for the `host`, a package and its target.
    pub(super) fn new(
        graph: &Graph<'_>,
        built: &BTreeSet<&PackageId>,
        host: (&PackageId, &Target),
        root: &Path,
    ) -> Self {
        let mut resolved = Resolved::default();
        for id in built {
            let Some(package) = graph.package(id) else {
                continue;
            };
            let own = (host.0 == *id).then_some(host.1);
            let text = describe(graph, package, own).to_string();
            if is_local(package) {
                let manifest = package.manifest_path.as_std_path();
                resolved.local.insert(folder_of(manifest), text);
                resolved.add_rest(manifest);
            } else {
                let versions = resolved.others.entry(package.name.to_string());
                let versions = versions.or_default();
                versions.insert(package.version.to_string(), text);
            }
        }
        resolved.add_rest(&root.join("Cargo.toml"));
        resolved
    }

    fn add_rest(&mut self, manifest: &Path) {
        let text = fs::read_to_string(manifest).unwrap_or_default();
        self.rest.insert(manifest.to_owned(), rest_of(&text));
    }
}

pub(super) fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_owned()
}

/// How a package is built. `own` is its target that is the host, if any.
fn describe(graph: &Graph<'_>, package: &Package, own: Option<&Target>) -> Value {
    let is_example = own.is_some_and(Target::is_example);
    let counts = |kind: DependencyKind| kind != DependencyKind::Development || is_example;
    let resolved = graph.dependencies(&package.id).iter().filter(|it| {
        let mut kinds = it.dep_kinds.iter();
        kinds.any(|it| counts(it.kind))
    });
    let resolved: BTreeSet<String> = resolved
        .map(|it| format!("{} {} {:?}", it.name, it.pkg, it.dep_kinds))
        .collect();
    let features: BTreeSet<&str> = graph.features(&package.id).collect();
    if !is_local(package) {
        return json!([package.id, features, resolved]);
    }
    let is_built = |target: &&Target| {
        let is_program = target.is_bin() || target.is_test() || target.is_bench();
        own == Some(*target) || !(is_program || target.is_example())
    };
    let targets = package.targets.iter().filter(is_built).map(|it| {
        let paths = (&it.src_path, &it.required_features, &it.edition);
        json!([it.name, it.kind, it.crate_types, paths])
    });
    let asked = package.dependencies.iter().filter(|it| counts(it.kind));
    // rustc and build scripts get these as environment variables.
    let mut all = serde_json::to_value(package).unwrap_or_default();
    for (key, value) in [
        ("targets", targets.collect()),
        ("dependencies", json!(asked.collect::<Vec<_>>())),
        ("resolved", json!([features, resolved])),
    ] {
        all[key] = value;
    }
    all
}

/// The tables of a manifest that `cargo metadata` does not have.
fn rest_of(text: &str) -> String {
    const IN_METADATA: [&str; 14] = [
        "badges",
        "bench",
        "bin",
        "build-dependencies",
        "dependencies",
        "dev-dependencies",
        "example",
        "features",
        "lib",
        "package",
        "patch",
        "replace",
        "target",
        "test",
    ];
    const IN_METADATA_OF_WORKSPACE: [&str; 4] =
        ["default-members", "dependencies", "exclude", "members"];
    let Ok(mut table) = text.parse::<Table>() else {
        return text.to_owned();
    };
    table.retain(|key, _| !IN_METADATA.contains(&key));
    if let Some(workspace) = table.get_mut("workspace").and_then(|it| it.as_table_mut()) {
        workspace.retain(|key, _| !IN_METADATA_OF_WORKSPACE.contains(&key));
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_in_the_metadata_are_not_compared_as_text() {
        let rest = |text: &str| rest_of(text);
        let plain = rest("[package]\nname = 'a'\n");
        for text in [
            "[package]\nname = 'b'\nversion = '2.0.0'\n[dependencies]\na = '1'\n",
            "# A comment.\n[features]\na = []\n[[example]]\nname = 'e'\n",
            "[dev-dependencies]\na = '1'\n[target.'cfg(unix)'.dependencies]\nb = '1'\n",
        ] {
            assert_eq!(rest(text), plain, "{text}");
        }
        let workspace = rest("[workspace]\nmembers = ['a']\n");
        assert_eq!(rest("[workspace]\nmembers = ['a', 'b']\n"), workspace);
        for text in [
            "[profile.dev]\nopt-level = 1\n",
            "[lints.rust]\nunused = 'allow'\n",
            "[workspace]\nresolver = '1'\n",
            "[workspace.metadata.hotmod]\nreloadable = ['a']\n",
            "cargo-features = ['a']\n",
            "not toml",
        ] {
            assert_ne!(rest(text), plain, "{text}");
            assert_ne!(rest(text), workspace, "{text}");
        }
    }
}

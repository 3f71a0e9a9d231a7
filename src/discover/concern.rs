//! Whether an edit of a manifest, the lock file or cargo's configuration affects the host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Plan;
use super::resolved::folder_of;

/// A change that concerns the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Concern {
    File {
        path: String,
    },
    /// In `Cargo.lock`, a package has other versions, or is built in another way.
    Dependency {
        package: String,
        old: Vec<String>,
        new: Vec<String>,
    },
}

impl Plan {
    /// What concerns the host, after the `changed` files led from this plan to `new`: it must then be
    /// restarted.
    pub(crate) fn concern(&self, new: &Plan, changed: &[PathBuf]) -> Option<Concern> {
        let (was, is) = (&self.resolved, &new.resolved);
        let shown = |path: &Path| {
            let path = path.strip_prefix(&self.workspace_root).unwrap_or(path);
            Concern::File {
                path: path.display().to_string(),
            }
        };
        let is_lock = |path: &&PathBuf| **path == self.lock_file();
        let concerns = |path: &&PathBuf| match path.file_name().and_then(|it| it.to_str()) {
            Some("Cargo.toml" | "build.rs") => {
                let folder = folder_of(path);
                was.local.get(&folder) != is.local.get(&folder)
                    || was.rest.get(*path) != is.rest.get(*path)
            }
            _ => !is_lock(path),
        };
        if let Some(path) = changed.iter().find(concerns) {
            return Some(shown(path));
        }
        let other = other_versions(&was.others, &is.others);
        if other.is_some() {
            return other;
        }
        let same = was == is
            && self.host == new.host
            && self.group == new.group
            && self.shared == new.shared
            && self.host_side == new.host_side;
        let first = changed.iter().find(|it| !is_lock(it)).or(changed.first());
        first.filter(|_| !same).map(|path| shown(path))
    }
}

/// The first package that changed.
fn other_versions(
    was: &BTreeMap<String, BTreeMap<String, String>>,
    is: &BTreeMap<String, BTreeMap<String, String>>,
) -> Option<Concern> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let name = names.into_iter().find(|it| was.get(*it) != is.get(*it))?;
    let versions = |of: &BTreeMap<String, BTreeMap<String, String>>| {
        let versions = of.get(name).into_iter().flat_map(BTreeMap::keys);
        versions.cloned().collect()
    };
    Some(Concern::Dependency {
        package: name.clone(),
        old: versions(was),
        new: versions(is),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_packages_are_compared_by_version_and_features() {
        let of = |packages: &[(&str, &str, &str)]| {
            let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
            for (name, version, how) in packages {
                let versions = all.entry((*name).to_owned()).or_default();
                versions.insert((*version).to_owned(), (*how).to_owned());
            }
            all
        };
        let was = of(&[("a", "1.0.0", ""), ("b", "1.0.0", "")]);
        assert_eq!(other_versions(&was, &was), None);
        let concern = |package: &str, old: &[&str], new: &[&str]| {
            let all = |versions: &[&str]| versions.iter().map(|it| (*it).to_owned()).collect();
            Concern::Dependency {
                package: package.to_owned(),
                old: all(old),
                new: all(new),
            }
        };
        for (is, expected) in [
            (of(&[("a", "1.0.0", "")]), concern("b", &["1.0.0"], &[])),
            (
                of(&[("a", "1.0.0", ""), ("b", "1.0.1", "")]),
                concern("b", &["1.0.0"], &["1.0.1"]),
            ),
            (
                of(&[("a", "1.0.0", ""), ("a", "2.0.0", ""), ("b", "1.0.0", "")]),
                concern("a", &["1.0.0"], &["1.0.0", "2.0.0"]),
            ),
            (
                of(&[("a", "1.0.0", "f"), ("b", "1.0.0", "")]),
                concern("a", &["1.0.0"], &["1.0.0"]),
            ),
            (
                of(&[("a", "1.0.0", ""), ("b", "1.0.0", ""), ("c", "1.0.0", "")]),
                concern("c", &[], &["1.0.0"]),
            ),
        ] {
            assert_eq!(other_versions(&was, &is), Some(expected));
        }
    }
}

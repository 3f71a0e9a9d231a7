//! Whether an edit of a manifest, the lock file or cargo's configuration affects the host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Plan;
use super::resolved::folder_of;

impl Plan {
    /// Why the host must be restarted after the `changed` files led from this plan to `new`; `None`
    /// if the change does not affect the host.
    pub(crate) fn reason_to_restart(&self, new: &Plan, changed: &[PathBuf]) -> Option<String> {
        let (was, is) = (&self.resolved, &new.resolved);
        let shown = |path: &Path| {
            let path = path.strip_prefix(&self.workspace_root).unwrap_or(path);
            path.display().to_string()
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
            return Some(format!("`{}` changed", shown(path)));
        }
        if let Some(other) = other_versions(&was.others, &is.others) {
            return Some(format!("`Cargo.lock` changed: {other}"));
        }
        let same = was == is
            && self.host == new.host
            && self.group == new.group
            && self.shared == new.shared
            && self.host_side == new.host_side;
        let first = changed.iter().find(|it| !is_lock(it)).or(changed.first());
        first
            .filter(|_| !same)
            .map(|path| format!("`{}` changed", shown(path)))
    }
}

/// Describes the first package that changed.
fn other_versions(
    was: &BTreeMap<String, BTreeMap<String, String>>,
    is: &BTreeMap<String, BTreeMap<String, String>>,
) -> Option<String> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let name = names.into_iter().find(|it| was.get(*it) != is.get(*it))?;
    let versions = |of: &BTreeMap<String, BTreeMap<String, String>>| {
        let versions = of.get(name).into_iter().flat_map(BTreeMap::keys);
        versions.cloned().collect::<Vec<_>>().join(" and ")
    };
    let (old, new) = (versions(was), versions(is));
    Some(match (&*old, &*new) {
        ("", new) => format!("`{name}` {new} was added"),
        (old, "") => format!("`{name}` {old} was removed"),
        (old, new) if old == new => format!("`{name}` {new} is built differently"),
        (old, new) => format!("`{name}` {old} -> {new}"),
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
        for (is, words) in [
            (of(&[("a", "1.0.0", "")]), "`b` 1.0.0 was removed"),
            (
                of(&[("a", "1.0.0", ""), ("b", "1.0.1", "")]),
                "`b` 1.0.0 -> 1.0.1",
            ),
            (
                of(&[("a", "1.0.0", ""), ("a", "2.0.0", ""), ("b", "1.0.0", "")]),
                "`a` 1.0.0 -> 1.0.0 and 2.0.0",
            ),
            (
                of(&[("a", "1.0.0", "f"), ("b", "1.0.0", "")]),
                "`a` 1.0.0 is built differently",
            ),
            (
                of(&[("a", "1.0.0", ""), ("b", "1.0.0", ""), ("c", "1.0.0", "")]),
                "`c` 1.0.0 was added",
            ),
        ] {
            assert_eq!(other_versions(&was, &is).as_deref(), Some(words));
        }
    }
}

//! Whether an edit of files that cargo reads concerns the host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Plan;
use super::resolved::folder_of;

impl Plan {
    /// What of the `changed` files, and of all that they led to, a host has to be built for that was built by this
    /// plan, if `new` is the plan now: a reason to restart it.
    pub(crate) fn concern(&self, new: &Plan, changed: &[PathBuf]) -> Option<String> {
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

/// The first package that is not what it was, in words.
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
        ("", new) => format!("`{name}` {new} is new"),
        (old, "") => format!("`{name}` {old} is gone"),
        (old, new) if old == new => format!("`{name}` {new} is built in another way"),
        (old, new) => format!("`{name}` {old} -> {new}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_from_elsewhere_are_compared_by_version_and_features() {
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
            (of(&[("a", "1.0.0", "")]), "`b` 1.0.0 is gone"),
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
                "`a` 1.0.0 is built in another way",
            ),
            (
                of(&[("a", "1.0.0", ""), ("b", "1.0.0", ""), ("c", "1.0.0", "")]),
                "`c` 1.0.0 is new",
            ),
        ] {
            assert_eq!(other_versions(&was, &is).as_deref(), Some(words));
        }
    }
}

//! The crates of a host that may store values of the group's types, according to cargo's messages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cargo_metadata::Artifact;

use crate::cargo::artifact::library_stem;
use crate::cargo::dep_info as depinfo;
use crate::compat::{Keepers, Unmarked, can_recover_values};
use crate::compile::host::Builder;
use crate::compile::record::{Record, dep_info};
use crate::discover::RUNTIME;

/// What was found in the sources of crates that don't change, such as those of a registry. To read them all
/// at each restart would take hundreds of milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct SearchedSources(Arc<Mutex<BTreeMap<Compilation, bool>>>);

/// A crate as it was compiled: its dep-info file, and when that was written.
type Compilation = (PathBuf, SystemTime);

impl SearchedSources {
    /// What `search` finds, which is called once for each compilation.
    fn once(&self, dep_info: &Path, search: impl FnOnce() -> bool) -> bool {
        let Ok(written) = fs::metadata(dep_info).and_then(|it| it.modified()) else {
            return search();
        };
        // A search that panicked has left no answer.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let compilation = (dep_info.to_owned(), written);
        *known.entry(compilation).or_insert_with(search)
    }
}

impl Builder {
    /// Finds them among the crates that cargo built.
    pub(crate) fn keepers(&self, records: &[Record], artifacts: &[Artifact]) -> Keepers {
        let is_optimised = |it: &Artifact| it.profile.opt_level != "0";
        let linked = |it: &&Artifact| library_stem(it).is_some() || self.is_host(it);
        let linked: Vec<&Artifact> = artifacts.iter().filter(linked).collect();
        let mut own = linked.iter().filter(|it| self.names_group(it));
        if own.any(|it| is_optimised(it)) {
            return Keepers::of_all();
        }
        // The runtime stores the values of `keep!`.
        let is_other = |it: &&&Artifact| {
            !self.names_group(it) && !RUNTIME.contains(&&*it.target.name.replace('_', "-"))
        };
        let root = &self.plan.workspace_root;
        let unmarked = linked.iter().filter(is_other).map(|it| {
            let is_optimised = is_optimised(it);
            let dep_info = dep_info(records, it);
            let search = || {
                let inputs = dep_info.as_ref().map(|file| depinfo::inputs(file, root));
                can_recover_values(is_optimised, inputs.and_then(Result::ok).as_deref())
            };
            let is_local = it.package_id.repr.starts_with("path+");
            let is_keeper = match &dep_info {
                Some(dep_info) if !is_local => self.searched.once(dep_info, search),
                _ => search(),
            };
            Unmarked {
                name: it.target.name.replace('-', "_"),
                is_optimised,
                is_keeper,
            }
        });
        Keepers::among(unmarked)
    }

    /// Whether an artifact's code may name types of the group: it is of the group, or of a local
    /// crate that depends on the group.
    fn names_group(&self, artifact: &Artifact) -> bool {
        let id = &artifact.package_id.repr;
        let host_side = self.plan.host_side.iter().map(|it| &it.package_id);
        let group = self.plan.group.iter().map(|it| &it.package_id);
        host_side.chain(group).any(|it| it == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::time::Duration;

    #[test]
    fn sources_are_searched_once_for_each_compilation() {
        let folder = tempfile::tempdir().unwrap();
        let dep_info = folder.path().join("store.d");
        let searched = SearchedSources::default();
        let count = Cell::new(0);
        let look = |answer| {
            searched.once(&dep_info, || {
                count.set(count.get() + 1);
                answer
            })
        };
        assert!(look(true), "without a file");
        assert!(!look(false), "nothing was to be remembered");
        let file = fs::File::create(&dep_info).unwrap();
        assert!(look(true));
        assert!(look(false), "it was found before");
        assert_eq!(count.get(), 3);
        let later = SystemTime::now() + Duration::from_secs(1);
        file.set_modified(later).unwrap();
        assert!(!look(false), "it was compiled again");
    }
}

//! The comparison of a host's code with that of the host that runs, in place of its link or before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use super::Builder;
use crate::base::atomic_file::remove_if_there;
use crate::cargo::dep_info as depinfo;
use crate::cargo::directories::Directories;
use crate::compat::Identity;
use crate::compat::code::Difference;
use crate::compile::record::{Record, Role};
use crate::compile::wrapper_plan::{Comparison, WrapperPlan};

/// What to do about the host's code before the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparing {
    No,
    /// Links the host only if its code differs from that of the host that runs.
    BeforeLink,
    /// Links nothing.
    InsteadOfLink,
    /// Links nothing, and leaves the processor to others.
    InBackground,
}

impl Comparing {
    pub(crate) fn links_nothing(self) -> bool {
        matches!(self, Comparing::InsteadOfLink | Comparing::InBackground)
    }
}

/// The code of a host that was not linked.
#[derive(Debug)]
pub(crate) struct Compared {
    /// How it differs from that of the host that runs; if that can't be told, why.
    pub(crate) found: Result<Vec<Difference>, String>,
    /// What the host would have been linked with.
    pub(crate) identity: Option<Identity>,
    /// The sources of crates that are not reloadable, with their packages.
    pub(crate) sources: BTreeMap<PathBuf, String>,
}

impl Compared {
    /// Whether it is the same code.
    pub(crate) fn is_same(&self) -> bool {
        self.found.as_ref().is_ok_and(Vec::is_empty)
    }

    /// Nothing was compiled.
    pub(super) fn nothing_compiled() -> Self {
        Compared {
            found: Ok(Vec::new()),
            identity: None,
            sources: BTreeMap::new(),
        }
    }

    /// The sources that changed may be in crates whose code is unknown.
    pub(super) fn unknown() -> Self {
        let why = "an edited file is not a source of a library in the workspace";
        Compared {
            found: Err(why.to_owned()),
            identity: None,
            sources: BTreeMap::new(),
        }
    }
}

impl Builder {
    /// How to compare the host's code, unless it is unknown: that of path dependencies outside the
    /// workspace, of dylibs and of procedural macros.
    pub(super) fn comparison(
        &self,
        directories: &Directories,
        comparing: Comparing,
        edited: &BTreeSet<PathBuf>,
    ) -> io::Result<Option<Comparison>> {
        if comparing == Comparing::No {
            return Ok(None);
        }
        let records = Record::all(&directories.units());
        let records = records.iter();
        let known = self.sources_of(records.filter(|it| it.is_rlib() || it.role == Role::Host));
        if !edited.iter().all(|it| known.contains_key(it)) {
            return Ok(None);
        }
        let found = directories.state.join("comparison.json");
        remove_if_there(&found)?;
        Ok(Some(Comparison {
            running: directories.code(),
            found,
            links_if_different: comparing == Comparing::BeforeLink,
        }))
    }

    /// What a link that compared the host's code found, if it did not go on to link.
    pub(super) fn compared(&self, wrapper: &WrapperPlan) -> Option<io::Result<Compared>> {
        let comparison = wrapper.comparison.as_ref()?;
        let text = fs::read(&comparison.found).ok()?;
        let found: Result<Vec<Difference>, String> = match serde_json::from_slice(&text) {
            Ok(found) => found,
            Err(error) => return Some(Err(error.into())),
        };
        let is_same = found.as_ref().is_ok_and(Vec::is_empty);
        if comparison.links_if_different && !is_same {
            return None;
        }
        let records = Record::all(&wrapper.units).into_iter();
        let hosts = records.filter(|it| it.role == Role::Host && wrapper.is_host(it));
        let host = hosts.max_by_key(|it| it.began);
        let sources = host.as_ref().map(|host| {
            let dependencies = Record::of_dependencies(&wrapper.units, &host.invocation);
            let unmarked = dependencies.values().filter(|it| it.role != Role::Baseline);
            self.sources_of(unmarked.chain([host]))
        });
        Some(Ok(Compared {
            found,
            identity: host.and_then(|it| it.identity),
            sources: sources.unwrap_or_default(),
        }))
    }

    /// The sources of all crates that cargo has compiled, or begun to, since then.
    pub(crate) fn compiled_since(&self, began: SystemTime) -> BTreeMap<PathBuf, String> {
        let records = Record::all(&self.plan.directories().units());
        self.sources_of(records.iter().filter(|it| it.began >= began))
    }

    /// Whether cargo compiled the crates of the files `edited` since a build `began`. It goes by the
    /// times of files, and the clock may have been set back.
    pub(super) fn was_compiled(
        &self,
        edited: &BTreeSet<PathBuf>,
        wrapper: &WrapperPlan,
        began: SystemTime,
    ) -> bool {
        let records = Record::all(&wrapper.units);
        let libraries = records.iter().filter(|it| it.role != Role::Host);
        let (old, new): (Vec<_>, Vec<_>) = libraries.partition(|it| it.began < began);
        let (old, libraries) = (
            self.sources_of(old.into_iter()),
            self.sources_of(new.into_iter()),
        );
        let new = self.compiled_since(began);
        // Nothing reads a removed file any more.
        let is_removed_from = |path: &PathBuf, package: &String| {
            !path.exists() && libraries.values().any(|it| it == package)
        };
        let is_missed = |path: &PathBuf| {
            let package = old.get(path).filter(|_| !new.contains_key(path));
            package.is_some_and(|it| !is_removed_from(path, it))
        };
        !edited.iter().any(is_missed)
    }

    /// The sources of units, with their packages.
    fn sources_of<'a>(
        &self,
        records: impl Iterator<Item = &'a Record>,
    ) -> BTreeMap<PathBuf, String> {
        let root = &self.plan.workspace_root;
        let mut sources = BTreeMap::new();
        for record in records {
            let inputs = record.dep_info().map(|it| depinfo::inputs(&it, root));
            let package = record.invocation.environment.get("CARGO_PKG_NAME");
            let Some((Ok(inputs), package)) = inputs.zip(package) else {
                continue;
            };
            sources.extend(inputs.into_iter().map(|path| (path, package.clone())));
        }
        let made = self.plan.directories().target;
        sources.retain(|path, _| !path.starts_with(&made));
        sources
    }
}

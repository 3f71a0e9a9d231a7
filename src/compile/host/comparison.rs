//! The comparison of a host's code with that of the host that runs, in place of its link or before it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;

use super::Builder;
use crate::cargo::dep_info as depinfo;
use crate::cargo::directories::Workshop;
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
    /// Links nothing, and works in the background.
    InsteadOfLink,
}

/// The code of a host that was not linked.
#[derive(Debug)]
pub(crate) struct Compared {
    /// How it differs from that of the host that runs; if that can't be told, why.
    pub(crate) found: Result<Vec<Difference>, String>,
    /// What the host would have been linked with.
    pub(crate) identity: Option<Identity>,
}

impl Compared {
    /// Nothing was compiled.
    pub(super) fn nothing_compiled() -> Self {
        Compared {
            found: Ok(Vec::new()),
            identity: None,
        }
    }

    /// The sources that changed may be in crates whose code is unknown.
    pub(super) fn unknown() -> Self {
        let why = "an edited file is not a source of a library in the workspace";
        Compared {
            found: Err(why.to_owned()),
            identity: None,
        }
    }
}

impl Builder {
    /// How to compare the host's code, unless it is unknown: that of path dependencies outside the
    /// workspace, of dylibs and of procedural macros.
    pub(super) fn comparison(
        &self,
        workshop: &Workshop,
        comparing: Comparing,
        edited: &BTreeSet<PathBuf>,
    ) -> io::Result<Option<Comparison>> {
        if comparing == Comparing::No {
            return Ok(None);
        }
        let root = &self.plan.workspace_root;
        let mut known = BTreeSet::new();
        let records = Record::all(&workshop.units()).into_iter();
        for record in records.filter(|it| it.is_rlib() || it.role == Role::Host) {
            let dep_info = record.dep_info();
            known.extend(
                dep_info
                    .and_then(|it| depinfo::inputs(&it, root).ok())
                    .into_iter()
                    .flatten(),
            );
        }
        if !edited.is_subset(&known) {
            return Ok(None);
        }
        let found = workshop.state.join("comparison.json");
        match fs::remove_file(&found) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Some(Comparison {
            running: workshop.code(),
            found,
            links_if_different: comparing == Comparing::BeforeLink,
        }))
    }
}

/// What a link that compared the host's code found, if it did not go on to link.
pub(super) fn compared(wrapper: &WrapperPlan) -> Option<io::Result<Compared>> {
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
    Some(Ok(Compared {
        found,
        identity: host.and_then(|it| it.identity),
    }))
}

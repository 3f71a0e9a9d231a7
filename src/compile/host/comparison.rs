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
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// How it differs from that of the host that runs.
    pub(crate) differences: Vec<Difference>,
    /// What the host would have been linked with.
    pub(crate) identity: Option<Identity>,
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
        let differences = workshop.state.join("differences.json");
        match fs::remove_file(&differences) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Some(Comparison {
            running: workshop.code(),
            differences,
            links_if_different: comparing == Comparing::BeforeLink,
        }))
    }
}

/// What a link that compared the host's code found, if it did not go on to link.
pub(super) fn compared(wrapper: &WrapperPlan) -> Option<io::Result<Compared>> {
    let text = fs::read(&wrapper.comparison.as_ref()?.differences).ok()?;
    let differences: serde_json::Result<Vec<Difference>> = serde_json::from_slice(&text);
    let links = wrapper.comparison.as_ref()?.links_if_different;
    match differences {
        Ok(differences) if links && !differences.is_empty() => None,
        Ok(differences) => {
            let records = Record::all(&wrapper.units);
            let host = records.into_iter().filter(|it| it.role == Role::Host);
            let host = host
                .filter(|it| wrapper.is_host(it))
                .max_by_key(|it| it.began);
            Some(Ok(Compared {
                differences,
                identity: host.and_then(|it| it.identity),
            }))
        }
        Err(error) => Some(Err(error.into())),
    }
}

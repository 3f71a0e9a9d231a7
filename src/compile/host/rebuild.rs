//! Units that cargo considers fresh, but that a session needs to be rebuilt. Cargo does not call
//! the wrapper for a fresh unit; removing its artifacts makes the unit stale.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use cargo_metadata::Artifact;

use crate::cargo::artifact::{library_stem, links_beside};
use crate::cargo::dep_info as depinfo;
use crate::compat::symbols::HostSymbols;
use crate::compile::host::Builder;
use crate::compile::record::{Record, Role, dep_info, record_of, symbols_file};
use crate::compile::script::shim;
use crate::compile::wrapper_plan::WrapperPlan;

impl Builder {
    /// The artifacts of units that need a record for their role, and have none.
    pub(crate) fn unrecorded(
        &self,
        wrapper: &WrapperPlan,
        records: &[Record],
        artifacts: &[Artifact],
    ) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let (mut of_group, mut of_host) = (None, None);
        for artifact in artifacts {
            let record = record_of(records, artifact);
            let id = &artifact.package_id.repr;
            let is_of_group = self.plan.group.iter().any(|it| it.package_id == *id);
            if self.is_host(artifact) {
                if host_symbols(wrapper, record).is_none() {
                    of_host = Some(record.map(Record::outputs));
                }
            } else if is_of_group && artifact.target.is_custom_build() {
                // It was built by a version of the tool that did not run scripts, or before the
                // crate was marked.
                files.extend(shim::lacking(artifact));
            } else if library_stem(artifact).is_some() {
                // Cargo does not rebuild a crate when it is marked or unmarked.
                let is_baseline = record.is_some_and(|record| record.role == Role::Baseline);
                if is_of_group {
                    of_group = Some(artifact);
                }
                if is_of_group != is_baseline {
                    files.extend(artifact.filenames.iter().map(PathBuf::from));
                }
            }
        }
        match of_host {
            Some(Some(outputs)) => files.extend(outputs),
            // Cargo does not report where rustc wrote the program, but rebuilds it if a linked
            // library is missing.
            Some(None) if files.is_empty() => {
                let library = of_group.into_iter().flat_map(|it| &it.filenames);
                files.extend(library.map(PathBuf::from));
            }
            _ => {}
        }
        files
    }

    /// The artifacts that cargo considers fresh, although one of their sources was edited. Cargo
    /// compares the times of files, and the clock may have been set back.
    pub(crate) fn overlooked(
        &self,
        edited: &BTreeSet<PathBuf>,
        records: &[Record],
        artifacts: &[Artifact],
    ) -> Vec<PathBuf> {
        let root = &self.plan.workspace_root;
        let is_of_edited = |artifact: &&Artifact| {
            let inputs = dep_info(records, artifact).map(|file| depinfo::inputs(&file, root));
            let mut inputs = inputs.and_then(Result::ok).into_iter().flatten();
            artifact.fresh && inputs.any(|input| edited.contains(&input))
        };
        let mut files = Vec::new();
        for artifact in artifacts.iter().filter(is_of_edited) {
            let record = record_of(records, artifact);
            files.extend(record.into_iter().flat_map(Record::outputs));
            for file in &artifact.filenames {
                files.extend(links_beside(file.as_std_path()));
                files.push(file.into());
            }
        }
        files
    }
}

/// The facts that a program's link recorded, if its record is that of a host that can run.
pub(crate) fn host_symbols(wrapper: &WrapperPlan, record: Option<&Record>) -> Option<HostSymbols> {
    let record = record.filter(|record| record.role == Role::Host)?;
    record.shared.as_ref().filter(|it| it.exists())?;
    let symbols = fs::read(symbols_file(&wrapper.units, &record.invocation.unit()?)).ok()?;
    serde_json::from_slice(&symbols).ok()
}

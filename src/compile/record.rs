//! The records of what cargo ran: one file for each workspace unit that a session needs.
//!
//! Cargo calls no wrapper for what it finds fresh, so a record must outlive the session that
//! made it. It is kept in cargo's target directory for sessions, under the name of the unit.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cargo_metadata::Artifact;
use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::cargo::artifact::{dep_info_beside, is_copy, is_link, unit_of_rlib};
use crate::cargo::changed_environment::ChangedEnvironment;
use crate::cargo::invocation::Invocation;
use crate::compat::Identity;

/// As what a unit was compiled. Another role, another expansion of its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// The program's binary.
    Host,
    /// A reloadable crate, as it is linked into the host.
    Baseline,
    /// Any other library of the workspace: compiled as it is, recorded for its dependencies.
    Unmarked,
}

/// One unit's record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Which version of this tool wrote it: another one may have expanded otherwise.
    pub(crate) tool: String,
    pub(crate) role: Role,
    /// When rustc was started: a source that was not written to since is what it read.
    pub(crate) began: SystemTime,
    /// What cargo ran, before anything was added.
    pub(crate) invocation: Invocation,
    /// What cargo changed in its environment.
    pub(crate) environment: ChangedEnvironment,
    /// The name by which the crate knows the runtime, if it does.
    pub(crate) runtime: Option<String>,
    /// The shared dylib that a host was linked with.
    pub(crate) shared: Option<PathBuf>,
    /// What a host was compiled with.
    pub(crate) identity: Option<Identity>,
}

/// The version that records and shared dylibs carry: what another tool made is made again. The
/// last number grows with every change of what is recorded or of how things are linked.
pub(crate) const TOOL: &str = concat!(env!("CARGO_PKG_VERSION"), "+8");

impl Record {
    fn path(directory: &Path, unit: &str) -> PathBuf {
        directory.join(format!("{unit}.json"))
    }

    /// Writes the record of a unit, whole or not at all.
    pub(crate) fn store(&self, directory: &Path, unit: &str) -> io::Result<()> {
        write_whole(
            &Self::path(directory, unit),
            &serde_json::to_vec_pretty(self)?,
        )
    }

    /// The record of the unit that made an rlib.
    pub(crate) fn of_rlib(directory: &Path, rlib: &Path) -> Option<Record> {
        Self::read(&Self::path(directory, &unit_of_rlib(rlib)?))
    }

    /// All records of this version.
    pub(crate) fn all(directory: &Path) -> Vec<Record> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let files = files.filter(|file| file.extension().is_some_and(|it| it == "json"));
        files.filter_map(|file| Self::read(&file)).collect()
    }

    fn read(file: &Path) -> Option<Record> {
        let mut record: Record = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        record.invocation.environment = record.environment.applied();
        (record.tool == TOOL).then_some(record)
    }

    /// The artefacts that rustc was asked for.
    pub(crate) fn outputs(&self) -> Vec<PathBuf> {
        let invocation = &self.invocation;
        let (Some(folder), Some(stem)) = (invocation.out_dir(), invocation.stem()) else {
            return Vec::new();
        };
        let outputs = invocation.crate_types().flat_map(|kind| match kind {
            "bin" => vec![stem.clone()],
            "lib" | "rlib" => vec![format!("lib{stem}.rlib"), format!("lib{stem}.rmeta")],
            "staticlib" => vec![format!("lib{stem}.a")],
            _ => vec![format!("lib{stem}.so"), format!("lib{stem}.rmeta")],
        });
        let outputs: BTreeSet<String> = outputs.collect();
        outputs.iter().map(|name| folder.join(name)).collect()
    }

    /// Where rustc wrote the unit's dep-info.
    pub(crate) fn dep_info(&self) -> Option<PathBuf> {
        let invocation = &self.invocation;
        let name = format!("{}.d", invocation.stem()?);
        Some(invocation.out_dir()?.join(name))
    }
}

/// The record of the unit that made an artefact of cargo's. What cargo names may be a link to what
/// rustc wrote, or a copy. Metadata is neither: rustc itself links it to its incremental state, so that two
/// units may have one file.
pub(crate) fn record_of<'a>(records: &'a [Record], artifact: &Artifact) -> Option<&'a Record> {
    let crate_name = artifact.target.name.replace('-', "_");
    let made_by = |is: fn(&Path, &Path) -> bool| {
        let made = |it: &Path| {
            artifact
                .filenames
                .iter()
                .any(|file| is(it, file.as_std_path()))
        };
        let mut records = records.iter();
        records.find(|it| {
            it.invocation.crate_name() == Some(&crate_name)
                && it.outputs().iter().any(|it| made(it))
        })
    };
    made_by(|one, other| one == other)
        .or_else(|| made_by(is_link))
        .or_else(|| made_by(is_copy))
}

/// Where rustc wrote the dep-info of an artefact: cargo runs rustc itself for path dependencies
/// outside the workspace, and for what it took over from the user's build, and there is no record.
pub(crate) fn dep_info(records: &[Record], artifact: &Artifact) -> Option<PathBuf> {
    let recorded = record_of(records, artifact).and_then(Record::dep_info);
    recorded.or_else(|| dep_info_beside(artifact))
}

/// Where a host's link writes down what symbols say of it: beside its record, and for as long.
pub(crate) fn symbols_file(directory: &Path, unit: &str) -> PathBuf {
    directory.join(format!("{unit}.symbols"))
}

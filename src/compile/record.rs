//! Records of cargo's commands: one file for each workspace unit that a session needs.
//!
//! Cargo does not call the wrapper for fresh units, so a record must outlive the session that
//! created it. It is stored in the target directory for sessions, under the name of the unit.

use std::collections::{BTreeMap, BTreeSet};
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

/// How a unit was compiled, which determines the expansion of its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// The program's binary.
    Host,
    /// A reloadable crate for the baseline, which is linked into the host.
    Baseline,
    /// Any other library of the workspace: compiled unchanged, and recorded for its dependencies.
    Unmarked,
}

/// The record of a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The version of this tool that wrote it. Another version may expand attributes differently.
    pub(crate) tool: String,
    pub(crate) role: Role,
    /// When rustc started: it read the current content of files that have not changed since.
    pub(crate) began: SystemTime,
    /// Cargo's command, without additions.
    pub(crate) invocation: Invocation,
    /// The changes that cargo made to the environment.
    pub(crate) environment: ChangedEnvironment,
    /// The name of the runtime in the crate's dependencies.
    pub(crate) runtime: Option<String>,
    /// The shared dylib, for a host.
    pub(crate) shared: Option<PathBuf>,
    /// The identity, for a host.
    pub(crate) identity: Option<Identity>,
}

/// The version of records and shared dylibs. Those of other versions are created again. Increase
/// the last number with every change of the records or of the links.
pub(crate) const TOOL: &str = concat!(env!("CARGO_PKG_VERSION"), "+10");

impl Record {
    fn path(directory: &Path, unit: &str) -> PathBuf {
        directory.join(format!("{unit}.json"))
    }

    /// Writes the record of a unit atomically.
    pub(crate) fn store(&self, directory: &Path, unit: &str) -> io::Result<()> {
        write_whole(
            &Self::path(directory, unit),
            &serde_json::to_vec_pretty(self)?,
        )
    }

    /// The record of the unit that created an rlib.
    pub(crate) fn of_rlib(directory: &Path, rlib: &Path) -> Option<Record> {
        Self::read(&Self::path(directory, &unit_of_rlib(rlib)?))
    }

    /// Whether it is of a library that is linked statically: no procedural macro, no dylib.
    pub(crate) fn is_rlib(&self) -> bool {
        let mut kinds = self.invocation.crate_types();
        kinds.any(|kind| kind == "lib" || kind == "rlib")
    }

    /// The records of a crate's dependencies, direct or not, by the paths that `--extern` gives.
    pub(crate) fn of_dependencies(directory: &Path, of: &Invocation) -> BTreeMap<PathBuf, Record> {
        let mut found = BTreeMap::new();
        let mut todo: Vec<PathBuf> = of.externs().map(|it| it.path.to_owned()).collect();
        while let Some(path) = todo.pop() {
            if found.contains_key(&path) {
                continue;
            }
            if let Some(record) = Self::of_rlib(directory, &path) {
                todo.extend(record.invocation.externs().map(|it| it.path.to_owned()));
                found.insert(path, record);
            }
        }
        found
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

    /// The artifacts of the command.
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

    /// The unit's dep-info file.
    pub(crate) fn dep_info(&self) -> Option<PathBuf> {
        let invocation = &self.invocation;
        let name = format!("{}.d", invocation.stem()?);
        Some(invocation.out_dir()?.join(name))
    }
}

/// The record of the unit that created an artifact. Cargo may report a hard link or a copy of the
/// file that rustc wrote. Metadata is not compared, because rustc hard-links it to its incremental
/// state, so two units can have the same file.
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

/// The dep-info file of an artifact, also without a record: cargo does not use the wrapper for path
/// dependencies outside the workspace, and seeded units were built without it.
pub(crate) fn dep_info(records: &[Record], artifact: &Artifact) -> Option<PathBuf> {
    let recorded = record_of(records, artifact).and_then(Record::dep_info);
    recorded.or_else(|| dep_info_beside(artifact))
}

/// The file for the facts from a host's symbols, next to its record.
pub(crate) fn symbols_file(directory: &Path, unit: &str) -> PathBuf {
    directory.join(format!("{unit}.symbols"))
}

/// The file for a host's code, next to its record.
pub(crate) fn code_file(directory: &Path, unit: &str) -> PathBuf {
    directory.join(format!("{unit}.code"))
}

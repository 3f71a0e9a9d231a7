//! The records of what cargo ran: one file for each workspace unit that a session needs.
//!
//! Cargo calls no wrapper for what it finds fresh, so a record must outlive the session that
//! made it. It lies beside cargo's artefacts, under the name that cargo gives the unit.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::changed_environment::ChangedEnvironment;
use super::invocation::Invocation;
use crate::check::Identity;

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
pub(crate) const TOOL: &str = concat!(env!("CARGO_PKG_VERSION"), "+7");

impl Record {
    fn path(directory: &Path, stem: &str) -> PathBuf {
        directory.join(format!("{stem}.json"))
    }

    /// Writes the record, whole or not at all.
    pub(crate) fn store(&self, directory: &Path, stem: &str) -> io::Result<()> {
        write_whole(
            &Self::path(directory, stem),
            &serde_json::to_vec_pretty(self)?,
        )
    }

    /// The record of a unit, if there is one of this version.
    pub(crate) fn load(directory: &Path, stem: &str) -> Option<Record> {
        let text = fs::read(Self::path(directory, stem)).ok()?;
        let mut record: Record = serde_json::from_slice(&text).ok()?;
        record.invocation.environment = record.environment.applied();
        (record.tool == TOOL).then_some(record)
    }

    /// The file names, without ending, of all records.
    pub(crate) fn stems(directory: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(directory) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| {
                Some(
                    entry
                        .file_name()
                        .to_str()?
                        .strip_suffix(".json")?
                        .to_owned(),
                )
            })
            .collect()
    }
}

/// Where a host's link writes down what symbols say of it: beside its record, and for as long.
pub(super) fn symbols_file(directory: &Path, stem: &str) -> PathBuf {
    directory.join(format!("{stem}.symbols"))
}

/// Writes a file so that a reader, or a crash, never sees half of it. Only its owner may read it:
/// commands can hold what others should not know.
pub(crate) fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(directory)?;
    io::Write::write_all(&mut file, contents)?;
    file.persist(path)?;
    Ok(())
}

//! The code of a host that is about to be linked: recorded, and compared with the host that runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::atomic_file::write_whole;
use crate::compat::code::{Code, compare};
use crate::compile::link::job::LinkError;
use crate::compile::wrapper_plan::Comparison;

/// The objects and rlibs of a host that can change while it runs.
#[derive(Debug)]
pub(super) struct Files<'a> {
    /// The host's own.
    pub(super) objects: Vec<PathBuf>,
    /// Those of the workspace that only the host is linked with, and the reloadable crates.
    pub(super) rlibs: &'a [PathBuf],
    /// Those of the workspace that generations are linked with, too.
    pub(super) libraries: &'a [PathBuf],
}

impl Files<'_> {
    fn code(&self) -> Result<Code, LinkError> {
        let files = self.objects.iter().chain(self.rlibs);
        let libraries = self.libraries.iter().map(PathBuf::as_path);
        Ok(Code::read(files.map(PathBuf::as_path), libraries)?)
    }
}

/// Whether the host is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Link,
    /// The link fails, and cargo takes it that the host was not built.
    Fail,
}

/// Compares the code of a host with the one that runs, if that is wanted.
pub(super) fn compare_with_running(
    files: &Files<'_>,
    comparison: Option<&Comparison>,
) -> Result<Next, LinkError> {
    let Some(comparison) = comparison else {
        return Ok(Next::Link);
    };
    let running: Code = match fs::read(&comparison.running) {
        Ok(running) => serde_json::from_slice(&running).map_err(io::Error::from)?,
        // It can't be told, so it counts as different.
        Err(_) if comparison.links_if_different => return Ok(Next::Link),
        Err(error) => return Err(error.into()),
    };
    let differences = compare(&running, &files.code()?);
    let text = serde_json::to_vec(&differences).map_err(io::Error::from)?;
    write_whole(&comparison.differences, &text)?;
    Ok(
        match comparison.links_if_different && !differences.is_empty() {
            true => Next::Link,
            false => Next::Fail,
        },
    )
}

/// Writes down the code of a host.
pub(super) fn record(files: &Files<'_>, file: &Path) -> Result<(), LinkError> {
    let code = files.code()?;
    let text = serde_json::to_vec(&code).map_err(io::Error::from)?;
    Ok(write_whole(file, &text)?)
}

//! The code of a host that is about to be linked: recorded, and compared with the host that runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::atomic_file::write_whole;
use crate::compat::code::{Code, Difference, Elsewhere, compare};
use crate::compat::symbols::SymbolsError;
use crate::compile::wrapper_plan::Comparison;

/// The objects and rlibs of a host that can change while it runs.
#[derive(Debug)]
pub(super) struct Files<'a> {
    /// The host's own.
    pub(super) objects: Vec<PathBuf>,
    /// Those of the workspace that only the host is linked with, and the reloadable crates.
    pub(super) rlibs: Vec<PathBuf>,
    /// Those of the workspace that generations are linked with, too.
    pub(super) libraries: &'a [PathBuf],
}

impl Files<'_> {
    fn code(&self) -> Result<Code, SymbolsError> {
        let files = self.objects.iter().chain(&self.rlibs);
        let libraries = self.libraries.iter().map(PathBuf::as_path);
        Code::read(files.map(PathBuf::as_path), libraries)
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
    elsewhere: &Elsewhere,
) -> io::Result<Next> {
    let Some(comparison) = comparison else {
        return Ok(Next::Link);
    };
    let found =
        differences(files, &comparison.running, elsewhere).map_err(|error| error.to_string());
    let text = serde_json::to_vec(&found).map_err(io::Error::from)?;
    write_whole(&comparison.found, &text)?;
    // What can't be told counts as different.
    let is_same = found.is_ok_and(|it| it.is_empty());
    Ok(match comparison.links_if_different && !is_same {
        true => Next::Link,
        false => Next::Fail,
    })
}

fn differences(
    files: &Files<'_>,
    running: &Path,
    elsewhere: &Elsewhere,
) -> Result<Vec<Difference>, Unknown> {
    let running: Recorded = serde_json::from_slice(&fs::read(running)?)?;
    let running = running.map_err(Unknown::Recorded)?;
    Ok(compare(running, files.code()?, elsewhere))
}

/// A host's code, or why it could not be read.
type Recorded = Result<Code, String>;

/// Why code could not be compared.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error("{0}")]
    Recorded(String),
    #[error(transparent)]
    Symbols(#[from] SymbolsError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes down the code of a host, or why it can't be read: a host runs all the same.
pub(super) fn record(files: &Files<'_>, file: &Path) -> io::Result<()> {
    let recorded: Recorded = files.code().map_err(|error| error.to_string());
    write_whole(file, &serde_json::to_vec(&recorded)?)
}

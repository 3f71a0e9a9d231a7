//! The session's input for the rustc wrapper.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::record::{Record, Role};
use crate::cargo::invocation::Invocation;

/// The variable that makes this program act as the wrapper: the path of a [`WrapperPlan`].
pub(crate) const WRAPPER_VARIABLE: &str = "HOTMOD_WRAPPER";

/// The input of the wrapper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WrapperPlan {
    /// The folder of the records.
    pub(crate) units: PathBuf,
    /// The folder of the shared dylibs.
    pub(crate) shared: PathBuf,
    /// The file for the notes of the host's link, as JSON.
    pub(crate) notes: PathBuf,
    /// The output of `rustc -vV`.
    pub(crate) rustc: String,
    /// The folder of libstd for the target.
    pub(crate) target_libdir: PathBuf,
    pub(crate) libstd: PathBuf,
    pub(crate) host: Member,
    pub(crate) group: Vec<Member>,
    /// How to compare the host's code with that of the host that runs, if at all.
    pub(crate) comparison: Option<Comparison>,
}

/// A comparison of a host's code before it is linked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comparison {
    /// The code of the host that runs, as its link recorded it.
    pub(crate) running: PathBuf,
    /// The file for the differences, or for why they are not known.
    pub(crate) found: PathBuf,
    /// Whether the host is linked if there are any, or if that is not known. Otherwise the link fails: a running program may
    /// start its own file again, which must stay as it is.
    pub(crate) links_if_different: bool,
}

/// A unit of the workspace, identified by variables in the environment of its rustc.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) directory: PathBuf,
    pub(crate) crate_name: String,
}

impl WrapperPlan {
    /// Whether this is the build script of a reloadable crate.
    pub(crate) fn is_script_of_group(&self, invocation: &Invocation) -> bool {
        let directory = invocation.environment.get("CARGO_MANIFEST_DIR");
        let name = invocation.crate_name().unwrap_or_default();
        let mut group = self.group.iter();
        name.starts_with("build_script_")
            && invocation.crate_types().any(|kind| kind == "bin")
            && group.any(|it| directory.is_some_and(|folder| it.directory == Path::new(folder)))
    }

    /// Whether a record is of the host of this session: the workspace may have others.
    pub(crate) fn is_host(&self, record: &Record) -> bool {
        self.role(&record.invocation) == Some(Role::Host)
    }

    pub(crate) fn role(&self, invocation: &Invocation) -> Option<Role> {
        let crate_name = invocation.crate_name()?;
        let directory = Path::new(invocation.environment.get("CARGO_MANIFEST_DIR")?);
        let is = |member: &Member| member.crate_name == crate_name && member.directory == directory;
        let is_program = invocation.crate_types().any(|kind| kind == "bin");
        let is_test = invocation.arguments.iter().any(|it| it == "--test");
        match is_program {
            _ if is_test => None,
            true => is(&self.host).then_some(Role::Host),
            false if self.group.iter().any(is) => Some(Role::Baseline),
            false => Some(Role::Unmarked),
        }
    }
}

/// Whether a path is that of an artifact of the crate `hotmod`.
pub(crate) fn is_runtime(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("libhotmod-"))
}

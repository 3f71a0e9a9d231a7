//! What the session tells the tool as cargo's wrapper of rustc.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::record::Role;
use crate::cargo::invocation::Invocation;

/// The variable that makes this program a wrapper: the path of a [`WrapperPlan`].
pub(crate) const WRAPPER_VARIABLE: &str = "HOTMOD_WRAPPER";

/// What the wrapper must know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WrapperPlan {
    /// Where records are kept.
    pub(crate) units: PathBuf,
    /// Where shared dylibs are kept.
    pub(crate) shared: PathBuf,
    /// What the host's link had to set aside, a line each, for the session to say.
    pub(crate) notes: PathBuf,
    /// What rustc says of its version.
    pub(crate) rustc: String,
    /// Where libstd is, for the target.
    pub(crate) target_libdir: PathBuf,
    pub(crate) libstd: PathBuf,
    pub(crate) host: Member,
    pub(crate) group: Vec<Member>,
}

/// A unit of the workspace, as the environment of its rustc names it.
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

/// Whether a path is that of a build of the crate `hotmod`.
pub(crate) fn is_runtime(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("libhotmod-"))
}

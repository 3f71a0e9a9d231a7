//! The tool as cargo's `RUSTC_WORKSPACE_WRAPPER`: records what cargo runs, and compiles the host
//! against the shared dylib.
//!
//! It knows nothing of the session but the [`WrapperPlan`] that the session wrote for it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::changed_environment::ChangedEnvironment;
use super::diagnostics::WIDTH_VARIABLE;
use super::invocation::Invocation;
use super::linker::{LinkJob, Purpose};
use super::record::{Record, Role, TOOL, symbols_file};
use super::script::shim;
use super::shared;
use crate::check::Identity;
use crate::lifetime::die_with_parent;

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
    fn is_script_of_group(&self, invocation: &Invocation) -> bool {
        let directory = invocation.environment.get("CARGO_MANIFEST_DIR");
        let name = invocation.crate_name().unwrap_or_default();
        let mut group = self.group.iter();
        name.starts_with("build_script_")
            && invocation.crate_types().any(|kind| kind == "bin")
            && group.any(|it| directory.is_some_and(|folder| it.directory == Path::new(folder)))
    }

    fn role(&self, invocation: &Invocation) -> Option<Role> {
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

/// Runs as a wrapper: `arguments` are rustc's path and arguments.
///
/// # Errors
/// Anything that keeps rustc from being run; cargo shows it as the unit's failure.
pub(crate) fn run(
    plan: &Path,
    mut arguments: impl Iterator<Item = OsString>,
) -> Result<std::convert::Infallible, WrapperError> {
    let plan: WrapperPlan = serde_json::from_slice(&fs::read(plan)?).map_err(io::Error::from)?;
    let rustc = arguments.next().ok_or(WrapperError::NoRustc)?;
    let recorded = Invocation::of_this_process(rustc, arguments)?;
    let mut invocation = recorded.clone();
    if plan.is_script_of_group(&recorded) {
        let status = die_with_parent(&mut command_of(&recorded)).status()?;
        if status.success() {
            shim::install(&recorded)?;
        }
        std::process::exit(status.code().unwrap_or(1));
    }
    let (Some(role), Some(unit)) = (plan.role(&recorded), recorded.unit()) else {
        return Err(command_of(&recorded).exec().into());
    };
    if let Ok(width) = env::var(WIDTH_VARIABLE) {
        invocation.set_width(width);
    }
    let runtime = runtime_name(&recorded).map(str::to_owned);
    let (mut shared, mut identity) = (None, None);
    if let Some(flavour) = role.flavour() {
        set_flavour(&mut invocation, flavour, runtime.as_deref());
    }
    if role == Role::Host {
        refuse_what_cannot_be_dynamic(&recorded)?;
        let library = shared::build(&plan, &recorded)?;
        link_dynamically(&mut invocation, &plan, &unit, &library)?;
        shared = Some(library);
        let made_of = identity_of(&plan, &recorded)?;
        // `#[hotmod::main]` puts it into the program.
        let number = format!("{:016x}", made_of.digest());
        let environment = &mut invocation.environment;
        environment.insert("HOTMOD_IDENTITY".to_owned(), number);
        identity = Some(made_of);
    }
    let environment = ChangedEnvironment::of_wrapped(&recorded.environment);
    let record = Record {
        tool: TOOL.to_owned(),
        role,
        environment: environment.ok_or(WrapperError::NoEnvironment)?,
        began: SystemTime::now(),
        invocation: recorded,
        runtime,
        shared,
        identity,
    };
    record.store(&plan.units, &unit)?;
    Err(command_of(&invocation).exec().into())
}

/// What the host and each generation must have in common.
fn identity_of(plan: &WrapperPlan, host: &Invocation) -> io::Result<Identity> {
    let mut settings = shared::codegen_options(host);
    settings.push(plan.rustc.clone());
    for name in ["panic", "embed-bitcode"] {
        settings.push(host.codegen(name).unwrap_or_default().to_owned());
    }
    settings.extend(host.values("--target").map(str::to_owned));
    Identity::of(settings, &plan.libstd, shared::rlibs(plan, host))
}

/// Here, unlike in a replay, cargo's jobserver is there to be used.
fn command_of(invocation: &Invocation) -> std::process::Command {
    let mut command = invocation.command();
    for name in ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Role {
    fn flavour(self) -> Option<&'static str> {
        match self {
            Role::Host => Some("host"),
            Role::Baseline => Some("baseline"),
            Role::Unmarked => None,
        }
    }
}

/// Tells the attributes what they are expanded for.
pub(crate) fn set_flavour(invocation: &mut Invocation, flavour: &str, runtime: Option<&str>) {
    let environment = &mut invocation.environment;
    environment.insert("HOTMOD_FLAVOUR".to_owned(), flavour.to_owned());
    if let Some(runtime) = runtime {
        environment.insert("HOTMOD_CRATE".to_owned(), runtime.to_owned());
    }
    // What the attributes make is not what `#![forbid(unsafe_code)]` is about, and can't allow
    // itself otherwise. Cargo has the flag for no crate of a workspace; `RUSTFLAGS` may.
    if invocation.values("--cap-lints").next().is_none() {
        invocation.push(["--cap-lints", "warn"]);
    }
}

/// The name by which a crate knows the runtime: a renamed dependency has another one.
fn runtime_name(invocation: &Invocation) -> Option<&str> {
    invocation
        .externs()
        .find(|found| is_runtime(found.path))
        .map(|found| found.name)
}

/// Whether a path is that of a build of the crate `hotmod`.
pub(crate) fn is_runtime(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("libhotmod-"))
}

/// rustc would say so too, but not which line to change.
pub(super) fn refuse_what_cannot_be_dynamic(host: &Invocation) -> Result<(), WrapperError> {
    let static_runtime = host
        .codegen_options()
        .any(|option| option.starts_with("target-feature") && option.contains("+crt-static"));
    if static_runtime {
        return Err(WrapperError::Setting("crt-static"));
    }
    if host.codegen("panic") == Some("abort") {
        return Err(WrapperError::Setting("panic=abort"));
    }
    // Its symbols tell no names.
    if host.codegen("symbol-mangling-version") == Some("hashed") {
        return Err(WrapperError::Setting("symbol-mangling-version=hashed"));
    }
    if matches!(host.codegen("lto"), Some("" | "yes" | "fat" | "thin")) {
        return Err(WrapperError::Setting("lto"));
    }
    Ok(())
}

fn link_dynamically(
    invocation: &mut Invocation,
    plan: &WrapperPlan,
    unit: &str,
    library: &Path,
) -> io::Result<()> {
    invocation.push(["-C", "prefer-dynamic", "--extern"]);
    invocation.push([format!("hotmod_shared={}", library.display())]);
    for directory in [&plan.shared, &plan.target_libdir] {
        invocation.push([
            "-C".to_owned(),
            format!("link-arg=-Wl,-rpath,{}", directory.display()),
        ]);
    }
    let purpose = Purpose::Host {
        crate_name: plan.host.crate_name.clone(),
        shared: library.to_owned(),
        libstd: plan.libstd.clone(),
        opt_level: invocation.codegen("opt-level").unwrap_or("0").to_owned(),
        notes: plan.notes.clone(),
        units: plan.units.clone(),
        symbols: symbols_file(&plan.units, unit),
    };
    LinkJob::take_over(invocation, purpose, &plan.shared)
}

/// Why a wrapped rustc was not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrapperError {
    #[error("this is a wrapper for rustc, and cargo gave it no rustc to run")]
    NoRustc,
    #[error("cargo did not pass on the environment variables that the session gave it")]
    NoEnvironment,
    #[error(
        "`{0}` does not work in a session, whose program loads its code while it runs\n\
         help: take it out of `RUSTFLAGS` and of `rustflags` in `.cargo/config.toml`"
    )]
    Setting(&'static str),
    #[error("the shared dylib could not be built:\n{0}")]
    Shared(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        for (option, refused) in [
            ("symbol-mangling-version=hashed", true),
            ("symbol-mangling-version=v0", false),
            ("panic=abort", true),
            ("lto=thin", true),
            ("target-feature=+crt-static", true),
            ("opt-level=3", false),
        ] {
            let host = Invocation {
                program: "rustc".into(),
                arguments: vec!["-C".to_owned(), option.to_owned()],
                environment: std::collections::BTreeMap::new(),
                directory: "/".into(),
            };
            let found = refuse_what_cannot_be_dynamic(&host);
            assert_eq!(found.is_err(), refused, "{option}");
        }
    }
}

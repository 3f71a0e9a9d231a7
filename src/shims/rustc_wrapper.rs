//! The tool as cargo's `RUSTC_WORKSPACE_WRAPPER`: records cargo's commands, and compiles the host
//! against the shared dylib.
//!
//! Its only input from the session is the [`WrapperPlan`].

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::base::termination::die_with_parent;
use crate::cargo::changed_environment::ChangedEnvironment;
use crate::cargo::diagnostics::WIDTH_VARIABLE;
use crate::cargo::invocation::Invocation;
use crate::cargo::unsupported::{Unsupported, refuse_what_cannot_be_dynamic};
use crate::compat::Identity;
use crate::compile::flavour::set_flavour;
use crate::compile::link::job::{HostLink, LinkJob, Purpose};
use crate::compile::link::shared;
use crate::compile::link::shared::SharedError;
use crate::compile::record::{Record, Role, TOOL, code_file, symbols_file};
use crate::compile::script::shim;
use crate::compile::wrapper_plan::{WrapperPlan, is_runtime};

/// Runs as a wrapper: `arguments` are rustc's path and arguments.
///
/// # Errors
/// Fails if rustc can't be run. Cargo shows the error as a failure of the unit.
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
        link_dynamically(&mut invocation, &plan, &recorded, &unit, &library)?;
        shared = Some(library);
        let made_of = identity_of(&plan, &recorded)?;
        // `#[hotmod::main]` compiles it into the program.
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

/// The identity that the host and each generation must have in common.
fn identity_of(plan: &WrapperPlan, host: &Invocation) -> io::Result<Identity> {
    let mut settings = shared::codegen_options(host);
    settings.push(plan.rustc.clone());
    for name in ["panic", "embed-bitcode"] {
        settings.push(host.codegen(name).unwrap_or_default().to_owned());
    }
    settings.extend(host.values("--target").map(str::to_owned));
    Identity::of(settings, &plan.libstd, shared::rlibs(plan, host))
}

/// The command with cargo's jobserver, which a replay does not have.
fn command_of(invocation: &Invocation) -> std::process::Command {
    let mut command = invocation.command();
    for name in ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// The name of the runtime in a crate's dependencies, which can be renamed.
fn runtime_name(invocation: &Invocation) -> Option<&str> {
    invocation
        .externs()
        .find(|found| is_runtime(found.path))
        .map(|found| found.name)
}

fn link_dynamically(
    invocation: &mut Invocation,
    plan: &WrapperPlan,
    recorded: &Invocation,
    unit: &str,
    library: &Path,
) -> io::Result<()> {
    invocation.push(["-C", "prefer-dynamic", "--extern"]);
    let name = shared::steady_name(plan, unit, library)?;
    invocation.push([format!("hotmod_shared={}", name.display())]);
    for directory in [&plan.shared, &plan.target_libdir] {
        invocation.push([
            "-C".to_owned(),
            format!("link-arg=-Wl,-rpath,{}", directory.display()),
        ]);
    }
    let mut records = Record::of_dependencies(&plan.units, recorded);
    records.retain(|_, it| it.is_rlib());
    let group = records.values().filter(|it| it.role == Role::Baseline);
    let of_group = group.flat_map(|it| Record::of_dependencies(&plan.units, &it.invocation));
    let shared = of_group.filter(|(_, it)| it.role != Role::Baseline);
    let shared: BTreeSet<PathBuf> = shared.map(|(path, _)| path).collect();
    let rlib = |path: PathBuf| path.with_extension("rlib");
    let (libraries, rlibs) = records
        .into_keys()
        .partition::<Vec<_>, _>(|it| shared.contains(it));
    let paths = recorded.values("-L");
    let folders = paths.filter_map(|it| it.strip_prefix("dependency="));
    let purpose = HostLink {
        crate_name: plan.host.crate_name.clone(),
        shared: library.to_owned(),
        libstd: plan.libstd.clone(),
        opt_level: invocation.codegen("opt-level").unwrap_or("0").to_owned(),
        notes: plan.notes.clone(),
        units: plan.units.clone(),
        symbols: symbols_file(&plan.units, unit),
        code: code_file(&plan.units, unit),
        rlibs: rlibs.into_iter().map(rlib).collect(),
        libraries: libraries.into_iter().map(rlib).collect(),
        folders: folders.map(PathBuf::from).collect(),
        comparison: plan.comparison.clone(),
    };
    let purpose = Purpose::Host(Box::new(purpose));
    LinkJob::take_over(invocation, purpose, &plan.shared)
}

/// Why the wrapped rustc was not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrapperError {
    #[error("this is a wrapper for rustc, but cargo passed no rustc to run")]
    NoRustc,
    #[error("cargo did not pass the session's environment variables to the wrapper")]
    NoEnvironment,
    #[error(transparent)]
    Setting(#[from] Unsupported),
    #[error(transparent)]
    Shared(#[from] SharedError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

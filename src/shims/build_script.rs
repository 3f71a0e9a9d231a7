//! The tool as a build script: records how cargo runs the script, and replaces itself with it.

use std::convert::Infallible;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::cargo::changed_environment::{ChangedEnvironment, of_this_process};
use crate::compile::script::shim::Run;
use crate::compile::wrapper_plan::{WRAPPER_VARIABLE, WrapperPlan};

/// Replaces this process with the real build script.
///
/// # Errors
/// Fails if the script can't be run.
pub(crate) fn run(
    script: &Path,
    program: &Path,
    arguments: impl Iterator<Item = OsString>,
) -> io::Result<Infallible> {
    let environment = ChangedEnvironment::of_wrapped(&of_this_process());
    if let (Some(plan), Some(out_dir), Some(environment)) = (
        env::var_os(WRAPPER_VARIABLE),
        env::var_os("OUT_DIR"),
        environment,
    ) {
        let plan: WrapperPlan = serde_json::from_slice(&fs::read(plan)?)?;
        Run::record(
            &plan.units,
            script,
            program,
            Path::new(&out_dir),
            environment,
        )?;
    }
    Err(Command::new(program).arg0(script).args(arguments).exec())
}

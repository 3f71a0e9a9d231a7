//! Makes existing crates of the workspace reloadable.

use cargo_metadata::Package;

use super::manifests::{Manifests, folder_of};
use super::plan::Plan;
use super::workspace::{Workspace, library};
use super::{InitError, async_calls, host};

/// Plans to mark the crates with these names or globs as reloadable, and to let the host use them.
pub(crate) fn plan(
    workspace: &Workspace,
    names: &[String],
    host: Option<&str>,
) -> Result<Plan, InitError> {
    let packages = workspace.select(names)?;
    let sources = packages
        .iter()
        .map(|package| source(workspace, package))
        .collect::<Result<Vec<_>, _>>()?;
    let host = workspace.host(host, &packages)?;
    let mut manifests = Manifests::of(workspace);
    for package in &packages {
        mark(workspace, &mut manifests, package, host)?;
    }
    let (main, by_hand) = host::set_up(workspace, &mut manifests, host)?;
    let changes: Vec<_> = manifests.changes().chain(main).collect();
    if changes.is_empty() && by_hand.is_none() {
        return Err(InitError::NothingToDo(names.to_vec()));
    }
    let sources = sources.join("`, `");
    let async_calls = async_calls::find(workspace, &packages, host);
    let mut next: Vec<_> = to_mark(&async_calls, &sources).into_iter().collect();
    next.push(("Run", format!("`{}`", workspace.run_command(host))));
    next.push((
        "Edit",
        format!("`{sources}` while the program is running, and save it"),
    ));
    Ok(Plan {
        changes,
        member: None,
        by_hand: by_hand.into_iter().collect(),
        notes: joined(&workspace.joined(host, &packages)?),
        next,
    })
}

/// The step of marking functions, if it is needed.
fn to_mark(async_calls: &[String], sources: &str) -> Option<(&'static str, String)> {
    if !cfg!(target_arch = "x86_64") {
        let functions = format!("the functions that the program calls in `{sources}`");
        return Some(("Mark", format!("{functions} with `#[hotmod::hot]`")));
    }
    let places = async_calls.join(" ");
    let command = format!("`cargo hotmod init --mark {places}`");
    let text = format!("the `async` functions that the program calls: {command}");
    (!places.is_empty()).then_some(("Mark", text))
}

/// The root source file of a package's library, relative to the workspace's root.
fn source(workspace: &Workspace, package: &Package) -> Result<String, InitError> {
    let name = || package.name.to_string();
    if package.targets.iter().any(|target| target.is_proc_macro()) {
        return Err(InitError::ProcMacro(name()));
    }
    let library = library(package).ok_or_else(|| InitError::NoLibrary(name()))?;
    let path = library.src_path.as_std_path();
    let path = path.strip_prefix(workspace.root()).unwrap_or(path);
    Ok(path.display().to_string())
}

fn mark(
    workspace: &Workspace,
    manifests: &mut Manifests,
    package: &Package,
    host: &Package,
) -> Result<(), InitError> {
    let is_own = host.id == package.id;
    if !is_own && workspace.reaches(package, host) {
        return Err(InitError::Cycle {
            host: host.name.to_string(),
            name: package.name.to_string(),
        });
    }
    manifests.of_package(package)?.mark()?;
    manifests.depend_on_runtime(workspace, package)?;
    if !is_own && !workspace.reaches(host, package) {
        manifests.depend_on(host, &package.name, &folder_of(package))?;
    }
    Ok(())
}

/// What to say about crates that are reloaded without a mark.
fn joined(found: &[(&Package, [&Package; 2])]) -> Vec<String> {
    let mut notes: Vec<String> = found
        .iter()
        .map(|(package, [base, top])| {
            format!(
                "`{}` will be reloaded too: it depends on `{}`, and `{}` depends on it",
                package.name, base.name, top.name
            )
        })
        .collect();
    if !notes.is_empty() {
        notes.push(
            "a reload resets the statics of each reloadable crate, except those in `hotmod::keep!`"
                .to_owned(),
        );
    }
    notes
}

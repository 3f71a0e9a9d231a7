//! Makes an existing crate of the workspace reloadable.

use super::manifests::{Manifests, folder_of};
use super::plan::Plan;
use super::workspace::{Workspace, library};
use super::{InitError, host};

/// Plans to mark the crate as reloadable, and to let the host use it.
pub(crate) fn plan(
    workspace: &Workspace,
    name: &str,
    host: Option<&str>,
) -> Result<Plan, InitError> {
    let package = workspace.package(name)?;
    if package.targets.iter().any(|target| target.is_proc_macro()) {
        return Err(InitError::ProcMacro(name.to_owned()));
    }
    let Some(library) = library(package) else {
        return Err(InitError::NoLibrary(name.to_owned()));
    };
    let host = workspace.host(host)?;
    let is_own = host.id == package.id;
    if !is_own && workspace.reaches(package, host) {
        return Err(InitError::Cycle {
            host: host.name.to_string(),
            name: name.to_owned(),
        });
    }

    let mut manifests = Manifests::of(workspace);
    manifests.of_package(package)?.mark()?;
    manifests.depend_on_runtime(workspace, package)?;
    if !is_own && !workspace.reaches(host, package) {
        manifests.depend_on(host, name, &folder_of(package))?;
    }
    let (main, by_hand) = host::set_up(workspace, &mut manifests, host)?;
    let changes: Vec<_> = manifests.changes().chain(main).collect();
    if changes.is_empty() && by_hand.is_none() {
        return Err(InitError::NothingToDo(name.to_owned()));
    }
    let source = library.src_path.as_std_path();
    let source = source.strip_prefix(workspace.root()).unwrap_or(source);
    let source = source.display();
    Ok(Plan {
        changes,
        member: None,
        by_hand: by_hand.into_iter().collect(),
        next: vec![
            (
                "Mark",
                format!(
                    "the functions that the program calls: put `#[hotmod::hot]` above each such \
                     `fn` or `impl` in `{source}`"
                ),
            ),
            ("Run", format!("`{}`", workspace.run_command(host))),
            (
                "Edit",
                format!("`{source}` while the program is running, and save it"),
            ),
        ],
    })
}

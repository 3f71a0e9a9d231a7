//! Prepares the host: adds the runtime, and the attribute on its `main`.

use cargo_metadata::Package;

use crate::error::Error;

use super::InitError;
use super::change::{Change, read};
use super::manifests::Manifests;
use super::workspace::{Workspace, program, runtime_key};
use crate::commands::init::main_function;
use crate::commands::init::main_function::Marked;

/// The change to the host's source, if any, and a message if the user has to change it.
pub(crate) fn set_up(
    workspace: &Workspace,
    manifests: &mut Manifests,
    host: &Package,
) -> Result<(Option<Change>, Option<String>), InitError> {
    manifests.depend_on_runtime(workspace, host)?;
    let key = runtime_key(host).unwrap_or("hotmod").replace('-', "_");
    let by_hand = format!(
        "could not find the `fn main` of `{}`: put `#[{key}::main]` above it, before its other \
         attributes",
        main_file(workspace, host)
    );
    let Some(target) = program(host) else {
        return Ok((None, Some(by_hand)));
    };
    let path = target.src_path.as_std_path();
    let source = read(path).map_err(Error::file(path, "read"))?;
    let source = source.unwrap_or_default();
    Ok(match main_function::mark(&source, &key) {
        Marked::Already => (None, None),
        Marked::Unclear => (None, Some(by_hand)),
        Marked::Now(after) => (
            Some(Change {
                path: path.to_owned(),
                before: Some(source),
                after: Some(after),
            }),
            None,
        ),
    })
}

/// The file with the host's `main`, relative to the root, or the package if it has several.
pub(crate) fn main_file(workspace: &Workspace, host: &Package) -> String {
    match program(host) {
        Some(target) => {
            let path = target.src_path.as_std_path();
            let path = path.strip_prefix(workspace.root()).unwrap_or(path);
            path.display().to_string()
        }
        None => host.name.to_string(),
    }
}

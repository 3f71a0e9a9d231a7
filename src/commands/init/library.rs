//! Creates a reloadable crate in a workspace, in the style of its neighbours.

use std::path::PathBuf;

use cargo_metadata::Package;

use super::change::Change;
use super::manifest::{Manifest, Source};
use super::manifests::Manifests;
use super::plan::Plan;
use super::workspace::{Workspace, is_member};
use super::{InitError, host, name};

/// Keys of `[workspace.package]` that members can inherit.
const INHERITABLE: [&str; 15] = [
    "authors",
    "categories",
    "description",
    "documentation",
    "edition",
    "exclude",
    "homepage",
    "include",
    "keywords",
    "license",
    "license-file",
    "publish",
    "readme",
    "repository",
    "rust-version",
];

/// Plans to add a crate with this name, and to let the host use it.
pub(crate) fn plan(
    workspace: &Workspace,
    name: &str,
    host: Option<&str>,
) -> Result<Plan, InitError> {
    name::check(name)?;
    let host = workspace.host(host, &[])?;
    let mut manifests = Manifests::of(workspace);
    manifests.check_name(workspace, host, name)?;
    let relative = workspace.crates_folder().join(name);
    let folder = workspace.root().join(&relative);
    if folder.symlink_metadata().is_ok() {
        return Err(InitError::FolderExists(relative));
    }

    let runtime = manifests.runtime(workspace, &folder)?;
    let root = manifests.root()?;
    let member = relative.display().to_string();
    if !is_member(root, &member) {
        root.add_member(&member)?;
    }
    let manifest = manifest(root, name, host, &runtime)?;
    manifests.depend_on(host, name, &folder)?;
    let (main, by_hand) = host::set_up(workspace, &mut manifests, host)?;

    let mut changes: Vec<_> = manifests.changes().chain(main).collect();
    changes.push(Change::create(folder.join("Cargo.toml"), manifest));
    changes.push(Change::create(folder.join("src/lib.rs"), source(name)));
    let call = format!("{}::greeting(\"world\")", name.replace('-', "_"));
    Ok(Plan {
        changes,
        member: Some(name.to_owned()),
        by_hand: by_hand.into_iter().collect(),
        notes: Vec::new(),
        next: vec![
            (
                "Call",
                format!("`{call}` from `{}`", host::main_file(workspace, host)),
            ),
            ("Run", format!("`{}`", workspace.run_command(host))),
            (
                "Edit",
                format!(
                    "`{}` while the program is running, and save it",
                    lib(&relative)
                ),
            ),
        ],
    })
}

fn lib(folder: &std::path::Path) -> String {
    folder.join("src/lib.rs").display().to_string()
}

/// The new crate's manifest.
fn manifest(
    root: &Manifest,
    name: &str,
    host: &Package,
    runtime: &Source,
) -> Result<String, InitError> {
    const PACKAGE: [&str; 2] = ["workspace", "package"];
    let inherited = root.keys(&PACKAGE);
    let mut text = format!("[package]\nname = \"{name}\"\n");
    text += match inherited.contains(&"version") {
        true => "version.workspace = true\n",
        false => "version = \"0.1.0\"\n",
    };
    if !inherited.contains(&"edition") {
        text += &format!("edition = \"{}\"\n", host.edition);
    }
    for key in inherited.iter().filter(|key| INHERITABLE.contains(key)) {
        text += &format!("{key}.workspace = true\n");
    }
    text += "\n[package.metadata.hotmod]\nreloadable = true\n\n[dependencies]\n";
    if root.get(&["workspace", "lints"]).is_some() {
        text += "\n[lints]\nworkspace = true\n";
    }
    let mut manifest = Manifest::parse(&PathBuf::from("Cargo.toml"), text)?;
    manifest.add_dependency(&["dependencies"], "hotmod", runtime)?;
    Ok(manifest.text())
}

/// The new crate's source: an entry point and a test for it.
fn source(name: &str) -> String {
    format!(
        "//! Edit this file while the program is running, and save it.

/// Returns a greeting. `#[hotmod::hot]` makes this function an entry point, so that the rest of the
/// program always calls its newest version.
#[hotmod::hot]
#[must_use]
pub fn greeting(name: &str) -> String {{
    format!(\"Hello, {{name}}, from {name}\")
}}

#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn the_greeting_contains_the_name() {{
        assert!(greeting(\"bob\").contains(\"bob\"));
    }}
}}
"
    )
}

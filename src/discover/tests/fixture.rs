//! A workspace in a temporary folder, and what to run `discover` on it with.
//!
//! It knows nothing of what a test expects.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::base::child_process::Cancel;
use crate::discover::{DiscoverError, Plan, Selection, discover};

/// The source of a host.
pub(super) const MAIN: &str = "#[hotmod::main]\nfn main() {}\n";

pub(super) struct Fixture {
    folder: TempDir,
    pub(super) selection: Selection,
}

impl Fixture {
    /// A virtual workspace of these members, with further lines in its manifest, and the runtime
    /// beside it.
    pub(super) fn workspace(members: &str, lines: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let selection = Selection {
            offline: true,
            ..Selection::default()
        };
        let list = members
            .split(' ')
            .map(|name| format!("{name:?}"))
            .collect::<Vec<_>>()
            .join(", ");
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{list}]\n{lines}");
        Fixture { folder, selection }
            .write("w/Cargo.toml", &manifest)
            .manifest("hotmod", "[workspace]\n")
            .write("hotmod/src/lib.rs", "")
            .manifest("hotmod-web", "[workspace]\n")
            .write("hotmod-web/src/lib.rs", "")
            .inside("w")
    }

    /// Two crates, one on the other, and a program: `app` → `screens` → `base`, with nothing
    /// marked.
    pub(super) fn plain(lines: &str) -> Self {
        Fixture::workspace("app screens base", lines)
            .library("base", "")
            .library("screens", &dependencies("base"))
            .binary("app", &dependencies("screens hotmod"))
    }

    /// [`Fixture::plain`] with `screens` marked.
    pub(super) fn marked() -> Self {
        Fixture::plain(&list(&["screens"]))
    }

    pub(super) fn library(self, name: &str, lines: &str) -> Self {
        self.manifest(&format!("w/{name}"), lines)
            .write(&format!("w/{name}/src/lib.rs"), "")
    }

    pub(super) fn binary(self, name: &str, lines: &str) -> Self {
        self.manifest(&format!("w/{name}"), lines)
            .write(&format!("w/{name}/src/main.rs"), MAIN)
    }

    /// A manifest whose package is called like its folder; nothing else of the package.
    pub(super) fn manifest(self, folder: &str, lines: &str) -> Self {
        let name = Path::new(folder)
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a folder with a name");
        let head = format!("[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        self.write(&format!("{folder}/Cargo.toml"), &format!("{head}{lines}"))
    }

    pub(super) fn write(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    /// Runs in that folder, or rather as if one stood there: the current directory is the whole
    /// process's.
    pub(super) fn inside(mut self, folder: &str) -> Self {
        self.selection.manifest_path = Some(self.path(folder).join("Cargo.toml"));
        self
    }

    pub(super) fn select(mut self, change: impl FnOnce(&mut Selection)) -> Self {
        change(&mut self.selection);
        self
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn discover(&self) -> Result<Plan, DiscoverError> {
        self.discover_until(&Cancel::default())
    }

    pub(super) fn discover_until(&self, cancel: &Cancel) -> Result<Plan, DiscoverError> {
        discover(&self.selection, cancel)
    }

    pub(super) fn plan(&self) -> Plan {
        self.discover()
            .unwrap_or_else(|error| panic!("{error}\n{:?}", error.help()))
    }

    /// A text without the temporary folder's name.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// `[dependencies]` on packages of the workspace, and on the runtime.
pub(super) fn dependencies(names: &str) -> String {
    let line = |name: &str| match name {
        "hotmod" | "hotmod-web" => format!("{name} = {{ path = \"../../{name}\" }}\n"),
        name => format!("{name} = {{ path = \"../{name}\" }}\n"),
    };
    format!(
        "[dependencies]\n{}",
        names.split(' ').map(line).collect::<String>()
    )
}

/// The workspace's list.
pub(super) fn list(entries: &[&str]) -> String {
    format!("[workspace.metadata.hotmod]\nreloadable = {entries:?}\n")
}

/// The package's own word.
pub(super) fn reloadable(word: bool) -> String {
    format!("[package.metadata.hotmod]\nreloadable = {word}\n")
}

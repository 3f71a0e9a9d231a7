//! Copies of the workspace in the folder beside this file.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::number;
use crate::support::workspace::{Workspace, filler};

/// What most crates have beside their own few lines.
const LINES: u32 = 2_000;
const LARGE: [&str; 7] = [
    "layout", "model", "notes", "queries", "store", "users", "web",
];

pub(crate) struct Server {
    root: PathBuf,
}

impl Server {
    /// The workspace without marks, never built unless `WARM` is set.
    pub(crate) fn generate(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("server")
            .join(name);
        match std::env::var_os("WARM") {
            Some(_) => drop(fs::remove_dir_all(root.join("target/hotmod"))),
            None => drop(fs::remove_dir_all(&root)),
        }
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/server/workspace");
        copy_folder(&from, &root);
        fs::rename(root.join("Cargo.toml.in"), root.join("Cargo.toml")).expect("a manifest");
        let lines = number("LINES", LINES) as usize;
        for name in LARGE {
            fs::write(root.join(name).join("src/filler.rs"), filler(lines)).expect("a source");
        }
        Server { root }
    }

    /// The same at another place, with what was built.
    pub(crate) fn copy(&self, name: &str) -> Self {
        let root = self.root.with_file_name(name);
        let _ = fs::remove_dir_all(&root);
        let copied = Command::new("cp")
            .arg("-a")
            .args([&self.root, &root])
            .status();
        assert!(copied.expect("cp").success());
        Server { root }
    }

    /// Marks all crates that show something, and joins the program to sessions.
    pub(crate) fn mark(&self) {
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hotmod");
        let dependency = format!("[workspace.dependencies]\nhotmod = {{ path = {runtime:?} }}");
        self.edit("Cargo.toml", "[workspace.dependencies]", &dependency);
        let manifest = self.root.join("Cargo.toml");
        let marks = "\n[workspace.metadata.hotmod]\nreloadable = [\"assets\", \"layout\", \
                     \"notes\", \"queries\", \"users\", \"web\"]\n";
        let text = fs::read_to_string(&manifest).expect("a manifest") + marks;
        fs::write(manifest, text).expect("a manifest");
        for name in ["app", "web"] {
            let depends = "[dependencies]\nhotmod.workspace = true";
            self.edit(&format!("{name}/Cargo.toml"), "[dependencies]", depends);
        }
        self.edit(
            "app/src/main.rs",
            "#[tokio::main]",
            "#[hotmod::main]\n#[tokio::main]",
        );
        self.edit(
            "web/src/lib.rs",
            "pub async fn",
            "#[hotmod::hot]\npub async fn",
        );
    }

    /// Replaces a text that must be there.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "no `{from}` in `{file}`");
        fs::write(path, text.replacen(from, to, 1)).expect("a file");
    }

    /// How long cargo takes to build the program.
    pub(crate) fn build(&self) -> Duration {
        let begun = Instant::now();
        let mut cargo = Command::new("cargo");
        let cargo = cargo.args(["build", "--quiet", "--package", "app"]);
        let built = cargo.current_dir(&self.root).status().expect("cargo");
        assert!(built.success(), "the server does not build");
        begun.elapsed()
    }

    pub(crate) fn as_workspace(&self) -> Workspace {
        Workspace {
            root: self.root.clone(),
        }
    }

    /// The crates of registries that are not in the session's target directory as links to what cargo
    /// had built before.
    pub(crate) fn compiled_by_session(&self) -> Vec<String> {
        let mut own: BTreeSet<String> = ["hotmod", "hotmod_macros", "hotmod_protocol"]
            .map(str::to_owned)
            .into();
        for entry in fs::read_dir(&self.root).expect("a folder").flatten() {
            own.insert(entry.file_name().to_string_lossy().into_owned());
        }
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(self.root.join("target/hotmod"))
            .expect("a folder")
            .flatten()
        {
            if entry.file_name() != "session" {
                new_libraries(&entry.path(), &mut names);
            }
        }
        names.difference(&own).cloned().collect()
    }
}

/// The crates of libraries that have one name alone on the disk.
fn new_libraries(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else {
            continue;
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_library = path
            .extension()
            .is_some_and(|it| it == "rlib" || it == "so");
        if metadata.is_dir() {
            new_libraries(&path, names);
        } else if is_library
            && metadata.nlink() == 1
            && let Some(name) = stem.strip_prefix("lib")
        {
            let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
            names.insert(name.to_owned());
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(path, target).expect("a file");
        }
    }
}

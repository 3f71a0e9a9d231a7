//! Copies of the workspace in the folder beside this file.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hotmod_testkit::{Workspace, files, repository};

use crate::support::number;
use crate::support::workspace::filler;

/// What most crates have beside their own few lines.
const LINES: u32 = 2_000;
const LARGE: [&str; 7] = [
    "layout", "model", "notes", "queries", "store", "users", "web",
];

pub(crate) struct Server(Workspace);

impl Server {
    /// The workspace without marks, never built unless `WARM` is set.
    pub(crate) fn generate(name: &str) -> Self {
        let workspace = Workspace::named(&format!("server/{name}"));
        let built = match std::env::var_os("WARM") {
            Some(_) => workspace.target().join("hotmod"),
            None => workspace.root().to_owned(),
        };
        let _ = fs::remove_dir_all(built);
        let source = repository().join("benches/server/workspace");
        for file in files(&source) {
            let text = fs::read_to_string(&file).expect("a text");
            workspace.write_if_new(file.strip_prefix(&source).expect("a file of it"), &text);
        }
        let filler = filler(number("LINES", LINES) as usize);
        for name in LARGE {
            workspace.write_if_new(format!("{name}/src/filler.rs"), &filler);
        }
        Server(workspace)
    }

    /// The same at another place, with what was built.
    pub(crate) fn copy(&self, name: &str) -> Self {
        Server(self.0.copied_to(name))
    }

    /// Marks all crates that show something, and joins the program to sessions.
    pub(crate) fn mark(&self) {
        let runtime = repository().join("crates/hotmod");
        let dependency = format!("[workspace.dependencies]\nhotmod = {{ path = {runtime:?} }}");
        self.edit("Cargo.toml", "[workspace.dependencies]", &dependency);
        let marks = "\n[workspace.metadata.hotmod]\nreloadable = [\"assets\", \"layout\", \
                     \"notes\", \"queries\", \"users\", \"web\"]\n";
        let text = self.0.read("Cargo.toml") + marks;
        self.0.write("Cargo.toml", &text);
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
        let text = self.0.read(file);
        assert!(text.contains(from), "no `{from}` in `{file}`");
        self.0.write(file, &text.replacen(from, to, 1));
    }

    /// How long cargo takes to build the program.
    pub(crate) fn build(&self) -> Duration {
        let begun = Instant::now();
        let mut cargo = self.0.command("cargo");
        let cargo = cargo.args(["build", "--quiet", "--package", "app"]);
        let built = cargo.status().expect("cargo");
        assert!(built.success(), "the server does not build");
        begun.elapsed()
    }

    pub(crate) fn workspace(&self) -> &Workspace {
        &self.0
    }

    /// The crates of registries that are not in the session's target directory as links to what cargo
    /// had built before.
    pub(crate) fn compiled_by_session(&self) -> Vec<String> {
        let mut own: BTreeSet<String> = ["hotmod", "hotmod_macros", "hotmod_protocol"]
            .map(str::to_owned)
            .into();
        for entry in fs::read_dir(self.0.root()).expect("a folder").flatten() {
            own.insert(entry.file_name().to_string_lossy().into_owned());
        }
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(self.0.target().join("hotmod"))
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

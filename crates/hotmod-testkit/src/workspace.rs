//! A copy of a fixture that a test can edit.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::{repository, temporary};
use crate::session::Run;
use crate::toolchain;
use crate::warm::once_in_a_run;

/// The one target directory of all copies of a fixture. Two fixtures can't share one: cargo gives
/// their crates of one name the same file name, and takes one's for the other's.
pub fn target_directory(fixture: &Path) -> PathBuf {
    let name = fixture.file_name().unwrap();
    let folder = toolchain::label().map_or("target".to_owned(), |label| format!("target-{label}"));
    temporary().join(folder).join(name)
}

/// The libraries of the checkout that a fixture or a template may depend on.
const LIBRARIES: [&str; 2] = ["hotmod", "hotmod-web"];

fn fixture_named(name: &str) -> PathBuf {
    repository().join("tests/fixtures").join(name)
}

/// A folder that the checkout's configuration of cargo does not reach.
fn outside() -> PathBuf {
    std::env::temp_dir().join("cargo-hotmod-tests")
}

/// A workspace that belongs to one test.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Copies the fixture of this name. `test` is the test's own name: it names the copy.
    pub fn new(fixture: &str, test: &str) -> Self {
        Self::copy_of(&fixture_named(fixture), test)
    }

    /// Copies any folder that is written as fixtures or as templates are. A fixture's manifest
    /// names the checkout's libraries by relative paths. In a template, `Cargo.toml.in` becomes
    /// `Cargo.toml`, and `{{hotmod}}` stands for the library `hotmod`.
    pub fn copy_of(fixture: &Path, test: &str) -> Self {
        Self::copy_to(&temporary(), fixture, test)
    }

    /// Copies a fixture to where the checkout's cargo configuration, which has an alias for the
    /// tool, does not reach.
    pub fn outside_checkout(fixture: &str, test: &str) -> Self {
        Self::copy_to(&outside(), &fixture_named(fixture), test)
    }

    /// An empty folder that no workspace reaches, and a target directory by its name.
    pub fn empty(test: &str, target: &str) -> Self {
        let workspace = Workspace {
            root: outside().join("workspaces").join(test),
            target: target_directory(Path::new(target)),
        };
        let _ = fs::remove_dir_all(&workspace.root);
        fs::create_dir_all(&workspace.root).unwrap();
        workspace
    }

    fn copy_to(folder: &Path, fixture: &Path, test: &str) -> Self {
        let root = folder.join("workspaces").join(test);
        let workspace = Workspace {
            root,
            target: target_directory(fixture),
        };
        workspace.mirror(fixture);
        workspace.warm(fixture);
        workspace
    }

    /// Builds the fixture once, as its user would have, so that its sessions start from there.
    fn warm(&self, fixture: &Path) {
        once_in_a_run(&self.target, || {
            // With the feature and the setting of a session's build: these make other artefacts.
            let host = files(&self.root)
                .into_iter()
                .find(|it| it.ends_with("app/Cargo.toml"));
            let host = host
                .map(|it| fs::read_to_string(it).unwrap())
                .unwrap_or_default();
            let features = match host.contains("hotmod-web") {
                true => "hotmod/live,hotmod-web/live",
                false => "hotmod/live",
            };
            let status = self
                .command("cargo")
                .args(["build", "--quiet", "--features", features])
                .args(["--package", "app"])
                .args(["--config", "profile.dev.package.hotmod.opt-level=3"])
                .status()
                .unwrap();
            assert!(status.success(), "`{}` does not build", fixture.display());
        });
    }

    /// Builds in a target directory of its own, which is empty.
    pub fn with_own_target(mut self) -> Self {
        self.target = self.root.join("target");
        let _ = fs::remove_dir_all(&self.target);
        self
    }

    /// The same at another place, with all that was built in it.
    pub fn copied_to(&self, test: &str) -> Self {
        let root = self.root.with_file_name(test);
        let _ = fs::remove_dir_all(&root);
        let mut copy = Command::new("cp");
        let copied = copy.arg("-a").arg(&self.root).arg(&root).status().unwrap();
        assert!(copied.success());
        let target = root.join(self.target.strip_prefix(&self.root).unwrap());
        Workspace { root, target }
    }

    /// Makes the copy equal to the fixture, and leaves files alone that are: their times say to
    /// cargo that nothing changed since the last run of the test.
    fn mirror(&self, fixture: &Path) {
        assert!(fixture.is_dir(), "no fixture `{}`", fixture.display());
        let libraries = LIBRARIES.map(|name| {
            let folder = format!("crates/{name}");
            (
                name,
                format!("path = {:?}", repository().join(&folder)),
                folder,
            )
        });
        let checkout = |manifest: &Path| {
            let folders = fixture.strip_prefix(repository()).unwrap_or(fixture).iter();
            "../".repeat(folders.count() + manifest.iter().count() - 1)
        };
        let mut wanted = Vec::new();
        for file in files(fixture) {
            let relative = file.strip_prefix(fixture).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            let (relative, text) = if relative.extension() == Some(OsStr::new("in")) {
                let fill = |text: String, (name, dependency, _): &(&str, String, String)| {
                    text.replace(&format!("{{{{{name}}}}}"), dependency)
                };
                (
                    relative.with_extension(""),
                    libraries.iter().fold(text, fill),
                )
            } else if relative.ends_with("Cargo.toml") {
                let checkout = checkout(relative);
                let replace = |text: String, (_, dependency, folder): &(&str, String, String)| {
                    text.replace(&format!("path = \"{checkout}{folder}\""), dependency)
                };
                (relative.to_owned(), libraries.iter().fold(text, replace))
            } else {
                (relative.to_owned(), text)
            };
            self.write_if_new(&relative, &text);
            wanted.push(self.root.join(relative));
        }
        for file in files(&self.root) {
            if !wanted.contains(&file) {
                fs::remove_file(file).unwrap();
            }
        }
    }

    /// A folder below cargo's temporary one, and the target directory in it, as they are.
    pub fn named(name: &str) -> Self {
        let root = temporary().join(name);
        let target = root.join("target");
        Workspace { root, target }
    }

    /// Writes a file unless it is so already: what was built of it stays fresh.
    pub fn write_if_new(&self, path: impl AsRef<Path>, text: &str) {
        let path = path.as_ref();
        if fs::read_to_string(self.root.join(path)).is_ok_and(|is| is == text) {
            return;
        }
        self.write(path, text);
    }

    /// The copy.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where its sessions and its other commands build.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A path in the copy.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// The text of a file.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Writes a file in place.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces a text that must be there.
    pub fn edit(&self, path: impl AsRef<Path>, from: &str, to: &str) {
        let text = self.read(&path);
        assert!(text.contains(from), "no `{from}` in:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    /// A pipe beside the copy, to which nobody will ever write: whoever reads it waits.
    pub fn fifo(&self) -> PathBuf {
        let fifo = self.root.with_extension("fifo");
        let _ = fs::remove_file(&fifo);
        let status = Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(status.success());
        fifo
    }

    /// A session in this workspace, not started yet.
    pub fn run(&self) -> Run<'_> {
        Run::new(self)
    }

    /// One of several sessions in this workspace. `name` names the files of its events and screen.
    pub fn run_as(&self, name: &str) -> Run<'_> {
        Run::new(self).recorded_in(self.root.with_extension(name))
    }

    /// A command in this workspace that builds where its sessions build.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never");
        // The tests run under `cargo test`; the command must not notice.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        // A developer's shell may ask for backtraces, which change what a panic prints.
        for name in ["LD_LIBRARY_PATH", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE"] {
            command.env_remove(name);
        }
        toolchain::select(&mut command);
        command
    }
}

/// All files below a folder but those that were built.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            if entry.file_name() != "target" {
                found.extend(files(&entry.path()));
            }
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// The packages that cargo says it compiled.
pub fn compiled(text: &str) -> Vec<String> {
    let words = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("Compiling")).then(|| words.next().unwrap().to_owned())
    });
    let mut names: Vec<String> = words.collect();
    names.sort();
    names
}

/// Writes a script that can be run.
pub fn write_script(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

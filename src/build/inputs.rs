//! The inputs of a host that no reloadable crate's dep-info names: of unmarked packages, of build
//! scripts, and what users ask to be watched.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cargo_metadata::{Artifact, BuildScript};

use crate::discover::{Plan, Watch};

use super::artifact::{dep_info_file, library_stem};
use super::depinfo;
use super::record::Record;

/// The inputs of what is not reloadable, with the package that each belongs to.
#[derive(Debug, Default)]
pub(crate) struct HostInputs {
    /// Of unmarked packages, their build scripts included.
    pub(crate) unmarked: BTreeMap<PathBuf, String>,
    /// All that a rustc reads, of reloadable crates too, and when the first that reads it was
    /// started, if that was recorded.
    pub(crate) read: BTreeMap<PathBuf, Option<SystemTime>>,
    /// Of build scripts of reloadable packages: cargo runs them, and a replay does not.
    pub(crate) scripts: BTreeMap<PathBuf, String>,
    /// Reloadable packages whose build script cargo runs again whatever changes in them.
    pub(crate) unnamed: Vec<String>,
}

impl HostInputs {
    /// What one rustc read, and when that was started.
    fn add_read(&mut self, inputs: &[PathBuf], began: Option<SystemTime>) {
        for input in inputs {
            let first = self.read.entry(input.clone()).or_insert(began);
            *first = began.min(*first);
        }
    }

    /// The inputs of one unit.
    pub(super) fn add_unit(
        &mut self,
        file: &Path,
        root: &Path,
        package: &str,
        began: Option<SystemTime>,
    ) -> io::Result<()> {
        let inputs = depinfo::inputs(file, root)?;
        self.add_read(&inputs, began);
        for input in inputs {
            self.unmarked.insert(input, package.to_owned());
        }
        Ok(())
    }

    /// The inputs of local packages' artefacts; those of reloadable libraries are known to the group. `records` is
    /// the folder of the units' records.
    pub(super) fn add_artifact(
        &mut self,
        artifact: &Artifact,
        plan: &Plan,
        records: &Path,
    ) -> io::Result<()> {
        let id = artifact.package_id.repr.as_str();
        let Some(package) = Package::find(plan, id) else {
            return Ok(());
        };
        let Some(file) = dep_info_file(artifact) else {
            return Ok(());
        };
        let library = library_stem(artifact);
        let record = library.as_ref().and_then(|it| Record::load(records, it));
        let began = record.map(|it| it.began);
        if package.is_reloadable && library.is_none() && !artifact.target.is_custom_build() {
            // A program of the same package: another unit, which is not reloadable.
            return self.add_unit(&file, &plan.workspace_root, package.name, began);
        }
        let inputs = depinfo::inputs(&file, &plan.workspace_root)?;
        self.add_read(&inputs, began);
        if !(package.is_reloadable && library.is_some()) {
            let name = package.name.to_owned();
            let named = inputs.into_iter().map(|input| (input, name.clone()));
            self.of(&package).extend(named);
        }
        Ok(())
    }

    /// What a build script asked cargo to watch.
    pub(super) fn add_script(&mut self, script: &BuildScript, plan: &Plan) {
        let Some(package) = Package::find(plan, &script.package_id.repr) else {
            return;
        };
        let output = output(script.out_dir.as_std_path());
        let named: Vec<&str> = output.lines().filter_map(rerun_if_changed).collect();
        for path in &named {
            let path = package.directory.join(path);
            if path.is_dir() {
                let name = package.name;
                let inputs = self.of(&package);
                walk(&path, &mut |file| {
                    inputs.insert(file, name.to_owned());
                });
            } else {
                self.of(&package).insert(path, package.name.to_owned());
            }
        }
        if named.is_empty() && !output.lines().any(is_rerun) {
            if package.is_reloadable {
                self.unnamed.push(package.name.to_owned());
            }
            let name = package.name;
            let inputs = self.of(&package);
            walk_package(package.directory, &mut |file| {
                // Its sources are inputs of the crate first, and reload.
                if file.extension().is_none_or(|it| it != "rs") {
                    inputs.insert(file, name.to_owned());
                }
            });
        }
    }

    fn of(&mut self, package: &Package<'_>) -> &mut BTreeMap<PathBuf, String> {
        match package.is_reloadable {
            true => &mut self.scripts,
            false => &mut self.unmarked,
        }
    }
}

/// A package in a folder of the user's.
struct Package<'a> {
    name: &'a str,
    directory: &'a Path,
    is_reloadable: bool,
}

impl<'a> Package<'a> {
    fn find(plan: &'a Plan, id: &str) -> Option<Self> {
        let member = plan.group.iter().find(|it| it.package_id == id);
        if let Some(member) = member {
            return Some(Package {
                name: &member.package,
                directory: &member.dir,
                is_reloadable: true,
            });
        }
        let mut local = plan.shared.iter().chain(&plan.host_side);
        local.find(|it| it.package_id == id).map(|it| Package {
            name: &it.name,
            directory: &it.dir,
            is_reloadable: false,
        })
    }
}

/// What a build script printed, as cargo keeps it: in the folder that holds `OUT_DIR`. The name of
/// the file depends on cargo's version, so that all files there are read, except the script's own.
fn output(out_dir: &Path) -> String {
    let mut output = String::new();
    let unit = out_dir.parent().unwrap_or(out_dir);
    walk(unit, &mut |file| {
        if !file.starts_with(out_dir) {
            let bytes = fs::read(&file).unwrap_or_default();
            output.push_str(&String::from_utf8_lossy(&bytes));
            output.push('\n');
        }
    });
    output
}

/// The path in a line of a build script's output, in both spellings that cargo knows.
fn rerun_if_changed(line: &str) -> Option<&str> {
    let line = line.trim();
    let instruction = line
        .strip_prefix("cargo::")
        .or_else(|| line.strip_prefix("cargo:"))?;
    instruction.strip_prefix("rerun-if-changed=")
}

fn is_rerun(line: &str) -> bool {
    line.starts_with("cargo::rerun-if-") || line.starts_with("cargo:rerun-if-")
}

/// What is to be watched beside what rustc names: files that macros read.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    directory: PathBuf,
    patterns: Vec<Watch>,
}

impl Watched {
    /// What a package whose folder is `directory` asks for.
    pub(super) fn new(directory: &Path, patterns: &[Watch]) -> Self {
        Watched {
            directory: directory.to_owned(),
            patterns: patterns.to_owned(),
        }
    }

    /// Whether it asks for this file, whether that is there or not.
    pub(super) fn has(&self, file: &Path) -> bool {
        self.patterns.iter().any(|pattern| match pattern {
            Watch::Path(path) => file.starts_with(path),
            Watch::Glob(glob) => file.strip_prefix(&self.directory).is_ok_and(|file| {
                globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(file))
            }),
        })
    }

    /// The files that are there now.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for pattern in &self.patterns {
            match pattern {
                Watch::Path(path) if path.is_dir() => walk(path, &mut |file| files.push(file)),
                Watch::Path(path) => files.push(path.clone()),
                Watch::Glob(_) => walk(&self.directory, &mut |file| {
                    if self.has(&file) {
                        files.push(file);
                    }
                }),
            }
        }
        files
    }
}

fn walk(directory: &Path, found: &mut impl FnMut(PathBuf)) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != "target" => {
                walk(&entry.path(), found);
            }
            Ok(kind) if kind.is_file() => found(entry.path()),
            _ => {}
        }
    }
}

/// The files of a package as cargo sees them: not those of packages inside it, nor hidden ones.
fn walk_package(directory: &Path, found: &mut impl FnMut(PathBuf)) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        match entry.file_type() {
            _ if is_hidden => {}
            _ if entry.file_name() == "target" || path.join("Cargo.toml").exists() => {}
            Ok(kind) if kind.is_dir() => walk_package(&path, found),
            Ok(kind) if kind.is_file() => found(path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_script_is_found_in_each_layout_of_cargos() {
        for name in ["output", "run/stdout"] {
            let unit = tempfile::tempdir().unwrap();
            let out_dir = unit.path().join("out");
            let output_file = unit.path().join(name);
            fs::create_dir_all(&out_dir).unwrap();
            fs::create_dir_all(output_file.parent().unwrap()).unwrap();
            fs::write(out_dir.join("generated"), "cargo::rerun-if-changed=no").unwrap();
            fs::write(output_file, "cargo::rerun-if-changed=yes").unwrap();
            assert_eq!(output(&out_dir), "cargo::rerun-if-changed=yes\n", "{name}");
        }
    }

    #[test]
    fn build_scripts_name_their_inputs_in_two_spellings() {
        assert_eq!(rerun_if_changed("cargo::rerun-if-changed=a b"), Some("a b"));
        assert_eq!(rerun_if_changed("cargo:rerun-if-changed=c"), Some("c"));
        assert_eq!(rerun_if_changed("cargo:rustc-env=X=1"), None);
        assert!(is_rerun("cargo::rerun-if-env-changed=X"));
        assert!(!is_rerun("cargo::rustc-cfg=x"));
    }
}

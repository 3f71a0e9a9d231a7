//! The inputs of a host besides those of reloadable crates: inputs of unmarked packages and of
//! build scripts, and files in `watch` settings.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cargo_metadata::{Artifact, BuildScript};

use crate::discover::Plan;

use crate::cargo::artifact::library_stem;
use crate::cargo::dep_info as depinfo;
use crate::compile::record::{Record, dep_info, record_of};
use crate::compile::script::shim::Run;
use crate::compile::script::{Reads, Script, outputs};

/// The inputs of everything that is not reloadable, with the package of each.
#[derive(Debug, Default)]
pub(crate) struct HostInputs {
    /// Inputs of unmarked packages, including their build scripts.
    pub(crate) unmarked: BTreeMap<PathBuf, String>,
    /// All files that rustc reads, also for reloadable crates, and when the first rustc that reads
    /// them started, if recorded.
    pub(crate) read: BTreeMap<PathBuf, Option<SystemTime>>,
    /// Inputs of build scripts of reloadable packages that cargo builds or runs.
    pub(crate) scripts: BTreeMap<PathBuf, String>,
    /// Build scripts of reloadable packages that the session runs itself.
    pub(crate) scripts_to_run: Vec<Script>,
    /// All other build scripts, which cargo runs.
    pub(crate) other_scripts: Vec<OtherScript>,
    /// Reloadable packages whose build script cargo runs again after any change in the package, and
    /// that the session can't run.
    pub(crate) unnamed: Vec<String>,
}

/// A build script that only cargo can run.
#[derive(Debug)]
pub(crate) struct OtherScript {
    pub(crate) package: String,
    pub(crate) is_reloadable: bool,
    pub(crate) reads: Reads,
}

impl HostInputs {
    /// Adds the files that a rustc read, and when it started.
    fn add_read(&mut self, inputs: &[PathBuf], began: Option<SystemTime>) {
        for input in inputs {
            let first = self.read.entry(input.clone()).or_insert(began);
            *first = began.min(*first);
        }
    }

    /// Adds the inputs of a unit.
    pub(crate) fn add_unit(
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

    /// Adds the inputs of a local package's artifact. The group has those of reloadable libraries.
    pub(crate) fn add_artifact(
        &mut self,
        artifact: &Artifact,
        records: &[Record],
        plan: &Plan,
    ) -> io::Result<()> {
        let id = artifact.package_id.repr.as_str();
        let Some(package) = Package::find(plan, id) else {
            return Ok(());
        };
        let Some(file) = dep_info(records, artifact) else {
            return Ok(());
        };
        let library = library_stem(artifact);
        let began = record_of(records, artifact).map(|it| it.began);
        if package.is_reloadable && library.is_none() && !artifact.target.is_custom_build() {
            // A program of the same package is another unit, which is not reloadable.
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

    /// Adds the files that a build script asked cargo to watch. `records` is the folder of the
    /// units' records, and `scratch` a folder for copies.
    pub(crate) fn add_script(
        &mut self,
        script: &BuildScript,
        plan: &Plan,
        records: &Path,
        scratch: &Path,
    ) {
        let Some(package) = Package::find(plan, &script.package_id.repr) else {
            return;
        };
        let out_dir = script.out_dir.as_std_path();
        let output = outputs(out_dir).join("\n");
        let reads = Reads::of(&output, package.directory, &plan.workspace_root);
        let name = package.name.to_owned();
        if package.is_reloadable
            && let Some(run) = Run::load(records, out_dir)
        {
            return self.scripts_to_run.push(Script {
                package: name,
                reads,
                run,
                out_dir: out_dir.to_owned(),
                scratch: scratch.to_owned(),
            });
        }
        if package.is_reloadable && reads.package().is_some() {
            self.unnamed.push(name.clone());
        }
        // A package's sources are primarily inputs of its crate, and are reloaded.
        let is_source = |file: &PathBuf| {
            reads.package().is_some() && file.extension().is_some_and(|it| it == "rs")
        };
        let files = reads.files().into_iter().filter(|file| !is_source(file));
        let files = files.map(|file| (file, name.clone()));
        self.of(&package).extend(files);
        self.other_scripts.push(OtherScript {
            package: name,
            is_reloadable: package.is_reloadable,
            reads,
        });
    }

    fn of(&mut self, package: &Package<'_>) -> &mut BTreeMap<PathBuf, String> {
        match package.is_reloadable {
            true => &mut self.scripts,
            false => &mut self.unmarked,
        }
    }
}

/// A local package.
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
        let unmarked = plan.unmarked().find(|it| it.package_id == id);
        unmarked.map(|it| Package {
            name: &it.name,
            directory: &it.dir,
            is_reloadable: false,
        })
    }
}

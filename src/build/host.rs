//! `cargo build` of the host: one invocation for everything, into the session's own target
//! directory, with this tool as the wrapper of the workspace's rustc.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::Keepers;
use crate::check::symbols::{self, HostSymbols};
use crate::discover::{Plan, Selection};
use cargo_metadata::Artifact;

use super::artifact::{dep_info_file, library_stem, same_file};
use super::cargo::Made;
use super::depinfo;
use super::group::{Group, Unit};
use super::inputs::{HostInputs, Watched};
use super::joins::joins_session;
use super::process::{Cancel, RunError};
use super::profile::{self, ProfileError};
use super::record::{Record, Role, symbols_file, write_whole};
use super::run::RunSettings;
use super::said::Said;
use super::script::shim;
use super::seed::seed;
use super::shared;
use super::toolchain::Toolchain;
use super::workshop::Workshop;
use super::wrapper::{Member, WrapperPlan};

/// What `cargo build` made.
#[derive(Debug)]
pub(crate) struct HostBuild {
    pub(crate) executable: PathBuf,
    /// How `cargo run` would start it.
    pub(crate) run: RunSettings,
    pub(crate) group: Arc<Group>,
    /// Whether anything was compiled for it.
    pub(crate) compiled: bool,
    pub(crate) inputs: HostInputs,
    /// What it has of the group.
    pub(crate) symbols: HostSymbols,
    /// What may hold values of the group's types without their types.
    pub(crate) keepers: Keepers,
    /// What had to be set aside, for the screen.
    pub(crate) notes: Vec<String>,
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    #[error("cancelled")]
    Cancelled,
    /// rustc's and cargo's own words.
    #[error("the host could not be built")]
    Failed {
        rendered: String,
        /// Those of the diagnostics, as cargo's JSON.
        messages: Vec<serde_json::Value>,
    },
    #[error("cargo made no executable of `{0}`")]
    NoExecutable(String),
    #[error("cargo's command for `{0}` was not recorded")]
    NoRecord(String),
    #[error("`{0}` has no `#[hotmod::main]`, so it can't join the session")]
    NoMain(String),
    #[error("`{0}` can't be read: {1}")]
    Unreadable(PathBuf, object::read::Error),
    #[error("cargo's configuration of a runner can't be read: {0}")]
    Runner(String),
    #[error("cargo did not say how it would start `{0}`")]
    NotStarted(String),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error("{0}")]
    Run(RunError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<RunError> for HostError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Cancelled => HostError::Cancelled,
            error => HostError::Run(error),
        }
    }
}

impl HostError {
    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            HostError::NoMain(_) => {
                Some("put `#[hotmod::main]` on its `main`, above other attributes".to_owned())
            }
            HostError::NoRecord(_) => Some(
                "remove the folder `hotmod` in the target directory, and start the session again"
                    .to_owned(),
            ),
            HostError::Cancelled
            | HostError::Failed { .. }
            | HostError::NoExecutable(_)
            | HostError::Unreadable(..)
            | HostError::Runner(_)
            | HostError::NotStarted(_)
            | HostError::Profile(_)
            | HostError::Run(_)
            | HostError::Io(_) => None,
        }
    }
}

/// All that a build of the host needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    pub(crate) plan: Plan,
    pub(crate) selection: Selection,
    pub(crate) toolchain: Toolchain,
    /// Arguments for cargo's own output: `--color`, `-v`.
    pub(crate) display: Vec<String>,
    /// rustc's word for the debug information of generations, if not as the profile says.
    pub(crate) debuginfo: Option<&'static str>,
}

impl Builder {
    /// Builds the host, with what was `edited` since it was built last. What is to be shown
    /// meanwhile is told; diagnostics are returned with the error, and else left to cargo's next
    /// run.
    pub(crate) fn build(
        &self,
        edited: &BTreeSet<PathBuf>,
        tell: impl Fn(Said) + Clone + Send + 'static,
        cancel: &Cancel,
    ) -> Result<HostBuild, HostError> {
        let workshop = Workshop::of(&self.plan);
        self.seed(&workshop)?;
        let wrapper = self.wrapper_plan(&workshop);
        let file = workshop.state.join("wrapper.json");
        let text = serde_json::to_vec_pretty(&wrapper).map_err(io::Error::from)?;
        write_whole(&file, &text)?;

        let mut compiled = false;
        for is_last in [false, true] {
            let made = self.run_cargo(&workshop, &file, tell.clone(), cancel)?;
            compiled |= made.artifacts.iter().any(|artifact| !artifact.fresh);
            let mut needed = self.unrecorded(&wrapper, &made.artifacts);
            needed.extend(self.overlooked(edited, &made.artifacts));
            if is_last || needed.is_empty() {
                return self.host_build(&workshop, &wrapper, made, compiled);
            }
            // Cargo calls no wrapper for what is fresh. Without its artefacts it is not.
            for file in needed {
                match fs::remove_file(&file) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(error.into());
                    }
                    _ => {}
                }
            }
        }
        Err(HostError::NoRecord(self.plan.host.target.clone()))
    }

    fn seed(&self, workshop: &Workshop) -> io::Result<()> {
        let user = self.plan.build_directory.as_ref();
        let user = user.unwrap_or(&self.plan.target_directory);
        let profile = match self.profile() {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            other => other,
        };
        seed(user, &workshop.target, Path::new(profile))?;
        if let Some(target) = &self.selection.target {
            seed(user, &workshop.target, &Path::new(target).join(profile))?;
        }
        Ok(())
    }

    pub(super) fn profile(&self) -> &str {
        self.selection.profile()
    }

    fn wrapper_plan(&self, workshop: &Workshop) -> WrapperPlan {
        let host = &self.plan.host;
        let directory = host.manifest_path.parent().unwrap_or(Path::new("."));
        WrapperPlan {
            units: workshop.common.join("units"),
            shared: workshop.common.join("shared"),
            notes: workshop.state.join("notes"),
            rustc: self.toolchain.version.clone(),
            target_libdir: self.toolchain.target_libdir.clone(),
            libstd: self.toolchain.libstd.clone(),
            host: Member {
                directory: directory.to_owned(),
                crate_name: host.target.replace('-', "_"),
            },
            group: self
                .plan
                .group
                .iter()
                .map(|member| Member {
                    directory: member.dir.clone(),
                    crate_name: member.crate_name.clone(),
                })
                .collect(),
        }
    }

    /// What of the session's build is to be said once.
    pub(crate) fn notes(&self) -> Result<Vec<String>, ProfileError> {
        let mut notes = profile::overrides(self.profile(), &self.plan.manifests)?.notes;
        let wrappers = profile::wrappers(&self.plan.manifests)?;
        notes.extend(
            wrappers
                .iter()
                .map(|it| format!("{it} is set aside in a session")),
        );
        Ok(notes)
    }

    /// The artefacts of units that need a record of their role and have none.
    fn unrecorded(&self, wrapper: &WrapperPlan, artifacts: &[Artifact]) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for artifact in artifacts {
            let package = &artifact.package_id.repr;
            let is_of_group = self
                .plan
                .group
                .iter()
                .any(|member| member.package_id == *package);
            if let Some(executable) = self.executable(artifact) {
                if host_record(wrapper, executable).is_none() {
                    files.push(executable.to_owned());
                    files.extend(same_file(executable));
                }
            } else if is_of_group && artifact.target.is_custom_build() {
                // It was built by a tool that ran no scripts, or before the crate was marked.
                files.extend(shim::lacking(artifact));
            } else if let Some(stem) = library_stem(artifact) {
                // Marking or unmarking a crate is nothing that cargo would build it again for.
                let record = Record::load(&wrapper.units, &stem);
                let is_baseline = record.is_some_and(|record| record.role == Role::Baseline);
                if is_of_group != is_baseline {
                    files.extend(artifact.filenames.iter().map(PathBuf::from));
                }
            }
        }
        files
    }

    /// The artefacts that cargo holds for fresh, although they are made of a source that was edited. It goes by
    /// the times of files, and a clock may have been set back.
    fn overlooked(&self, edited: &BTreeSet<PathBuf>, artifacts: &[Artifact]) -> Vec<PathBuf> {
        let root = &self.plan.workspace_root;
        let is_of_edited = |artifact: &&Artifact| {
            let inputs = dep_info_file(artifact).map(|file| depinfo::inputs(&file, root));
            let mut inputs = inputs.and_then(Result::ok).into_iter().flatten();
            artifact.fresh && inputs.any(|input| edited.contains(&input))
        };
        let artifacts = artifacts.iter().filter(is_of_edited);
        let files = artifacts.flat_map(|it| it.filenames.iter().map(PathBuf::from));
        files
            .flat_map(|it| [same_file(&it), vec![it]].concat())
            .collect()
    }

    pub(super) fn executable<'a>(&self, artifact: &'a Artifact) -> Option<&'a Path> {
        let host = &self.plan.host;
        let is_host =
            artifact.package_id.repr == host.package_id && artifact.target.name == host.target;
        artifact
            .executable
            .as_ref()
            .filter(|_| is_host)
            .map(|it| it.as_std_path())
    }

    fn host_build(
        &self,
        workshop: &Workshop,
        wrapper: &WrapperPlan,
        made: Made,
        compiled: bool,
    ) -> Result<HostBuild, HostError> {
        let name = &self.plan.host.target;
        let artifacts = &made.artifacts;
        let executable = artifacts
            .iter()
            .find_map(|artifact| self.executable(artifact))
            .ok_or_else(|| HostError::NoExecutable(name.clone()))?
            .to_owned();
        let (stem, host, mut symbols) =
            host_record(wrapper, &executable).ok_or_else(|| HostError::NoRecord(name.clone()))?;

        if !joins_session(&executable)? {
            return Err(HostError::NoMain(name.clone()));
        }

        let mut inputs = HostInputs::default();
        let root = &self.plan.workspace_root;
        let out_dir = host.invocation.out_dir().unwrap_or(Path::new("."));
        let dep_info = out_dir.join(format!("{stem}.d"));
        inputs.add_unit(&dep_info, root, &self.plan.host.package, Some(host.began))?;
        let mut stems = BTreeMap::new();
        // The file beside the executable is cargo's, and names the inputs of everything.
        let others = artifacts.iter().filter(|it| self.executable(it).is_none());
        for artifact in others {
            inputs.add_artifact(artifact, &self.plan, &wrapper.units)?;
            if let Some(stem) = library_stem(artifact) {
                stems.insert(artifact.package_id.repr.clone(), stem);
            }
        }
        for script in &made.scripts {
            inputs.add_script(script, &self.plan, &wrapper.units, &workshop.common);
        }

        // What cargo did not build is not in this host, whatever the resolver says.
        let members: Vec<_> = self
            .plan
            .group
            .iter()
            .filter_map(|member| {
                let stem = stems.get(&member.package_id)?;
                Some((member, stem, Record::load(&wrapper.units, stem)?))
            })
            .collect();
        let position = |index: &usize| {
            let id = &self.plan.group[*index].package_id;
            members.iter().position(|(it, ..)| it.package_id == *id)
        };
        let mut units: Vec<Unit> = Vec::new();
        for (member, stem, record) in &members {
            let named = member.depends_on.iter().filter_map(position);
            let mut depends_on = BTreeSet::new();
            for index in named {
                depends_on.insert(index);
                depends_on.extend(&units[index].depends_on);
            }
            units.push(Unit {
                package: member.package.clone(),
                stem: (*stem).clone(),
                record: record.clone(),
                depends_on: depends_on.into_iter().collect(),
                watch: Watched::new(&member.dir, &member.watch),
                directory: workshop.state.join("group").join(stem),
            });
        }
        shared::remove_unused(wrapper)?;
        let said = fs::read_to_string(&wrapper.notes).unwrap_or_default();
        let mut notes: Vec<String> = said.lines().map(str::to_owned).collect();
        notes.extend(made.warnings.iter().map(|it| format!("cargo warns: {it}")));
        notes.extend(inputs.unnamed.iter().map(|package| {
            format!(
                "the build script of `{package}` names no file that it reads, and can't be run by the \
                 session: a reload of the crate's sources does not run it; \
                 `cargo::rerun-if-changed=build.rs` in it makes that so for cargo too"
            )
        }));
        let group = Group::new(units, host, &workshop.state, self.debuginfo);
        let sources = group.baseline_inputs()?;
        let statics = symbols::statics_in(sources.iter().map(PathBuf::as_path));
        symbols.state = symbols::declared(&symbols.state, &statics);
        let text = serde_json::to_vec_pretty(&symbols).map_err(io::Error::from)?;
        write_whole(&workshop.symbols(), &text)?;
        Ok(HostBuild {
            executable,
            run: made
                .run
                .ok_or_else(|| HostError::NotStarted(name.clone()))?,
            group: Arc::new(group),
            compiled,
            inputs,
            symbols,
            keepers: self.keepers(artifacts),
            notes,
        })
    }
}

/// The record of the unit whose executable this is, and what its link wrote down. Cargo's message names only
/// the copy that has no hash in its name, which is a link to the one that has.
fn host_record(wrapper: &WrapperPlan, executable: &Path) -> Option<(String, Record, HostSymbols)> {
    same_file(executable).into_iter().find_map(|file| {
        let stem = file.file_name()?.to_str()?;
        let record = Record::load(&wrapper.units, stem)?;
        let symbols = fs::read(symbols_file(&wrapper.units, stem)).ok()?;
        let symbols = serde_json::from_slice(&symbols).ok()?;
        let has_shared = record.shared.as_ref().is_some_and(|it| it.exists());
        (record.role == Role::Host && has_shared).then(|| (stem.to_owned(), record, symbols))
    })
}

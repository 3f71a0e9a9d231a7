//! Builds the host with one run of cargo, into the session's own target directory, with this tool
//! as the rustc wrapper for workspace members.
//!
//! - [`cargo`]: the run itself; [`seed`], [`rebuild`]: what cargo finds there before
//! - [`comparison`]: whether the host has other code than the one that runs
//! - [`inputs`], [`joins`], [`keepers`]: what is found out about the host

mod cargo;
mod comparison;
mod error;
mod inputs;
mod joins;
mod keepers;
mod rebuild;
mod seed;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use cargo_metadata::Artifact;

use crate::compat::Keepers;
use crate::compat::symbols::{self, HostSymbols, Statics};
use crate::discover::{Plan, Selection};

use super::group::{DeltaPolicy, Group, Unit};
use crate::base::atomic_file::{remove_if_there, write_whole};
use crate::base::child_process::Cancel;
use crate::cargo::artifact::library_stem;
use crate::cargo::directories::Directories;
use crate::cargo::profile;
use crate::cargo::profile::ProfileError;
use crate::cargo::progress::BuildOutput;
use crate::cargo::run::RunSettings;
use crate::cargo::toolchain::Toolchain;
use crate::compile::link::shared;
use crate::compile::note::Note;
use crate::compile::record::{Record, code_file, record_of};
use crate::compile::watched::Watched;
use crate::compile::wrapper_plan::{Comparison, Member, WrapperPlan};
use cargo::Made;
pub(crate) use comparison::{Compared, Comparing};
pub(crate) use error::HostError;
use inputs::HostInputs;
use joins::joins_session;
use keepers::SearchedSources;
use rebuild::host_symbols;
use seed::seed;

/// What the last link of the host noted. If this build did not repeat it, that still holds.
fn notes_of_link(file: &Path) -> Vec<Note> {
    let notes = fs::read(file).ok();
    notes
        .and_then(|it| serde_json::from_slice(&it).ok())
        .unwrap_or_default()
}

/// The result of building the host.
#[derive(Debug)]
pub(crate) struct HostBuild {
    pub(crate) executable: PathBuf,
    /// How `cargo run` would start the host.
    pub(crate) run: RunSettings,
    pub(crate) group: Arc<Group>,
    /// The file with its code.
    pub(crate) code: PathBuf,
    /// Whether anything was compiled.
    pub(crate) compiled: bool,
    pub(crate) inputs: HostInputs,
    /// How the host uses the group.
    pub(crate) symbols: HostSymbols,
    /// The crates that may store values of the group's types without naming the types.
    pub(crate) keepers: Keepers,
    /// How it differs from one without a session, and what cargo complained about.
    pub(crate) notes: Vec<Note>,
}

/// What a build of the host comes to.
#[derive(Debug)]
pub(crate) enum HostOutcome {
    Built(Box<HostBuild>),
    Compared(Compared),
}

/// In the style of cargo's messages about its own locks.
const BLOCKED: &str = "    Blocking waiting for a build of another session";

/// The settings for a build of the host.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    pub(crate) plan: Arc<Plan>,
    pub(crate) selection: Selection,
    pub(crate) toolchain: Toolchain,
    /// Arguments for cargo's output: `--color`, `-v`.
    pub(crate) display: Vec<String>,
    /// The value for rustc's `-C debuginfo` in generations, unless the profile's applies.
    pub(crate) debuginfo: Option<&'static str>,
    /// Which edits are compiled as a delta.
    pub(crate) deltas: DeltaPolicy,
    pub(crate) searched: SearchedSources,
}

impl Builder {
    /// Builds the host after the files `edited`. Progress is passed on meanwhile. Diagnostics are
    /// returned with an error; after a success, warnings are not shown.
    pub(crate) fn build(
        &self,
        edited: &BTreeSet<PathBuf>,
        comparing: Comparing,
        tell: impl Fn(BuildOutput) + Clone + Send + 'static,
        cancel: &Cancel,
    ) -> Result<HostOutcome, HostError> {
        match self.attempt(edited, comparing, tell.clone(), cancel)? {
            Some(outcome) => Ok(outcome),
            None => {
                let outcome = self.attempt(edited, Comparing::No, tell, cancel)?;
                outcome.ok_or_else(|| HostError::NoRecord(self.plan.host.target.clone()))
            }
        }
    }

    /// Builds the host or its code; `None` if the code is not that of the files `edited`.
    fn attempt(
        &self,
        edited: &BTreeSet<PathBuf>,
        comparing: Comparing,
        tell: impl Fn(BuildOutput) + Clone + Send + 'static,
        cancel: &Cancel,
    ) -> Result<Option<HostOutcome>, HostError> {
        let directories = self.plan.directories();
        let _lock = directories.lock_builds(|| tell(BuildOutput::Line(BLOCKED.to_owned())))?;
        self.seed(&directories)?;
        let comparison = self.comparison(&directories, comparing, edited)?;
        if comparing.links_nothing() && comparison.is_none() {
            return Ok(Some(HostOutcome::Compared(Compared::unknown())));
        }
        let wrapper = self.wrapper_plan(&directories, comparison);
        let file = directories.state.join("wrapper.json");
        let text = serde_json::to_vec_pretty(&wrapper).map_err(io::Error::from)?;
        write_whole(&file, &text)?;

        let began = SystemTime::now();
        let mut compiled = false;
        for is_last in [false, true] {
            let made = self.run_cargo(&directories, &file, tell.clone(), cancel);
            if let Some(compared) = self.compared(&wrapper) {
                let was_compiled = self.was_compiled(edited, &wrapper, began);
                return match (was_compiled, comparing.links_nothing()) {
                    (true, _) => Ok(Some(HostOutcome::Compared(compared?))),
                    (false, true) => Ok(Some(HostOutcome::Compared(Compared::unknown()))),
                    (false, false) => Ok(None),
                };
            }
            let made = made?;
            compiled |= made.artifacts.iter().any(|artifact| !artifact.fresh);
            let records = Record::all(&wrapper.units);
            let mut needed = self.unrecorded(&wrapper, &records, &made.artifacts);
            needed.extend(self.overlooked(edited, &records, &made.artifacts));
            if is_last || needed.is_empty() {
                if comparing.links_nothing() {
                    // Cargo found nothing to compile.
                    return Ok(Some(HostOutcome::Compared(Compared::nothing_compiled())));
                }
                let build = self.host_build(&directories, &wrapper, &records, made, compiled);
                return build.map(|it| Some(HostOutcome::Built(Box::new(it))));
            }
            // Cargo does not call the wrapper for a fresh unit. Removing its artifacts makes it
            // stale.
            for file in needed {
                remove_if_there(&file)?;
            }
        }
        Ok(None)
    }

    fn seed(&self, directories: &Directories) -> io::Result<()> {
        let user = self.plan.build_directory.as_ref();
        let user = user.unwrap_or(&self.plan.target_directory);
        let profile = match self.profile() {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            other => other,
        };
        seed(user, &directories.target, Path::new(profile))?;
        if let Some(target) = &self.selection.target {
            seed(user, &directories.target, &Path::new(target).join(profile))?;
        }
        Ok(())
    }

    pub(crate) fn profile(&self) -> &str {
        self.selection.profile()
    }

    fn wrapper_plan(
        &self,
        directories: &Directories,
        comparison: Option<Comparison>,
    ) -> WrapperPlan {
        let host = &self.plan.host;
        let directory = host.manifest_path.parent().unwrap_or(Path::new("."));
        WrapperPlan {
            units: directories.units(),
            shared: directories.common.join("shared"),
            notes: directories.state.join("notes"),
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
            comparison,
        }
    }

    /// The settings that the session's builds don't use.
    pub(crate) fn notes(&self) -> Result<Vec<Note>, ProfileError> {
        let manifests = &self.plan.manifests;
        let overridden = profile::overrides(self.profile(), manifests)?.into_iter();
        let wrappers = profile::wrappers(manifests)?.into_iter();
        Ok(overridden
            .map(Note::SettingOverridden)
            .chain(wrappers.map(Note::WrapperNotUsed))
            .collect())
    }

    pub(crate) fn is_host(&self, artifact: &Artifact) -> bool {
        let host = &self.plan.host;
        artifact.executable.is_some()
            && artifact.package_id.repr == host.package_id
            && artifact.target.name == host.target
    }

    fn host_build(
        &self,
        directories: &Directories,
        wrapper: &WrapperPlan,
        records: &[Record],
        made: Made,
        compiled: bool,
    ) -> Result<HostBuild, HostError> {
        let name = &self.plan.host.target;
        let (of_host, others): (Vec<_>, Vec<_>) =
            made.artifacts.iter().partition(|it| self.is_host(it));
        let program = of_host.first();
        let executable = program.and_then(|it| it.executable.as_ref());
        let executable = executable.ok_or_else(|| HostError::NoExecutable(name.clone()))?;
        let executable = executable.as_std_path().to_owned();
        let host = program.and_then(|it| record_of(records, it));
        let symbols = host_symbols(wrapper, host);
        let (host, mut symbols) = host
            .zip(symbols)
            .ok_or_else(|| HostError::NoRecord(name.clone()))?;

        if !joins_session(&executable)? {
            return Err(HostError::NoMain(name.clone()));
        }

        let mut inputs = HostInputs::default();
        let root = &self.plan.workspace_root;
        if let Some(dep_info) = host.dep_info() {
            inputs.add_unit(&dep_info, root, &self.plan.host.package, Some(host.began))?;
        }
        let mut libraries = BTreeMap::new();
        for artifact in others {
            inputs.add_artifact(artifact, records, &self.plan)?;
            let stem = library_stem(artifact);
            if let Some(library) = stem.zip(record_of(records, artifact)) {
                libraries.insert(artifact.package_id.repr.clone(), library);
            }
        }
        for script in &made.scripts {
            inputs.add_script(script, &self.plan, &wrapper.units, &directories.common);
        }

        // The resolver may list packages that cargo did not build for this host.
        let members: Vec<_> = self
            .plan
            .group
            .iter()
            .filter_map(|member| {
                let (stem, record) = libraries.get(&member.package_id)?;
                Some((member, stem, *record))
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
                record: (*record).clone(),
                depends_on: depends_on.into_iter().collect(),
                watch: Watched::new(&member.dir, &member.watch),
                directory: directories.state.join("group").join(stem),
            });
        }
        shared::remove_unused(wrapper)?;
        let mut notes = notes_of_link(&wrapper.notes);
        let warnings = made.warnings.iter().cloned();
        notes.extend(warnings.map(|warning| Note::CargoWarning { warning }));
        let unnamed = inputs.unnamed.iter().cloned();
        notes.extend(unnamed.map(|package| Note::ScriptNotWatched { package }));
        let redirects = symbols.redirects.clone();
        let state = &directories.state;
        let group = Group::new(
            units,
            host.clone(),
            state,
            self.debuginfo,
            self.deltas,
            redirects,
        );
        let sources = group.baseline_inputs()?;
        let Statics { state, caches } = symbols::statics_in(sources.iter().map(PathBuf::as_path));
        symbols.caches = symbols::declared(&symbols.state, &caches);
        symbols.state = symbols::declared(&symbols.state, &state);
        let text = serde_json::to_vec_pretty(&symbols).map_err(io::Error::from)?;
        write_whole(&directories.symbols(), &text)?;
        let unit = host.invocation.unit();
        let unit = unit.ok_or_else(|| HostError::NoRecord(name.clone()))?;
        Ok(HostBuild {
            executable,
            run: made
                .run
                .ok_or_else(|| HostError::NotStarted(name.clone()))?,
            group: Arc::new(group),
            code: code_file(&wrapper.units, &unit),
            compiled,
            inputs,
            symbols,
            keepers: self.keepers(records, &made.artifacts),
            notes,
        })
    }
}

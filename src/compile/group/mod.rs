//! The group's flavour of the reloadable crates, and the library that they are linked into.
//!
//! In the host, a reloadable crate is the baseline: its entry points dispatch to the live
//! generation. In a generation, entry points are the plain functions, and calls inside the group
//! stay inside it. So each crate is compiled a second time, with the command that cargo ran for the
//! first, but with its own outputs and incremental state. Cargo does not run, and its files are not
//! changed.
//!
//! - [`unit`]: one crate; [`flavour`]: the commands that compile it
//! - [`compile`]: which crates to compile, and when; [`settings`]: settings of a build; [`jobs`]: parallel
//!   rustc processes
//! - [`code`]: the objects of a build; [`facts`]: what the session asks about the crates
//! - [`interface`]: dependents that need not be compiled again; [`delta`]: compilations of only the
//!   function bodies that changed
//! - [`targets`]: the functions that the host calls
//! - [`link`]: the link of the library; [`driver`]: the linker's own command; [`fault`]: links to
//!   retry

mod code;
mod compile;
mod delta;
mod facts;
mod flavour;
mod interface;
mod jobs;
mod link;
mod settings;
mod targets;
mod unit;

use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::record::Record;
use crate::base::child_process::{Cancel, RunError};
use crate::base::contents::Contents;
use crate::base::library::Library;
use crate::compat::Identity;
use crate::compat::redirects::Targets;
use crate::compat::symbols::Redirect;
use compile::Progress;
use delta::Deltas;
use jobs::Jobs;
use link::{Objects, Recipe};
use settings::Settings;
use targets::Linked;
use unit::Compiled;

pub(crate) use crate::base::stamp::Stamp;
pub(crate) use code::CodeFiles;
pub(crate) use delta::{Followed, Proof};
pub(crate) use link::explaining_line;
pub(crate) use settings::DeltaPolicy;
pub(crate) use unit::Unit;

/// The reloadable crates of a host.
#[derive(Debug)]
pub(crate) struct Group {
    /// Dependencies before dependents.
    units: Vec<Unit>,
    /// The host's record, whose settings the group's link uses.
    host: Record,
    /// The folder of the link's recipe and anchor.
    link: PathBuf,
    /// The recipe's file, once it is known. A new build of the host may replace the baseline's
    /// files while the old host is still running.
    recipe: OnceLock<PathBuf>,
    /// The value for rustc's `-C debuginfo`, unless the profile's applies.
    debuginfo: Option<&'static str>,
    /// Which edits are compiled as a delta.
    policy: DeltaPolicy,
    /// What is known of the units' deltas.
    deltas: Vec<Deltas>,
    /// The functions that the host calls through trampolines.
    redirects: Vec<Redirect>,
    /// The crates of the last host that turned out to have the code of this one.
    same: Mutex<Option<Identity>>,
}

/// A build of the whole group.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) library: Library,
    /// The functions that the host calls through trampolines. If it lacks one, its path.
    pub(crate) targets: Result<Targets, String>,
    /// Its compilations by package, base crates first.
    pub(crate) made: Vec<(String, Stamp)>,
    /// The packages of which only a delta was compiled.
    pub(crate) deltas: Vec<String>,
    /// The contents of the inputs of all crates when they were compiled.
    pub(crate) inputs: Contents,
    pub(crate) code: CodeFiles,
    pub(crate) compile: Duration,
    pub(crate) link: Duration,
}

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("cancelled")]
    Cancelled,
    /// rustc's diagnostics, with its colours.
    #[error("`{package}` does not compile")]
    Compile {
        package: String,
        rendered: String,
        /// The diagnostics as JSON.
        messages: Vec<serde_json::Value>,
        /// Whether none of the errors has a position in the sources.
        is_command_error: bool,
    },
    /// rustc crashed or could not write, for example.
    #[error("rustc failed without reporting an error in `{package}`: {words}")]
    Compiler { package: String, words: String },
    #[error("the reloadable crates could not be linked:\n{0}")]
    Link(String),
    /// Not because of its inputs, but because the linker is missing or the disk is full, for
    /// example.
    #[error("the linker failed: {0}")]
    Linker(String),
    #[error("{0}")]
    Run(RunError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<RunError> for BuildError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Cancelled => BuildError::Cancelled,
            error => BuildError::Run(error),
        }
    }
}

impl Group {
    /// `units` are in dependency order. `state` is the folder of the recipe and the anchor.
    pub(crate) fn new(
        units: Vec<Unit>,
        host: Record,
        state: &Path,
        debuginfo: Option<&'static str>,
        policy: DeltaPolicy,
        redirects: Vec<Redirect>,
    ) -> Self {
        Group {
            deltas: units.iter().map(|_| Deltas::default()).collect(),
            units,
            host,
            link: state.join("link"),
            recipe: OnceLock::new(),
            debuginfo,
            policy,
            redirects,
            same: Mutex::new(None),
        }
    }

    /// Unmarked crates were compiled again, and have the code of those that the host was linked with.
    pub(crate) fn accept(&self, identity: Identity) {
        *self.same() = Some(identity);
    }

    fn same(&self) -> MutexGuard<'_, Option<Identity>> {
        // It is replaced as a whole, so a panic leaves no partial change.
        self.same.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compiles the stale crates and links the group.
    pub(crate) fn build(&self, output: &Path, cancel: &Cancel) -> Result<Built, BuildError> {
        let begun = Instant::now();
        let mut may_keep = true;
        let mut deltas = self.policy;
        loop {
            let attempt = self.attempt(output, may_keep, deltas, cancel)?;
            if attempt.states.iter().any(Compiled::is_doubtful) {
                // A source changed after its interface was found unchanged. If that happens again,
                // build without this shortcut.
                may_keep = false;
                if let Ok(linked) = attempt.linked {
                    fs::remove_file(linked.library.path)?;
                }
                continue;
            }
            match attempt.linked {
                Ok(Linked { library, targets }) => {
                    let code = CodeFiles::of(&attempt.states, self.redirected(&targets));
                    let packages = self.units.iter().map(|unit| unit.package.clone());
                    let deltas = self.deltas_in(&attempt.states);
                    let deltas = deltas.map(|it| self.units[it].package.clone()).collect();
                    let states = attempt.states.into_iter();
                    let (made, inputs): (Vec<_>, Vec<_>) = packages
                        .zip(states)
                        .map(|(package, state)| ((package, state.stamp), state.inputs))
                        .unzip();
                    return Ok(Built {
                        library,
                        targets,
                        made,
                        deltas,
                        inputs: inputs.into_iter().flatten().collect(),
                        code,
                        compile: begun.elapsed().saturating_sub(attempt.link),
                        link: attempt.link,
                    });
                }
                // If a body no longer uses a generic function, the crate does not contain its code
                // any more, but a dependent that was not recompiled may still use it.
                Err(BuildError::Link(_)) if self.forget_kept_interfaces()? => {}
                // A delta may lack something that the full compilation has.
                Err(BuildError::Link(_)) if self.give_up_deltas(&attempt.states) => {
                    deltas = DeltaPolicy::Never;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Compiles and links once. Dependents are left alone only if `may_keep`.
    fn attempt(
        &self,
        output: &Path,
        may_keep: bool,
        deltas: DeltaPolicy,
        cancel: &Cancel,
    ) -> Result<Attempt, BuildError> {
        let recipe = &self.recipe(cancel)?;
        let identity = self.host.identity.as_ref().map_or(0, Identity::digest);
        let jobs = &Jobs::new()?;
        let settings = &Settings {
            may_keep,
            deltas,
            jobs,
            cancel,
        };
        let progress: Vec<Progress> = self.units.iter().map(|_| Progress::default()).collect();
        let progress = &progress[..];
        let merges = &Cancel::default();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.units.len())
                .map(|index| scope.spawn(move || self.compile_unit(index, progress, settings)))
                .collect();
            // Merge the crates that are not compiled in the meantime.
            scope.spawn(move || {
                let mut at_rest = progress.iter().filter_map(|it| it.at_rest.wait());
                at_rest.all(|objects| recipe.merge(&objects, merges).is_ok())
            });
            // Start as soon as the objects are ready: rustc may still be writing other files.
            let objects: Option<Vec<Objects>> =
                progress.iter().map(|it| it.objects.wait()).collect();
            merges.cancel();
            let begun = Instant::now();
            let linked = objects.map(|objects| {
                let baselines = self.units.iter().map(Unit::baseline);
                let crates: Vec<_> = baselines.zip(objects).collect();
                self.link(recipe, &crates, identity, output, cancel)
            });
            let link = begun.elapsed();
            let mut states = Vec::new();
            for thread in threads {
                states.push(thread.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(Attempt {
                states,
                linked: linked.unwrap_or(Err(BuildError::Cancelled)),
                link,
            })
        })
    }

    /// Merges the compiled objects of all packages but `but`, to make later links faster.
    pub(crate) fn merge(&self, but: &[String], cancel: &Cancel) -> Result<(), BuildError> {
        let recipe = self.recipe(cancel)?;
        let units = self.units.iter().filter(|it| !but.contains(&it.package));
        for state in units.filter_map(Unit::compiled) {
            recipe.merge(&state.objects, cancel)?;
        }
        Ok(())
    }

    /// Finds out how to link the group. This needs the files that the host was linked with.
    pub(crate) fn prepare_link(&self, cancel: &Cancel) -> Result<(), BuildError> {
        self.recipe(cancel).map(drop)
    }

    fn recipe(&self, cancel: &Cancel) -> Result<Recipe, BuildError> {
        if let Some(recipe) = self.recipe.get().and_then(|file| Recipe::read(file)) {
            return Ok(recipe);
        }
        let baselines: Vec<PathBuf> = self.units.iter().map(Unit::baseline).collect();
        let shared = self.host.shared.as_deref().unwrap_or(Path::new(""));
        let recipe = link::recipe(
            &self.host.invocation,
            shared,
            &baselines,
            &self.link,
            cancel,
        )?;
        self.recipe.get_or_init(|| recipe.file.clone());
        Ok(recipe)
    }

    /// Forgets interfaces that were kept, so that the next build compiles their dependents. Returns
    /// whether there were any.
    pub(crate) fn forget_kept_interfaces(&self) -> io::Result<bool> {
        let mut found = false;
        for unit in &self.units {
            if unit.compiled().is_some_and(|it| it.has_kept_interface) {
                unit.forget()?;
                found = true;
            }
        }
        Ok(found)
    }

    /// The existing compilations.
    pub(crate) fn made(&self) -> Vec<(String, Stamp)> {
        let made = |unit: &Unit| Some((unit.package.clone(), unit.compiled()?.stamp));
        self.units.iter().filter_map(made).collect()
    }

    /// Whether a crate's `watch` setting matches this file, which may be new.
    pub(crate) fn watches(&self, file: &Path) -> bool {
        self.units.iter().any(|unit| unit.watch.has(file))
    }

    /// The first difference between the identities of the host and the group, if any.
    pub(crate) fn foreign(&self) -> Option<String> {
        let same = self.same();
        same.as_ref().or(self.host.identity.as_ref())?.foreign()
    }

    /// Whether the files that cargo built, and that it needs, still exist.
    pub(crate) fn is_whole(&self) -> bool {
        let shared = self.host.shared.as_ref();
        let mut baselines = self.units.iter().map(Unit::baseline);
        let has_recipe = self.recipe.get().is_some_and(|file| file.exists());
        let mut given = self
            .units
            .iter()
            .flat_map(|it| self.given(&it.record.invocation));
        given.all(|path| path.exists())
            && shared.is_some_and(|it| it.exists())
            && self.baseline_inputs().is_ok()
            && (has_recipe || baselines.all(|it| it.exists()))
    }

    /// The inputs of the baseline according to rustc, and the files that `watch` settings name.
    pub(crate) fn baseline_inputs(&self) -> io::Result<Vec<PathBuf>> {
        let mut inputs = Vec::new();
        for unit in &self.units {
            inputs.extend(unit.baseline_inputs()?);
        }
        Ok(inputs)
    }
}

/// The result of compiling and linking once.
struct Attempt {
    states: Vec<Compiled>,
    linked: Result<Linked, BuildError>,
    link: Duration,
}

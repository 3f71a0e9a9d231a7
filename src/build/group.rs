//! The group's flavour of the reloadable crates, and the library that they are linked into.
//!
//! In the host a reloadable crate is the baseline: its entry points look for the live
//! generation. In a generation they are the plain functions, and calls inside it stay inside it.
//! So each crate is compiled a second time, by the command that cargo ran for the first, with
//! outputs and incremental state of its own. Nothing of cargo's is written to.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::artifact::rlib_stem;
use super::contents::{Contents, Digested};
use super::depinfo;
use super::diagnostics;
use super::digest::Digest;
use super::inputs::Watched;
use super::invocation::Invocation;
use super::jobs::{Announced, Jobs, Stamp};
use super::link::{self, Library};
use super::process::{Cancel, RunError};
use super::record::{Record, write_whole};
use super::wrapper::set_flavour;

/// All reloadable crates of a host.
#[derive(Debug)]
pub(crate) struct Group {
    /// Dependencies before dependants.
    units: Vec<Unit>,
    /// The host's record: what the group is linked as.
    host: Record,
    /// Where the link's recipe and anchor are kept.
    link: PathBuf,
}

/// A reloadable crate.
#[derive(Debug)]
struct Unit {
    package: String,
    record: Record,
    stem: String,
    /// Of its outputs and incremental state.
    directory: PathBuf,
    /// Indices of the reloadable crates that it names.
    depends_on: Vec<usize>,
    /// Files that its macros read, and rustc does not know of.
    watch: Watched,
}

/// What a unit was last compiled from; kept beside its outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Compiled {
    /// Of the command and of the shared crates it was given.
    command: u64,
    /// Of the reloadable crates it was given.
    dependencies: Vec<Stamp>,
    /// Variables that it reads, with the values that it was given.
    variables: BTreeMap<String, Option<String>>,
    inputs: Contents,
    stamp: Stamp,
}

/// A build of the whole group.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) library: Library,
    /// The packages that were compiled for it.
    pub(crate) compiled: Vec<String>,
    /// The inputs of all crates, as they were compiled.
    pub(crate) inputs: Contents,
    pub(crate) compile: Duration,
    pub(crate) link: Duration,
}

/// Why there is no new build.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("cancelled")]
    Cancelled,
    /// rustc's own words, as it would colour them.
    #[error("`{package}` does not compile")]
    Compile { package: String, rendered: String },
    #[error("the group could not be linked:\n{0}")]
    Link(String),
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

/// A reloadable crate as the plan and cargo's messages tell of it.
pub(crate) struct Source {
    pub(crate) package: String,
    pub(crate) stem: String,
    pub(crate) record: Record,
    pub(crate) depends_on: Vec<usize>,
    pub(super) watch: Watched,
}

impl Group {
    /// `sources` in dependency order; `state` is the directory of what lies beside the units.
    pub(crate) fn new(sources: Vec<Source>, host: Record, state: &Path) -> Self {
        let units = sources
            .into_iter()
            .map(|source| Unit {
                directory: state.join("group").join(&source.stem),
                package: source.package,
                stem: source.stem,
                record: source.record,
                depends_on: source.depends_on,
                watch: source.watch,
            })
            .collect();
        Group {
            units,
            host,
            link: state.join("link"),
        }
    }

    /// Compiles what is stale and links all of it.
    pub(crate) fn build(&self, output: &Path, cancel: &Cancel) -> Result<Built, BuildError> {
        let started = Instant::now();
        let (states, compiled) = self.compile(cancel)?;
        let compile = started.elapsed();

        let started = Instant::now();
        let rlibs: Vec<PathBuf> = self.units.iter().map(Unit::rlib).collect();
        let shared = self.host.shared.as_deref().unwrap_or(Path::new(""));
        let recipe = link::recipe(&self.host.invocation, shared, &rlibs, &self.link, cancel)?;
        let library = recipe.link(&rlibs, output, cancel)?;
        let inputs = states.into_iter().flat_map(|state| state.inputs).collect();
        Ok(Built {
            library,
            compiled,
            inputs,
            compile,
            link: started.elapsed(),
        })
    }

    /// Compiles the stale units, each as soon as the metadata of those that it names is there;
    /// what all were compiled from, and the packages that were compiled now.
    fn compile(&self, cancel: &Cancel) -> Result<(Vec<Compiled>, Vec<String>), BuildError> {
        let jobs = Jobs::new()?;
        let announced: Vec<Announced> = self.units.iter().map(|_| Announced::default()).collect();
        let (jobs, announced) = (&jobs, &announced[..]);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let units = self.units.iter().zip(announced);
            let threads: Vec<_> = units
                .map(|(unit, own)| {
                    scope.spawn(move || {
                        let outcome = self.compile_unit(unit, own, announced, jobs, cancel);
                        // Nobody waits for what will not come.
                        own.announce(None);
                        outcome
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        });
        let mut states = Vec::new();
        let mut compiled = Vec::new();
        for (unit, outcome) in self.units.iter().zip(outcomes) {
            let (state, was_stale) = outcome?;
            states.push(state);
            if was_stale {
                compiled.push(unit.package.clone());
            }
        }
        Ok((states, compiled))
    }

    /// Compiles a unit if it is stale; whether it was.
    fn compile_unit(
        &self,
        unit: &Unit,
        own: &Announced,
        announced: &[Announced],
        jobs: &Jobs,
        cancel: &Cancel,
    ) -> Result<(Compiled, bool), BuildError> {
        let dependencies = unit.depends_on.iter().map(|it| announced[*it].wait());
        let dependencies: Option<Vec<Stamp>> = dependencies.collect();
        // The dependency's own error comes first.
        let dependencies = dependencies.ok_or(BuildError::Cancelled)?;
        let invocation = self.flavoured(unit);
        let command = command_digest(&invocation, |path| {
            self.units
                .iter()
                .any(|unit| path.starts_with(&unit.directory))
        })?;
        let before = unit.state();
        let watched = unit.watch.files();
        if let Some(state) = &before
            && watched.iter().all(|path| state.inputs.contains_key(path))
            && state.command == command
            && state.dependencies == dependencies
            && state
                .variables
                .iter()
                .all(|(name, was)| invocation.environment.get(name) == was.as_ref())
            && state
                .inputs
                .iter()
                .all(|(path, was)| *was == Digested::of(path))
            && unit.rlib().exists()
        {
            own.announce(Some(state.stamp));
            return Ok((state.clone(), false));
        }

        // What is known to be read is digested before rustc reads it: a later change differs.
        let mut inputs: Contents = before
            .iter()
            .flat_map(|state| state.inputs.keys())
            .chain(&watched)
            .map(|path| (path.clone(), Digested::of(path)))
            .collect();
        let begun = SystemTime::now();
        let stamp = Stamp::next();
        fs::create_dir_all(&unit.directory)?;
        let (succeeded, stderr) = jobs.run(&mut invocation.command(), cancel, |line| {
            if diagnostics::announces_metadata(line) {
                own.announce(Some(stamp));
            }
        })?;
        if !succeeded {
            return Err(BuildError::Compile {
                package: unit.package.clone(),
                rendered: diagnostics::rendered(&stderr),
            });
        }
        own.announce(Some(stamp));
        let read = depinfo::inputs(&unit.dep_info(), &invocation.directory)?;
        inputs.retain(|path, _| read.contains(path) || watched.contains(path));
        // One that changed and was changed back meanwhile may have been read in between.
        for (path, content) in &mut inputs {
            if Digested::unless_changed_since(path, begun) == Digested::Unknown {
                *content = Digested::Unknown;
            }
        }
        for path in read {
            inputs
                .entry(path)
                .or_insert_with_key(|path| Digested::unless_changed_since(path, begun));
        }
        let variables = depinfo::variables(&unit.dep_info())?
            .into_iter()
            .map(|name| {
                let value = invocation.environment.get(&name).cloned();
                (name, value)
            })
            .collect();
        let state = Compiled {
            command,
            dependencies,
            variables,
            inputs,
            stamp,
        };
        let text = serde_json::to_vec(&state).map_err(io::Error::from)?;
        write_whole(&unit.state_file(), &text)?;
        Ok((state, true))
    }

    /// The command that compiles a unit for the group.
    fn flavoured(&self, unit: &Unit) -> Invocation {
        let mut invocation = unit.record.invocation.clone();
        set_flavour(&mut invocation, "group", unit.record.runtime.as_deref());
        let directory = unit.directory.to_string_lossy().into_owned();
        invocation.change_values("--out-dir", |_| Some(directory.clone()));
        // A crate of the group that is named by another one is the group's flavour too.
        invocation.change_values("--extern", |value| {
            let (name, path) = value.split_once('=')?;
            let path = Path::new(path);
            let stem = rlib_stem(path)?;
            let unit = self.units.iter().find(|unit| unit.stem == stem)?;
            // Metadata where cargo gave metadata: it is there before the rlib is.
            let path = unit.directory.join(path.file_name()?);
            Some(format!("{name}={}", path.display()))
        });
        for dependency in &self.units {
            if dependency.stem != unit.stem {
                let directory = dependency.directory.display();
                invocation.push(["-L".to_owned(), format!("dependency={directory}")]);
            }
        }
        let incremental = unit.directory.join("incremental");
        invocation.push([
            "-C".to_owned(),
            format!("incremental={}", incremental.display()),
        ]);
        invocation.push(["--cfg", "hotmod_group", "--check-cfg", "cfg(hotmod_group)"]);
        invocation
    }

    /// Whether a crate asks for this file to be watched, which may be new.
    pub(crate) fn watches(&self, file: &Path) -> bool {
        self.units.iter().any(|unit| unit.watch.has(file))
    }

    /// Whether what cargo built for it is still there.
    pub(crate) fn is_whole(&self) -> bool {
        let shared = self.host.shared.as_ref();
        shared.is_some_and(|it| it.exists()) && self.baseline_inputs().is_ok()
    }

    /// The inputs of the baseline, as cargo's rustc named them, and what is watched beside them.
    pub(crate) fn baseline_inputs(&self) -> io::Result<Vec<PathBuf>> {
        let mut inputs = Vec::new();
        for unit in &self.units {
            inputs.extend(unit.baseline_inputs()?);
        }
        Ok(inputs)
    }
}

impl Unit {
    fn rlib(&self) -> PathBuf {
        self.directory.join(format!("lib{}.rlib", self.stem))
    }

    fn dep_info(&self) -> PathBuf {
        self.directory.join(format!("{}.d", self.stem))
    }

    fn state_file(&self) -> PathBuf {
        self.directory.join("compiled.json")
    }

    fn state(&self) -> Option<Compiled> {
        serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()
    }

    fn baseline_inputs(&self) -> io::Result<Vec<PathBuf>> {
        let invocation = &self.record.invocation;
        let out_dir = invocation.out_dir().unwrap_or(Path::new("."));
        let file = out_dir.join(format!("{}.d", self.stem));
        let mut inputs = depinfo::inputs(&file, &invocation.directory)?;
        inputs.extend(self.watch.files());
        Ok(inputs)
    }
}

/// Of a command, and of the files it is given that are not of the group.
fn command_digest(invocation: &Invocation, is_of_group: impl Fn(&Path) -> bool) -> io::Result<u64> {
    let mut digest = Digest::new();
    digest.text(&invocation.program.to_string_lossy());
    for argument in &invocation.arguments {
        digest.text(argument);
    }
    for (name, value) in &invocation.environment {
        // What procedural macros read is not in dep-info: these are what cargo sets for them.
        if name.starts_with("CARGO_PKG_") || name.starts_with("HOTMOD_") || name == "OUT_DIR" {
            digest.text(name);
            digest.text(value);
        }
    }
    for dependency in invocation.externs() {
        if !is_of_group(dependency.path) {
            digest.written(dependency.path)?;
        }
    }
    Ok(digest.finish())
}

//! Compiles the stale crates of the group, each as soon as its dependencies are ready.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use super::interface::{Interface, Outlines, write_as_rlib};
use super::link::Objects;
use super::settings::{DeltaPolicy, Settings};
use super::unit::{Compiled, Flavour, Unit, clean};
use super::{BuildError, Group};
use crate::base::content_hash::{ContentHash, Digest};
use crate::base::contents::{Contents, Digested, FileState};
use crate::base::stamp::Stamp;
use crate::cargo::artifact::rlib_stem;
use crate::cargo::dep_info as depinfo;
use crate::cargo::diagnostics;
use crate::cargo::invocation::Invocation;
use crate::compile::group::jobs::Promise;

/// The results of a unit that others wait for.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// For its dependents: the metadata to compile against.
    pub(crate) interface: Promise<Stamp>,
    /// For the link: the objects.
    pub(crate) objects: Promise<Objects>,
    /// For the link, from a unit that is not compiled in this build.
    pub(crate) at_rest: Promise<Objects>,
}

/// Gives up all open promises when dropped, even after a panic.
struct ToTheEnd<'a>(&'a Progress);

impl Drop for ToTheEnd<'_> {
    fn drop(&mut self) {
        self.0.interface.give_up();
        self.0.objects.give_up();
        self.0.at_rest.give_up();
    }
}

/// A unit's last compilation, if only the contents of its inputs can have changed since.
struct Before {
    state: Compiled,
    is_same: bool,
}

impl Group {
    /// Compiles a unit if it is stale.
    pub(crate) fn compile_unit(
        &self,
        index: usize,
        progress: &[Progress],
        settings: &Settings<'_>,
    ) -> Result<Compiled, BuildError> {
        let unit = &self.units[index];
        let own = &progress[index];
        let _end = ToTheEnd(own);
        let interfaces = unit.depends_on.iter();
        let interfaces = interfaces.map(|it| progress[*it].interface.wait());
        // The dependency reports its own error.
        let interfaces: Option<Vec<Stamp>> = interfaces.collect();
        let interfaces = interfaces.ok_or(BuildError::Cancelled)?;

        let state = unit.compiled();
        let is_base = self.units.iter().any(|it| it.depends_on.contains(&index));
        let needs_rlib =
            is_base || !unit.is_unoptimised() || state.as_ref().is_some_and(|it| it.refuses_leaf);
        let flavour = match needs_rlib {
            true => Flavour::Base,
            false => Flavour::Leaf,
        };
        let command = self.command(unit, flavour);
        let digest = self.digest(&command)?;
        let watched = unit.watch.files();
        let before = state.map(|state| Before {
            is_same: state.flavour == flavour
                && state.command == digest
                && state.dependencies == interfaces
                && watched.iter().all(|path| state.inputs.contains_key(path))
                && is_same_environment(&state, &command),
            state,
        });
        // Hash the known inputs before rustc reads them, so that a later change is noticed.
        let known = before.iter().flat_map(|it| it.state.inputs.keys());
        let states: BTreeMap<PathBuf, FileState> = known
            .chain(&watched)
            .map(|path| (path.clone(), FileState::at(path)))
            .collect();
        let mut kept = None;
        let is_warm = before.is_some();
        let mut stamp = Stamp::next();
        if let Some(Before {
            state,
            is_same: true,
        }) = before
        {
            let pending = self.deltas[index].pending();
            let pending = pending.filter(|it| has_contents(it, &states));
            if let Some(delta) = pending {
                if settings.deltas != DeltaPolicy::Never && delta.objects.path.exists() {
                    // A full compilation follows, so merging its objects would not pay.
                    own.at_rest.give_up();
                    own.provide(&delta);
                    return Ok(delta);
                }
                // It is the same code, so a generation of one is one of the other.
                stamp = delta.stamp;
            }
            if has_contents(&state, &states) {
                own.at_rest.fulfil(state.objects.clone());
                own.provide(&state);
                return Ok(state);
            }
            let changed = states
                .iter()
                .map(|(path, state)| (path, &state.content))
                .filter(|(path, now)| state.inputs.get(*path) != Some(now));
            let wants_delta =
                settings.may_keep && self.choose_delta(index, &state, settings.deltas);
            let may_keep = is_base && settings.may_keep && self.may_keep_interface(index);
            let sources = match wants_delta || may_keep {
                true => state.outlines.kept(unit.runtime(), changed),
                false => None,
            };
            let sources = sources.filter(|all| !is_base || all.iter().all(|it| it.keeps_outline));
            if let Some(sources) = sources {
                if is_base {
                    own.interface.fulfil(state.interface.stamp);
                    kept = Some(state.interface.clone());
                }
                let delta = match wants_delta {
                    true => self.compile_delta(index, &state, sources, &states, settings)?,
                    false => None,
                };
                if let Some(delta) = delta {
                    own.at_rest.give_up();
                    own.provide(&delta);
                    return Ok(Compiled {
                        has_kept_interface: is_base,
                        ..delta
                    });
                }
            }
        }

        own.at_rest.give_up();
        let mut compilation = Compilation {
            group: self,
            unit,
            own,
            flavour,
            kept,
            interfaces,
            states,
            watched,
            stamp,
        };
        let begun = Instant::now();
        let state = match compilation.run(command, digest, settings) {
            // The error is not about the sources: without `std`, for example, rustc can't create a
            // cdylib.
            Err(BuildError::Compile {
                is_command_error: true,
                ..
            }) if flavour == Flavour::Leaf => {
                compilation.flavour = Flavour::Base;
                let command = self.command(unit, Flavour::Base);
                let digest = self.digest(&command)?;
                let outcome = compilation.run(command, digest, settings);
                outcome.map(|state| Compiled {
                    refuses_leaf: true,
                    ..state
                })
            }
            outcome => outcome,
        };
        let state = state?;
        let delta = self.deltas[index].pending();
        if delta.is_some_and(|it| it.stamp == state.stamp && it.inputs != state.inputs) {
            // A source changed since the delta with this stamp.
            return Err(BuildError::Cancelled);
        }
        unit.keep(&state)?;
        self.deltas[index].followed(is_warm.then(|| begun.elapsed()));
        Ok(state)
    }
}

impl Progress {
    /// Provides the results of a compilation.
    fn provide(&self, compiled: &Compiled) {
        self.interface.fulfil(compiled.interface.stamp);
        self.objects.fulfil(compiled.objects.clone());
    }
}

/// Whether a crate was compiled from these contents.
fn has_contents(compiled: &Compiled, states: &BTreeMap<PathBuf, FileState>) -> bool {
    let mut states = states.iter();
    states.all(|(path, state)| compiled.inputs.get(path) == Some(&state.content))
}

fn is_same_environment(state: &Compiled, command: &Invocation) -> bool {
    let mut variables = state.variables.iter();
    variables.all(|(name, was)| hash_of_variable(command, name) == *was)
}

/// The hash of a variable's value, if the command sets it.
fn hash_of_variable(command: &Invocation, name: &str) -> Option<ContentHash> {
    let value = command.environment.get(name)?;
    Some(ContentHash::new(value.as_bytes()))
}

/// One rustc for one unit.
struct Compilation<'a> {
    group: &'a Group,
    unit: &'a Unit,
    own: &'a Progress,
    flavour: Flavour,
    /// The interface, if it did not change.
    kept: Option<Interface>,
    /// The interfaces of its dependencies.
    interfaces: Vec<Stamp>,
    /// The state of its known inputs.
    states: BTreeMap<PathBuf, FileState>,
    watched: Vec<PathBuf>,
    stamp: Stamp,
}

impl Compilation<'_> {
    fn run(
        &self,
        command: Invocation,
        digest: u64,
        settings: &Settings<'_>,
    ) -> Result<Compiled, BuildError> {
        let (unit, own) = (self.unit, self.own);
        clean(&unit.directory)?;
        let begun = SystemTime::now();
        let stamp = self.stamp;
        let objects = unit.objects(self.flavour, stamp);
        let is_new_base = self.flavour == Flavour::Base && self.kept.is_none();
        let (group, flavour) = (self.group, self.flavour);
        let mut invocation = group.complete(unit, flavour, command, &objects.path)?;
        if let Some(width) = diagnostics::width() {
            invocation.set_width(width);
        }
        let mut published: io::Result<()> = Ok(());
        let mut inputs = None;
        let (succeeded, stderr) =
            settings
                .jobs
                .run(&mut invocation.command(), settings.cancel, |line| {
                    match diagnostics::announced(line).as_deref() {
                        // It has read all sources. A later save is not part of the build.
                        Some("dep-info") => inputs = self.inputs(&invocation, begun).ok(),
                        Some("metadata") if is_new_base => match self.publish() {
                            Ok(()) => own.interface.fulfil(stamp),
                            Err(error) => published = Err(error),
                        },
                        // From here on, nothing waits for rustc.
                        Some("link") => own.objects.fulfil(objects.clone()),
                        _ => {}
                    }
                })?;
        if !succeeded && !diagnostics::has_error(&stderr) {
            return Err(BuildError::Compiler {
                package: unit.package.clone(),
                words: diagnostics::rendered(&stderr).trim_end().to_owned(),
            });
        }
        if !succeeded {
            return Err(BuildError::Compile {
                package: unit.package.clone(),
                rendered: diagnostics::rendered(&stderr),
                messages: diagnostics::messages(&stderr),
                is_command_error: diagnostics::is_command_error(&stderr),
            });
        }
        published?;
        // rustc may not have announced anything.
        if is_new_base && own.interface.is_open() {
            self.publish()?;
            own.interface.fulfil(stamp);
        }
        own.objects.fulfil(objects.clone());
        let inputs = match inputs {
            Some(inputs) => inputs,
            None => self.inputs(&invocation, begun)?,
        };
        let variables = depinfo::variables(&unit.dep_info())?
            .into_iter()
            .map(|name| {
                let hash = hash_of_variable(&invocation, &name);
                (name, hash)
            })
            .collect();
        let interface = match &self.kept {
            Some(kept) => kept.clone(),
            None if is_new_base => Interface::of(stamp, &unit.interface())?,
            None => Interface::unknown(stamp),
        };
        Ok(Compiled {
            stamp,
            flavour: self.flavour,
            refuses_leaf: false,
            command: digest,
            dependencies: self.interfaces.clone(),
            variables,
            outlines: self.outlines(&inputs),
            inputs,
            interface,
            has_kept_interface: self.kept.is_some(),
            written: Digest::of_written(&objects.path)?,
            objects,
        })
    }

    /// The outlines of the sources that rustc read.
    fn outlines(&self, inputs: &Contents) -> Outlines {
        let unit = self.unit;
        let exported = |name: &str| {
            let mut externs = unit.record.invocation.externs();
            let stem = rlib_stem(externs.find(|it| it.name == name)?.path)?;
            let mut dependencies = unit.depends_on.iter().zip(&self.interfaces);
            let (dependency, stamp) =
                dependencies.find(|(it, _)| self.group.units[**it].stem == stem)?;
            let compiled = self.group.units[*dependency].compiled();
            // It may still be compiled.
            let compiled = compiled.filter(|it| it.interface.stamp == *stamp);
            compiled?.outlines.exported()
        };
        Outlines::of(unit.root().as_deref(), unit.runtime(), inputs, &exported)
    }

    /// Moves the new metadata to the path that dependents use.
    fn publish(&self) -> io::Result<()> {
        let metadata = self.unit.directory.join(self.unit.rlib_name());
        write_as_rlib(&metadata.with_extension("rmeta"), &self.unit.interface())
    }

    /// The contents of the inputs when rustc read them.
    fn inputs(&self, invocation: &Invocation, begun: SystemTime) -> io::Result<Contents> {
        let read = depinfo::inputs(&self.unit.dep_info(), &invocation.directory)?;
        let is_input = |path: &PathBuf| read.contains(path) || self.watched.contains(path);
        let states = self.states.iter().filter(|(path, _)| is_input(path));
        let mut inputs: Contents = states
            .map(|(path, state)| (path.clone(), state.content_until_now(path)))
            .collect();
        for path in read {
            inputs
                .entry(path)
                .or_insert_with_key(|path| Digested::since(begun, path));
        }
        Ok(inputs)
    }
}

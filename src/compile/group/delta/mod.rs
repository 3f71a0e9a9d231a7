//! Deltas: compilations of only the function bodies that changed.
//!
//! Most of the time from a save to the new code is rustc's, and it depends on the size of the crate
//! rather than of the edit. If only bodies of plain functions changed, no other code of the crate can
//! differ. So rustc compiles a copy of the sources in which all other bodies are stubs, and the result
//! is linked with the objects of the last full compilation.
//!
//! The full compilation follows in the background. The next delta is linked with its objects, which also
//! verify this delta: a difference in the code would be a bug in the tool, after which the crate gets no
//! more deltas.
//!
//! Everything in doubt is compiled in full. In particular, a delta shows no errors: if it does not
//! compile, the full compilation reports why.
//!
//! - [`strip`]: the text of a source without bodies; [`padding`]: the spaces after bodies;
//!   [`copy`]: the copied sources
//! - [`objects`]: the objects to link
//! - [`state`]: what a session knows of a crate's deltas
//! - [`follow`]: the full compilation that follows

mod copy;
mod follow;
mod objects;
mod padding;
mod state;
mod strip;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::interface::Source;
use super::link::Objects;
use super::settings::{DeltaPolicy, Settings};
use super::unit::{Compiled, Flavour, Unit, clean};
use super::{BuildError, Group};
use crate::base::content_hash::Digest;
use crate::base::contents::{Contents, Digested, FileState};
use crate::base::stamp::Stamp;
use crate::cargo::invocation::Invocation;

pub(crate) use follow::{Followed, Proof};
pub(crate) use state::Deltas;

impl Group {
    /// Chooses whether to compile a delta, if only bodies changed.
    pub(crate) fn choose_delta(&self, index: usize, full: &Compiled, policy: DeltaPolicy) -> bool {
        self.may_have_deltas(index, full) && self.deltas[index].choose(policy, full)
    }

    /// Compiles the bodies in `sources` that differ from the last full compilation; `None` if that is
    /// not possible.
    pub(crate) fn compile_delta(
        &self,
        index: usize,
        full: &Compiled,
        sources: Vec<Source>,
        states: &BTreeMap<PathBuf, FileState>,
        settings: &Settings<'_>,
    ) -> Result<Option<Compiled>, BuildError> {
        let unit = &self.units[index];
        let begun = Instant::now();
        let delta = Delta {
            group: self,
            unit,
            deltas: &self.deltas[index],
            full,
            states,
        };
        let compiled = match delta.compile(sources, settings) {
            Err(BuildError::Cancelled) => return Err(BuildError::Cancelled),
            // A full compilation may succeed, or fails with a better error.
            Err(_) | Ok(None) => {
                self.deltas[index].failed();
                return Ok(None);
            }
            Ok(Some(compiled)) => compiled,
        };
        self.deltas[index].compiled(&compiled, begun.elapsed());
        Ok(Some(compiled))
    }

    /// The units of which a build has a delta.
    pub(crate) fn deltas_in(&self, states: &[Compiled]) -> impl Iterator<Item = usize> {
        let all = self.deltas.iter().zip(states).enumerate();
        let pending = all.filter(|(_, (deltas, state))| deltas.is_pending(state.stamp));
        pending.map(|it| it.0)
    }

    /// Turns off the deltas of the crates of which a build has one. Returns whether there are any.
    pub(crate) fn give_up_deltas(&self, states: &[Compiled]) -> bool {
        let found: Vec<usize> = self.deltas_in(states).collect();
        found.iter().for_each(|it| self.deltas[*it].turn_off());
        !found.is_empty()
    }

    /// Whether deltas of a crate can be right.
    fn may_have_deltas(&self, index: usize, full: &Compiled) -> bool {
        let unit = &self.units[index];
        let invocation = &unit.record.invocation;
        // Whether these names are right in a copy is not known.
        let is_remapped = invocation.values("--remap-path-prefix").next().is_some();
        self.may_keep_interface(index) && !is_remapped && !full.refuses_leaf
    }
}

/// Removes the objects of earlier deltas.
fn remove_earlier(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("compiled-") || name.starts_with("objects-") {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// One delta of one crate.
struct Delta<'a> {
    group: &'a Group,
    unit: &'a Unit,
    deltas: &'a Deltas,
    full: &'a Compiled,
    /// The state of the crate's inputs.
    states: &'a BTreeMap<PathBuf, FileState>,
}

impl Delta<'_> {
    fn folder(&self) -> PathBuf {
        self.unit.directory.join("delta")
    }

    /// Compiles the changed `sources`.
    fn compile(
        &self,
        sources: Vec<Source>,
        settings: &Settings<'_>,
    ) -> Result<Option<Compiled>, BuildError> {
        let command = self.command();
        if !self.write_copy(&sources)? {
            return Ok(None);
        }
        let stamp = Stamp::next();
        let folder = self.folder();
        clean(&folder)?;
        remove_earlier(&folder)?;
        let compiled = folder.join(format!("compiled-{stamp}"));
        let mut invocation = self
            .group
            .complete(self.unit, Flavour::Leaf, command, &compiled)?;
        copy::use_copy(&mut invocation, &folder.join("copy"));
        let mut command = invocation.command();
        let (succeeded, _) = settings.jobs.run(&mut command, settings.cancel, |_| {})?;
        if !succeeded {
            return Ok(None);
        }
        let objects = self.objects(stamp);
        let combined = objects::combine(&compiled, &self.full.objects, &objects.path);
        fs::remove_dir_all(&compiled)?;
        combined?;
        let mut inputs = Contents::new();
        for (path, state) in self.states {
            let source = sources.iter().find(|it| it.path == *path);
            let content = match source {
                // The copy was made from this text.
                Some(source) => Digested::Content(source.content),
                None => state.content_until_now(path),
            };
            inputs.insert(path.clone(), content);
        }
        Ok(Some(Compiled {
            stamp,
            inputs,
            written: Digest::of_written(&objects.path)?,
            objects,
            ..self.full.clone()
        }))
    }

    fn objects(&self, stamp: Stamp) -> Objects {
        let path = self.folder().join(format!("objects-{stamp}"));
        let merged = self.folder().join(format!("merged-{stamp}.o"));
        Objects { path, merged }
    }

    fn command(&self) -> Invocation {
        let mut invocation = self.group.command(self.unit, Flavour::Leaf);
        let folder = self.folder();
        let out = folder.to_string_lossy().into_owned();
        invocation.change_values("--out-dir", |_| Some(out.clone()));
        invocation.change_values("--emit", |_| Some("link".to_owned()));
        // Of options that are given twice, rustc takes the last.
        let incremental = folder.join("incremental");
        invocation.push([
            "-C".to_owned(),
            format!("incremental={}", incremental.display()),
        ]);
        // Stubs cause warnings.
        invocation.change_values("--cap-lints", |_| Some("allow".to_owned()));
        invocation
    }

    /// Writes the copy, with the bodies of `sources` that were edited or moved. Returns `false` if
    /// there can't be one.
    fn write_copy(&self, sources: &[Source]) -> io::Result<bool> {
        let folder = self.folder().join("copy");
        let (unit, full) = (self.unit, self.full);
        let root = unit.root();
        let is_root = |path: &Path| root.as_deref() == Some(path);
        if !root.as_deref().is_some_and(|it| full.outlines.has(it)) {
            return Ok(false);
        }
        let crates: Vec<&str> = unit.record.invocation.externs().map(|it| it.name).collect();
        let mut copy = self.deltas.copy();
        let (roots, modules): (Vec<_>, Vec<_>) = full.inputs.keys().partition(|it| is_root(it));
        for path in modules.into_iter().chain(roots) {
            if !full.outlines.has(path) {
                copy::link(&folder, path)?;
                continue;
            }
            if let Some(source) = sources.iter().find(|it| it.path == *path) {
                if !copy.write(&folder, source, &crates, is_root(path))? {
                    return Ok(false);
                }
                continue;
            }
            let Some(Digested::Content(content)) = full.inputs.get(path) else {
                return Ok(false);
            };
            if copy.is_stripped(path, *content, &full.outlines, is_root(path)) {
                continue;
            }
            let source = full.outlines.source(path, unit.runtime());
            let source = source.filter(|it| it.content == *content);
            let is_written = match &source {
                Some(source) => copy.write(&folder, source, &crates, is_root(path))?,
                None => false,
            };
            if !is_written {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

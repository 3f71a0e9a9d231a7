//! One reloadable crate: its outputs for the group, and how they were compiled.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::interface::{Interface, Outlines};
use super::link::Objects;
use crate::base::atomic_file::{remove_if_there, write_whole};
use crate::base::content_hash::{ContentHash, Digest};
use crate::base::contents::{Contents, Digested};
use crate::base::stamp::Stamp;
use crate::cargo::dep_info as depinfo;
use crate::compile::record::Record;
use crate::compile::watched::Watched;

/// A reloadable crate, from the plan and cargo's messages.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) package: String,
    /// The stem of its artifacts.
    pub(crate) stem: String,
    pub(crate) record: Record,
    /// Indices of the reloadable crates that it depends on, directly or indirectly.
    pub(crate) depends_on: Vec<usize>,
    /// Files that its macros read without rustc's knowledge.
    pub(crate) watch: Watched,
    /// The folder of its outputs and incremental state.
    pub(crate) directory: PathBuf,
}

/// How a crate is compiled for the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Flavour {
    /// To an rlib, with metadata for its dependents.
    Base,
    /// Directly to objects, without metadata, because it has no dependents.
    Leaf,
}

/// The inputs and outputs of a unit's last compilation. Stored next to its outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Compiled {
    pub(crate) stamp: Stamp,
    pub(crate) flavour: Flavour,
    /// Whether compiling it as a leaf failed, for example without `std`.
    pub(crate) refuses_leaf: bool,
    /// The digest of the command and of its shared crates.
    pub(crate) command: u64,
    /// The interfaces of its reloadable dependencies.
    pub(crate) dependencies: Vec<Stamp>,
    /// The variables that its sources name, with the hashes of their values: a value may be secret.
    pub(crate) variables: BTreeMap<String, Option<ContentHash>>,
    pub(crate) inputs: Contents,
    /// The outlines of those that are its modules.
    pub(crate) outlines: Outlines,
    /// The interface for its dependents. If it `has_kept_interface`, it is from an earlier
    /// compilation.
    pub(crate) interface: Interface,
    pub(crate) has_kept_interface: bool,
    pub(crate) objects: Objects,
    /// The digest of the objects when they were written.
    pub(crate) written: u64,
}

impl Compiled {
    /// Whether dependents were left unchanged, but a source has changed since that decision.
    pub(crate) fn is_doubtful(&self) -> bool {
        let mut contents = self.inputs.values();
        self.has_kept_interface && contents.any(|content| *content == Digested::Unknown)
    }
}

impl Unit {
    /// The baseline's rlib, built by cargo.
    pub(crate) fn baseline(&self) -> PathBuf {
        self.cargos_directory().join(self.rlib_name())
    }

    pub(crate) fn rlib_name(&self) -> String {
        format!("lib{}.rlib", self.stem)
    }

    /// The path of the metadata for dependents. It is always the same, because rustc recompiles a
    /// whole crate if the path of a dependency changes.
    pub(crate) fn interface(&self) -> PathBuf {
        self.directory.join("interface").join(self.rlib_name())
    }

    /// The objects of a compilation.
    pub(crate) fn objects(&self, flavour: Flavour, stamp: Stamp) -> Objects {
        let path = match flavour {
            Flavour::Base => self.directory.join(self.rlib_name()),
            Flavour::Leaf => self.directory.join(format!("objects-{stamp}")),
        };
        let merged = self.directory.join(format!("merged-{stamp}.o"));
        Objects { path, merged }
    }

    pub(crate) fn dep_info(&self) -> PathBuf {
        self.directory.join(format!("{}.d", self.stem))
    }

    fn cargos_directory(&self) -> &Path {
        let out_dir = self.record.invocation.out_dir();
        out_dir.unwrap_or(Path::new("."))
    }

    /// Whether it is compiled with opt-level 0. With optimisation, a library drops functions that
    /// it neither exports nor calls, including entry points.
    pub(crate) fn is_unoptimised(&self) -> bool {
        self.record.invocation.is_unoptimised()
    }

    /// The name of the runtime in its dependencies.
    pub(crate) fn runtime(&self) -> &str {
        self.record.runtime.as_deref().unwrap_or_default()
    }

    /// Its root source file.
    pub(crate) fn root(&self) -> Option<PathBuf> {
        let invocation = &self.record.invocation;
        let mut arguments = invocation.arguments.iter();
        let root = arguments.find(|it| !it.starts_with('-') && it.ends_with(".rs"))?;
        Some(invocation.directory.join(root))
    }

    /// The inputs of the baseline according to rustc, and the files that its `watch` setting names.
    pub(crate) fn baseline_inputs(&self) -> io::Result<Vec<PathBuf>> {
        let file = self.cargos_directory().join(format!("{}.d", self.stem));
        let mut inputs = depinfo::inputs(&file, &self.record.invocation.directory)?;
        inputs.extend(self.watch.files());
        Ok(inputs)
    }

    fn state_file(&self) -> PathBuf {
        self.directory.join("compiled.json")
    }

    /// The last compilation, if its outputs exist.
    pub(crate) fn compiled(&self) -> Option<Compiled> {
        let state: Compiled = serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()?;
        // The outputs may be from another compilation that was interrupted.
        let has_interface =
            state.flavour == Flavour::Leaf || state.interface.is_at(&self.interface());
        let written = Digest::of_written(&state.objects.path).ok()?;
        (has_interface && written == state.written).then_some(state)
    }

    /// Stores the state of a compilation, and removes earlier outputs, which are no longer in use.
    pub(crate) fn keep(&self, state: &Compiled) -> io::Result<()> {
        let text = serde_json::to_vec(state).map_err(io::Error::from)?;
        write_whole(&self.state_file(), &text)?;
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("objects-") && path != state.objects.path {
                fs::remove_dir_all(&path)?;
            } else if name.starts_with("merged-") && path != state.objects.merged {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Forgets the interface, so that the next compilation has a new one.
    pub(crate) fn forget(&self) -> io::Result<()> {
        remove_if_there(&self.state_file())
    }
}

/// Removes files that a killed rustc or tool left in a folder of outputs.
pub(crate) fn clean(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_left = name.ends_with(".rcgu.o")
            || name.contains(".long-type-")
            || ["rmeta", "rustc", ".tmp"]
                .iter()
                .any(|it| name.starts_with(it));
        if is_left {
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
    }
    Ok(())
}

//! One reloadable crate: where its outputs for the group are, and what they were made of.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::interface::Interface;
use super::link::Objects;
use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;
use crate::base::contents::{Contents, Digested};
use crate::base::stamp::Stamp;
use crate::cargo::dep_info as depinfo;
use crate::compile::record::Record;
use crate::compile::watched::Watched;

/// A reloadable crate, as the plan and cargo's messages tell of it.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) package: String,
    /// The name of its artefacts.
    pub(crate) stem: String,
    pub(crate) record: Record,
    /// Indices of the reloadable crates that it depends on, by way of others too.
    pub(crate) depends_on: Vec<usize>,
    /// Files that its macros read, and rustc does not know of.
    pub(crate) watch: Watched,
    /// Of its outputs and incremental state.
    pub(crate) directory: PathBuf,
}

/// As what a crate is compiled for the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Flavour {
    /// As an rlib, with metadata.
    Base,
    /// Straight to the objects of a library: nobody asks for its metadata.
    Leaf,
}

/// What a unit was last compiled from, and what came of it; kept beside its outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Compiled {
    pub(crate) stamp: Stamp,
    pub(crate) flavour: Flavour,
    /// Whether it was tried as a leaf, and can't be one: without `std`, say.
    pub(crate) refuses_leaf: bool,
    /// Of the command and of the shared crates it was given.
    pub(crate) command: u64,
    /// The interfaces of the reloadable crates it was given.
    pub(crate) dependencies: Vec<Stamp>,
    /// Variables that it reads, with the values that it was given.
    pub(crate) variables: BTreeMap<String, Option<String>>,
    pub(crate) inputs: Contents,
    /// What its dependants are compiled against. Of an earlier compilation if it
    /// `has_kept_interface`.
    pub(crate) interface: Interface,
    pub(crate) has_kept_interface: bool,
    pub(crate) objects: Objects,
    /// Of the objects, as they were written.
    pub(crate) written: u64,
}

impl Compiled {
    /// Whether dependants were told that they may stay as they are, because of a source that has
    /// changed since.
    pub(crate) fn is_doubtful(&self) -> bool {
        let mut contents = self.inputs.values();
        self.has_kept_interface && contents.any(|content| *content == Digested::Unknown)
    }
}

impl Unit {
    /// The baseline's rlib, which cargo built.
    pub(crate) fn baseline(&self) -> PathBuf {
        self.cargos_directory().join(self.rlib_name())
    }

    pub(crate) fn rlib_name(&self) -> String {
        format!("lib{}.rlib", self.stem)
    }

    /// Where its metadata is for dependants. Always at one path: rustc compiles all of a crate
    /// again if a crate that it names lies somewhere else.
    pub(crate) fn interface(&self) -> PathBuf {
        self.directory.join("interface").join(self.rlib_name())
    }

    /// Where the objects of one compilation are.
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

    /// Whether its code is what its sources say, function by function. Optimised, a library keeps
    /// none that it neither exports nor calls, and so no entry point.
    pub(crate) fn is_unoptimised(&self) -> bool {
        self.record.invocation.is_unoptimised()
    }

    /// The name by which it knows the runtime, if it does.
    pub(crate) fn runtime(&self) -> &str {
        self.record.runtime.as_deref().unwrap_or_default()
    }

    /// The root of its sources.
    pub(crate) fn root(&self) -> Option<PathBuf> {
        let invocation = &self.record.invocation;
        let mut arguments = invocation.arguments.iter();
        let root = arguments.find(|it| !it.starts_with('-') && it.ends_with(".rs"))?;
        Some(invocation.directory.join(root))
    }

    /// The inputs of the baseline, as cargo's rustc named them, and what is watched beside them.
    pub(crate) fn baseline_inputs(&self) -> io::Result<Vec<PathBuf>> {
        let file = self.cargos_directory().join(format!("{}.d", self.stem));
        let mut inputs = depinfo::inputs(&file, &self.record.invocation.directory)?;
        inputs.extend(self.watch.files());
        Ok(inputs)
    }

    fn state_file(&self) -> PathBuf {
        self.directory.join("compiled.json")
    }

    /// What was compiled last, if its outputs are there.
    pub(crate) fn compiled(&self) -> Option<Compiled> {
        let state: Compiled = serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()?;
        // What is there may be of another compilation, which came no further.
        let has_interface =
            state.flavour == Flavour::Leaf || state.interface.is_at(&self.interface());
        let written = Digest::of_written(&state.objects.path).ok()?;
        (has_interface && written == state.written).then_some(state)
    }

    /// Keeps what was compiled, and removes what was before. Nothing of it is in use any more.
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

    /// Makes the next compilation one that gives its dependants a new interface.
    pub(crate) fn forget(&self) -> io::Result<()> {
        match fs::remove_file(self.state_file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes what a rustc, or a tool, left that was killed.
    pub(crate) fn clean(&self) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        for entry in fs::read_dir(&self.directory)? {
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
}

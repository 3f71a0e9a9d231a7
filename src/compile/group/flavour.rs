//! The commands that compile a reloadable crate for the group: cargo's commands with other outputs.

use std::io;
use std::path::Path;

use super::Group;
use super::unit::{Flavour, Unit};
use crate::base::content_hash::Digest;
use crate::cargo::artifact::rlib_stem;
use crate::cargo::invocation::Invocation;
use crate::compile::flavour::set_flavour;
use crate::compile::link::job::{LinkJob, Purpose};

impl Group {
    /// The command of a unit, without the parts that change with each compilation.
    pub(crate) fn command(&self, unit: &Unit, flavour: Flavour) -> Invocation {
        let mut invocation = unit.record.invocation.clone();
        set_flavour(&mut invocation, "group", unit.record.runtime.as_deref());
        let directory = unit.directory.to_string_lossy().into_owned();
        invocation.change_values("--out-dir", |_| Some(directory.clone()));
        let (kind, outputs) = match flavour {
            Flavour::Base => ("rlib", "dep-info,metadata,link"),
            Flavour::Leaf => ("cdylib", "dep-info,link"),
        };
        invocation.remove("--crate-type");
        invocation.push(["--crate-type", kind]);
        invocation.change_values("--emit", |_| Some(outputs.to_owned()));
        // By default a cdylib exports nothing, and rustc does not compile code that is neither exported
        // nor called, such as entry points. In an rlib, functions that one object alone calls are
        // private to it, and a delta could not call them.
        if unit.is_unoptimised() {
            invocation.push(["-C", "link-dead-code"]);
        }
        if flavour == Flavour::Leaf {
            invocation.push(["-C", "prefer-dynamic"]);
        }
        if let Some(level) = self.debuginfo {
            invocation.push(["-C".to_owned(), format!("debuginfo={level}")]);
        }
        let incremental = unit.directory.join("incremental");
        invocation.push([
            "-C".to_owned(),
            format!("incremental={}", incremental.display()),
        ]);
        invocation.push(["--cfg", "hotmod_group", "--check-cfg", "cfg(hotmod_group)"]);
        invocation
    }

    /// Adds the inputs and outputs of a compilation: the group's flavour of its dependencies, and
    /// for a leaf the folder of its objects.
    pub(crate) fn complete(
        &self,
        unit: &Unit,
        flavour: Flavour,
        mut invocation: Invocation,
        objects: &Path,
    ) -> io::Result<Invocation> {
        let dependencies: Vec<&Unit> = unit
            .depends_on
            .iter()
            .map(|index| &self.units[*index])
            .collect();
        invocation.change_values("--extern", |value| {
            let (name, path) = value.split_once('=')?;
            let path = Path::new(path);
            let stem = rlib_stem(path)?;
            let path = match dependencies.iter().find(|it| it.stem == stem) {
                Some(dependency) => dependency.interface(),
                // rustc needs the complete file of linked crates; metadata alone is not enough.
                None if flavour == Flavour::Leaf && is_metadata(path) => {
                    path.with_extension("rlib")
                }
                None => return None,
            };
            Some(format!("{name}={}", path.display()))
        });
        for dependency in dependencies {
            let interface = dependency.interface();
            let folder = interface.parent().unwrap_or(Path::new("."));
            invocation.push(["-L".to_owned(), format!("dependency={}", folder.display())]);
        }
        if flavour == Flavour::Leaf {
            let objects = objects.to_owned();
            LinkJob::take_over(&mut invocation, Purpose::Leaf { objects }, &unit.directory)?;
        }
        Ok(invocation)
    }

    /// The digest of a command and of its input files outside of the group.
    pub(crate) fn digest(&self, invocation: &Invocation) -> io::Result<u64> {
        let mut digest = Digest::new();
        digest.text(&invocation.program.to_string_lossy());
        for argument in &invocation.arguments {
            digest.text(argument);
        }
        for (name, value) in &invocation.environment {
            // Variables that procedural macros read are not in dep-info. Cargo sets these for them.
            if name.starts_with("CARGO_PKG_") || name.starts_with("HOTMOD_") || name == "OUT_DIR" {
                digest.text(name);
                digest.text(value);
            }
        }
        for path in self.given(invocation) {
            digest.written(path)?;
        }
        Ok(digest.finish())
    }

    /// The crates outside of the group that a command names.
    pub(crate) fn given<'a>(
        &'a self,
        invocation: &'a Invocation,
    ) -> impl Iterator<Item = &'a Path> {
        let paths = invocation.externs().map(|it| it.path);
        paths.filter(|path| {
            let stem = rlib_stem(path);
            !self.units.iter().any(|it| Some(&*it.stem) == stem)
        })
    }

    /// Whether an edit of a unit can leave its dependents unchanged.
    ///
    /// Above opt-level 0, the code of a crate depends on function bodies of other crates. The
    /// effect of unstable options is unknown.
    pub(crate) fn may_keep_interface(&self, index: usize) -> bool {
        let dependants = self
            .units
            .iter()
            .filter(|it| it.depends_on.contains(&index));
        let mut all = dependants.chain([&self.units[index]]);
        all.all(|unit| {
            let invocation = &unit.record.invocation;
            let is_unstable = |it: &String| it.starts_with("-Z");
            unit.is_unoptimised()
                && invocation.codegen("instrument-coverage").is_none()
                && !invocation.arguments.iter().any(is_unstable)
        })
    }
}

fn is_metadata(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rmeta")
}

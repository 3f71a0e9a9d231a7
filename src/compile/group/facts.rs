//! What the session asks about the crates of a group.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use super::Group;
use super::unit::Unit;
use crate::compat::Crate;

impl Group {
    /// The group's crates as they appear in debug information, by package.
    pub(crate) fn crates(&self) -> BTreeMap<String, Crate> {
        let of = |unit: &Unit| {
            let name = unit.record.invocation.crate_name()?.to_owned();
            let root = unit.root()?;
            Some((unit.package.clone(), Crate { name, root }))
        };
        self.units.iter().filter_map(of).collect()
    }

    /// A package without debug information about types, if any.
    pub(crate) fn opaque(&self) -> Option<&str> {
        let mut units = self.units.iter();
        let unit = match self.debuginfo {
            None => units.find(|unit| !unit.record.invocation.has_types()),
            Some(_) => units.next(),
        };
        unit.map(|unit| unit.package.as_str())
    }

    /// Whether functions may be inlined, into others or into the host.
    pub(crate) fn is_inlined(&self) -> bool {
        let is_unoptimised = self.units.iter().all(Unit::is_unoptimised);
        !(is_unoptimised && self.host.invocation.is_unoptimised())
    }

    /// For each input of the baseline, the crates that read it.
    pub(crate) fn crates_of_inputs(&self) -> io::Result<BTreeMap<PathBuf, BTreeSet<String>>> {
        let mut crates: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        for unit in &self.units {
            let name = unit.record.invocation.crate_name().unwrap_or_default();
            for path in unit.baseline_inputs()? {
                crates.entry(path).or_default().insert(name.to_owned());
            }
        }
        Ok(crates)
    }

    /// How each crate names the others of the group.
    pub(crate) fn aliases(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let name = |unit: &Unit| {
            let name = unit.record.invocation.crate_name();
            name.unwrap_or_default().to_owned()
        };
        let of = |unit: &Unit| {
            let externs = unit.record.invocation.externs();
            let aliases = externs.filter_map(|it| {
                // A dependent is given the metadata, which is beside the rlib.
                let stem = it.path.file_stem()?.to_str()?.strip_prefix("lib")?;
                let other = self.units.iter().find(|unit| unit.stem == stem)?;
                Some((it.name.to_owned(), name(other)))
            });
            (name(unit), aliases.collect())
        };
        self.units.iter().map(of).collect()
    }
}

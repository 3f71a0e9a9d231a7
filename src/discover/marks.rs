//! The packages of the workspace that are marked as reloadable.
//!
//! A package is marked by its own `reloadable = true`, or by a name or glob in the workspace's
//! list. A package's own table takes precedence: `reloadable = false` excludes it from the list.
//!
//! It is an error to mark a package by name that can't be reloaded. A glob marks only the packages
//! that can be reloaded among its matches, so that `"*"` can mean the whole workspace. Dependencies
//! between packages don't matter here; they make the group.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Metadata, Package, PackageId};
use globset::Glob;

use super::closure::{Graph, is_local, is_proc_macro, library, makes_rlib};
use super::metadata::{Tables, WORKSPACE_TABLE};
use super::table::{invalid_glob, is_glob};
use super::{DiscoverError, RUNTIME};
use crate::base::nearest::nearest;

pub(super) struct Marks {
    /// Names by id.
    marked: BTreeMap<PackageId, String>,
    /// Marked packages that are not members of this workspace.
    outside: Vec<String>,
}

impl Marks {
    pub(super) fn read(graph: &Graph, tables: &Tables) -> Result<Self, DiscoverError> {
        let mut marks = Marks {
            marked: BTreeMap::new(),
            outside: Vec::new(),
        };
        for entry in &tables.reloadable {
            if is_glob(entry) {
                marks.mark_glob(entry, graph, tables)?;
            } else {
                marks.mark_name(entry, graph, tables)?;
            }
        }
        for package in graph
            .metadata()
            .packages
            .iter()
            .filter(|package| is_local(package))
        {
            if own_mark(package, tables) != Some(true) {
                continue;
            } else if graph.is_member(&package.id) {
                marks.mark(package)?;
            } else {
                marks.leave_outside(package);
            }
        }
        Ok(marks)
    }

    pub(super) fn is_marked(&self, id: &PackageId) -> bool {
        self.marked.contains_key(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// The names of the marked packages, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.marked.values().cloned().collect();
        names.sort();
        names
    }

    pub(super) fn outside(&self) -> &[String] {
        &self.outside
    }

    fn mark(&mut self, package: &Package) -> Result<(), DiscoverError> {
        require_reloadable(package)?;
        self.marked
            .insert(package.id.clone(), package.name.to_string());
        Ok(())
    }

    fn mark_name(
        &mut self,
        name: &str,
        graph: &Graph,
        tables: &Tables,
    ) -> Result<(), DiscoverError> {
        if let Some(package) = graph.members().find(|package| package.name == name) {
            return if own_mark(package, tables) == Some(false) {
                Ok(())
            } else {
                self.mark(package)
            };
        }
        let manifest = tables.workspace_manifest.clone();
        let name = name.to_owned();
        if graph
            .metadata()
            .packages
            .iter()
            .any(|package| package.name == name)
        {
            return Err(DiscoverError::MarkNotAMember { manifest, name });
        }
        let nearest = nearest(&name, graph.members().map(|package| package.name.as_str()));
        Err(DiscoverError::UnknownMark {
            manifest,
            name,
            nearest,
        })
    }

    fn mark_glob(
        &mut self,
        pattern: &str,
        graph: &Graph,
        tables: &Tables,
    ) -> Result<(), DiscoverError> {
        let manifest = &tables.workspace_manifest;
        let glob = Glob::new(pattern)
            .map_err(|error| {
                invalid_glob(
                    manifest,
                    WORKSPACE_TABLE,
                    "reloadable",
                    pattern.to_owned(),
                    &error,
                )
            })?
            .compile_matcher();
        let mut matched = false;
        for package in graph
            .members()
            .filter(|package| glob.is_match(package.name.as_str()))
        {
            if !can_match_glob(package) {
                continue;
            }
            matched = true;
            if own_mark(package, tables) != Some(false) {
                self.mark(package)?;
            }
        }
        let pattern = pattern.to_owned();
        if matched {
            Ok(())
        } else {
            Err(DiscoverError::GlobMatchesNothing {
                manifest: manifest.clone(),
                pattern,
            })
        }
    }

    /// Cargo does not use the wrapper for such a package. It may be reloadable in its own
    /// workspace, so this is not an error.
    fn leave_outside(&mut self, package: &Package) {
        self.outside.push(package.name.to_string());
    }
}

/// The ids of the packages that are marked. The metadata may be without dependencies.
///
/// # Errors
/// Fails if a mark is not valid.
pub(crate) fn marked(metadata: &Metadata) -> Result<BTreeSet<PackageId>, DiscoverError> {
    let marks = Marks::read(&Graph::new(metadata), &Tables::read(metadata)?)?;
    Ok(marks.marked.into_keys().collect())
}

/// Whether a glob marks a package whose name it matches.
pub(crate) fn can_match_glob(package: &Package) -> bool {
    !RUNTIME.contains(&package.name.as_str()) && require_reloadable(package).is_ok()
}

/// The value of `reloadable` in a package's own table.
pub(super) fn own_mark(package: &Package, tables: &Tables) -> Option<bool> {
    tables
        .package(&package.id)
        .and_then(|table| table.reloadable)
}

/// Checks that a package has a library that the group can be linked from.
pub(super) fn require_reloadable(package: &Package) -> Result<(), DiscoverError> {
    let name = package.name.to_string();
    let manifest = package.manifest_path.clone().into_std_path_buf();
    if is_proc_macro(package) {
        return Err(DiscoverError::MarkedProcMacro { manifest, name });
    }
    match library(package) {
        None => Err(DiscoverError::MarkedWithoutLib { manifest, name }),
        Some(library) if makes_rlib(library) => Ok(()),
        Some(library) => {
            let crate_types = library
                .crate_types
                .iter()
                .map(ToString::to_string)
                .collect();
            Err(DiscoverError::MarkedWithoutRlib {
                manifest,
                name,
                crate_types,
            })
        }
    }
}

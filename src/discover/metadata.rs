//! The two tables that users write: `[package.metadata.hotmod]` and `[workspace.metadata.hotmod]`.
//!
//! Cargo accepts anything below `metadata`, so a typo would silently disable reloading. Therefore
//! unknown keys and wrong types are errors. Only the format is checked here; `marks` interprets the
//! names. Tables of registry and git packages are ignored, because these packages can't be
//! reloadable and users can't fix their manifests.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cargo_metadata::{Metadata, PackageId};

use super::DiscoverError;
use super::closure::is_local;
use super::table::{PackageTable, Table};

pub(super) const PACKAGE_TABLE: &str = "package.metadata.hotmod";
pub(super) const WORKSPACE_TABLE: &str = "workspace.metadata.hotmod";

/// All tables of the workspace and of its local dependencies.
pub(super) struct Tables {
    /// The manifest that contains `[workspace.metadata.hotmod]`.
    pub(super) workspace_manifest: PathBuf,
    /// `reloadable` of the workspace: package names and globs.
    pub(super) reloadable: Vec<String>,
    packages: BTreeMap<PackageId, PackageTable>,
}

impl Tables {
    pub(super) fn read(metadata: &Metadata) -> Result<Self, DiscoverError> {
        let workspace_manifest = metadata
            .workspace_root
            .join("Cargo.toml")
            .into_std_path_buf();
        let table = Table::read(
            &metadata.workspace_metadata,
            &workspace_manifest,
            WORKSPACE_TABLE,
            &["reloadable"],
        )?;
        let reloadable = table
            .map(|table| table.strings("reloadable"))
            .transpose()?
            .unwrap_or_default();
        let mut packages = BTreeMap::new();
        for package in metadata.packages.iter().filter(|package| is_local(package)) {
            let manifest = package.manifest_path.as_std_path();
            let known = &["reloadable", "watch"];
            if let Some(table) = Table::read(&package.metadata, manifest, PACKAGE_TABLE, known)? {
                packages.insert(package.id.clone(), table.package()?);
            }
        }
        Ok(Tables {
            workspace_manifest,
            reloadable,
            packages,
        })
    }

    pub(super) fn package(&self, id: &PackageId) -> Option<&PackageTable> {
        self.packages.get(id)
    }
}

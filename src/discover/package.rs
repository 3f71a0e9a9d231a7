//! The packages and kinds of targets in a plan.

use std::path::PathBuf;

use cargo_metadata::Package;

/// What kind of target a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostKind {
    /// A `[[bin]]`.
    Bin,
    /// An `[[example]]`, which can also use dev-dependencies.
    Example,
}

/// A package in a local folder, inside or outside the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPackage {
    /// The name of the package.
    pub(crate) name: String,
    /// Cargo's id of the package.
    pub(crate) package_id: String,
    /// The folder of the manifest.
    pub(crate) dir: PathBuf,
    /// The manifest of the package.
    pub(crate) manifest_path: PathBuf,
}

impl LocalPackage {
    pub(super) fn new(package: &Package) -> Self {
        LocalPackage {
            name: package.name.to_string(),
            package_id: package.id.repr.clone(),
            dir: folder(package),
            manifest_path: package.manifest_path.clone().into(),
        }
    }
}

/// The folder of a package's manifest.
pub(super) fn folder(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_owned()
}

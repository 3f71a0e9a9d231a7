//! The workspace according to cargo, and the conventions of its author.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, DependencyKind, Metadata, Package, Target};
use globset::GlobBuilder;

use crate::base::nearest::nearest;
use crate::cargo::directories::Directories;
use crate::discover::{self, DiscoverError, Selection, is_glob};

use super::InitError;
use super::manifest::Manifest;

/// The members of a workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    metadata: Metadata,
    /// The manifest that cargo started from.
    manifest: PathBuf,
}

impl Workspace {
    /// The workspace of a manifest, or of the current folder.
    pub(crate) fn open(manifest_path: Option<&Path>) -> Result<Self, DiscoverError> {
        let metadata = discover::members(manifest_path)?;
        let manifest = match manifest_path {
            Some(path) => path.to_owned(),
            None => {
                let here = env::current_dir().unwrap_or_default();
                discover::manifest_above(&here).unwrap_or_default()
            }
        };
        Ok(Workspace {
            metadata,
            // Cargo's paths are absolute, and may go through links.
            manifest: manifest.canonicalize().unwrap_or(manifest),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    pub(crate) fn root_manifest(&self) -> PathBuf {
        self.root().join("Cargo.toml")
    }

    /// The folder where its sessions build.
    pub(crate) fn session_directory(&self) -> PathBuf {
        Directories::target_of(self.root(), self.metadata.target_directory.as_std_path())
    }

    pub(crate) fn packages(&self) -> impl Iterator<Item = &Package> {
        self.metadata.packages.iter()
    }

    pub(crate) fn package(&self, name: &str) -> Result<&Package, InitError> {
        let found = self.packages().find(|package| package.name == name);
        found.ok_or_else(|| InitError::UnknownPackage {
            name: name.to_owned(),
            nearest: self
                .in_folder(name)
                .or_else(|| nearest(name, self.packages().map(|package| package.name.as_str()))),
        })
    }

    /// The package that has this file in its folder.
    pub(crate) fn package_of(&self, file: &Path) -> Option<&Package> {
        let folder = |package: &Package| {
            let folder = package.manifest_path.parent()?.as_std_path();
            Some(folder.canonicalize().unwrap_or(folder.to_owned()))
        };
        let folders = self.packages().filter_map(|it| Some((folder(it)?, it)));
        let above = folders.filter(|(folder, _)| file.starts_with(folder));
        let nearest = above.max_by_key(|(folder, _)| folder.components().count())?;
        Some(nearest.1)
    }

    /// The package in a folder with this name, or with this path relative to the root.
    fn in_folder(&self, name: &str) -> Option<String> {
        let name = Some(Path::new(name)).filter(|it| !it.as_os_str().is_empty())?;
        let found = self.packages().find(|package| {
            let folder = package.manifest_path.parent();
            let folder = folder.and_then(|it| it.as_std_path().strip_prefix(self.root()).ok());
            folder.is_some_and(|it| !it.as_os_str().is_empty() && it.ends_with(name))
        });
        Some(found?.name.to_string())
    }

    /// The packages with these names, and those that match these globs and could be reloaded in one
    /// of the hosts, each once.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&Package>, InitError> {
        let mut selected: Vec<&Package> = Vec::new();
        for name in names {
            let found = match is_glob(name) {
                true => self.matching(name)?,
                false => vec![self.package(name)?],
            };
            for package in found {
                if !selected.iter().any(|it| it.id == package.id) {
                    selected.push(package);
                }
            }
        }
        Ok(selected)
    }

    fn matching(&self, pattern: &str) -> Result<Vec<&Package>, InitError> {
        let glob = GlobBuilder::new(pattern).build();
        let glob = glob.map_err(|error| InitError::BadGlob {
            pattern: pattern.to_owned(),
            error: error.kind().to_string(),
        })?;
        let glob = glob.compile_matcher();
        let hosts = || {
            self.packages()
                .filter(|package| !binaries(package).is_empty())
        };
        let is_meant = |package: &&Package| {
            glob.is_match(package.name.as_str())
                && discover::can_match_glob(package)
                && hosts().any(|host| host.id == package.id || self.reaches(host, package))
        };
        let found: Vec<_> = self.packages().filter(is_meant).collect();
        match found.is_empty() {
            true => Err(InitError::GlobMatchesNothing(pattern.to_owned())),
            false => Ok(found),
        }
    }

    /// The package with the program that a session would run if these packages were reloadable.
    pub(crate) fn host(
        &self,
        named: Option<&str>,
        reloadable: &[&Package],
    ) -> Result<&Package, InitError> {
        if let Some(name) = named {
            let package = self.package(name)?;
            return match binaries(package).is_empty() {
                true => Err(InitError::HostWithoutBinary(name.to_owned())),
                false => Ok(package),
            };
        }
        let selection = Selection::default();
        let here = self.packages().find(|package| {
            let path = package.manifest_path.as_std_path().canonicalize();
            path.is_ok_and(|path| path == self.manifest)
        });
        let reaches = |host: &Package| {
            let mut reloadable = reloadable.iter();
            reloadable.any(|it| it.id == host.id || self.reaches(host, it))
        };
        match *discover::host_packages(&selection, &self.metadata, here, reaches).map_err(
            |error| match error {
                DiscoverError::NoHost => InitError::NoHost,
                other => other.into(),
            },
        )? {
            [host] => Ok(host),
            ref several => Err(InitError::SeveralHosts(
                several.iter().map(|host| host.name.to_string()).collect(),
            )),
        }
    }

    /// The unmarked packages that are reloaded too if these packages are, each with a package that
    /// it depends on and one that depends on it.
    pub(crate) fn joined(
        &self,
        host: &Package,
        newly: &[&Package],
    ) -> Result<Vec<(&Package, [&Package; 2])>, InitError> {
        let marked = discover::marked(&self.metadata)?;
        let is_marked =
            |it: &Package| marked.contains(&it.id) || newly.iter().any(|new| new.id == it.id);
        let reloadable: Vec<_> = self
            .packages()
            .filter(|it| is_marked(it) && (it.id == host.id || self.reaches(host, it)))
            .collect();
        let between = |package: &Package| {
            let base = reloadable.iter().find(|it| self.reaches(package, it))?;
            let top = reloadable.iter().find(|it| self.reaches(it, package))?;
            Some([*base, *top])
        };
        let others = self.packages().filter(|it| !is_marked(it));
        Ok(others.filter_map(|it| Some((it, between(it)?))).collect())
    }

    /// Whether a package is marked, or joins those that are.
    pub(crate) fn is_reloadable(&self, package: &Package) -> Result<bool, InitError> {
        let marked = discover::marked(&self.metadata)?;
        let is_marked = |it: &&Package| marked.contains(&it.id);
        let has_base = || {
            self.packages()
                .filter(is_marked)
                .any(|it| self.reaches(package, it))
        };
        let has_top = || {
            self.packages()
                .filter(is_marked)
                .any(|it| self.reaches(it, package))
        };
        Ok(is_marked(&package) || has_base() && has_top())
    }

    /// The command that runs the host of this package in a session.
    pub(crate) fn run_command(&self, host: &Package) -> String {
        let programs = self.packages().map(|package| binaries(package).len());
        let name = &host.name;
        match (programs.sum::<usize>(), program(host)) {
            (1, _) => "cargo hotmod run".to_owned(),
            (_, Some(program)) if binaries(host).len() > 1 && host.default_run.is_none() => {
                format!("cargo hotmod run -p {name} --bin {}", program.name)
            }
            _ => format!("cargo hotmod run -p {name}"),
        }
    }

    /// Whether a package depends on another one, directly or through members.
    pub(crate) fn reaches(&self, from: &Package, to: &Package) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(package) = open.pop() {
            for dependency in &package.dependencies {
                let folder = dependency.path.as_deref();
                let next = self
                    .packages()
                    .find(|it| folder == it.manifest_path.parent());
                let is_linked = |it: &&Package| {
                    dependency.kind == DependencyKind::Normal
                        && !it.targets.iter().any(Target::is_proc_macro)
                };
                let Some(next) = next.filter(is_linked) else {
                    continue;
                };
                if next.id == to.id {
                    return true;
                }
                if seen.insert(&next.id) {
                    open.push(next);
                }
            }
        }
        false
    }

    /// The folder, relative to the root, that contains most of the workspace's libraries.
    pub(crate) fn crates_folder(&self) -> PathBuf {
        let mut counts: BTreeMap<&Path, usize> = BTreeMap::new();
        for package in self.packages() {
            let parent = package.manifest_path.parent().and_then(|it| it.parent());
            let relative = parent.and_then(|it| it.as_std_path().strip_prefix(self.root()).ok());
            // Libraries count more than programs, because an `xtask` is often in a separate folder.
            let weight = if library(package).is_some() { 4 } else { 1 };
            if let Some(relative) = relative {
                *counts.entry(relative).or_default() += weight;
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map_or(PathBuf::from("crates"), |(folder, _)| folder.to_owned())
    }
}

/// Whether a pattern in `members` already matches the folder.
pub(crate) fn is_member(root: &Manifest, folder: &str) -> bool {
    root.members().iter().any(|pattern| {
        let glob = GlobBuilder::new(pattern.trim_end_matches('/'))
            .literal_separator(true)
            .build();
        glob.is_ok_and(|glob| glob.compile_matcher().is_match(folder))
    })
}

pub(crate) fn binaries(package: &Package) -> Vec<&Target> {
    package.targets.iter().filter(|it| it.is_bin()).collect()
}

/// The binary that `cargo run` would run, if there is only one candidate; otherwise the one with
/// the package's name, as `src/main.rs` has by default.
pub(crate) fn program(package: &Package) -> Option<&Target> {
    let binaries = binaries(package);
    match (binaries.as_slice(), &package.default_run) {
        ([one], _) => Some(one),
        (several, default) => {
            let name = default.as_deref().unwrap_or(&package.name);
            several.iter().find(|it| it.name == name).copied()
        }
    }
}

pub(crate) fn library(package: &Package) -> Option<&Target> {
    let is_library = |target: &&Target| target.is_lib() || target.is_rlib() || target.is_dylib();
    package.targets.iter().find(is_library)
}

/// The name of the runtime in a package's dependencies.
pub(crate) fn runtime_key(package: &Package) -> Option<&str> {
    let runtime = package.dependencies.iter().find(|dependency| {
        dependency.name == "hotmod" && dependency.kind == DependencyKind::Normal
    })?;
    Some(key(runtime))
}

/// Whether the dependency is optional and not enabled by default.
pub(crate) fn is_disabled(package: &Package, name: &str) -> bool {
    let mut named = package.dependencies.iter().filter(|it| key(it) == name);
    named.all(|it| it.optional) && !default_has(package, name)
}

/// Whether the feature `default` enables a dependency.
fn default_has(package: &Package, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec!["default"];
    while let Some(feature) = open.pop() {
        for entry in package.features.get(feature).into_iter().flatten() {
            // `name?/feature` does not enable `name`.
            let dependency = entry.strip_prefix("dep:");
            let dependency = dependency.or(entry.split_once('/').map(|(name, _)| name));
            if dependency == Some(name) {
                return true;
            }
            if seen.insert(entry) {
                open.push(entry);
            }
        }
    }
    false
}

fn key(dependency: &Dependency) -> &str {
    dependency.rename.as_deref().unwrap_or(&dependency.name)
}

//! The manifests that an `init` edits, and the dependencies that it adds.

use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use toml_edit::{Item, Value};

use crate::commands::init::template;

use super::InitError;
use super::change::Change;
use super::manifest::{Manifest, Source};
use super::place::relative;
use super::workspace::{Workspace, is_disabled, runtime_key};

const DEPENDENCIES: &[&str] = &["dependencies"];
const INHERITED: &[&str] = &["workspace", "dependencies"];

/// Each manifest once: the host's can also be the workspace's.
#[derive(Debug)]
pub(crate) struct Manifests {
    root: PathBuf,
    open: Vec<Manifest>,
}

impl Manifests {
    pub(crate) fn of(workspace: &Workspace) -> Self {
        Manifests {
            root: workspace.root_manifest(),
            open: Vec::new(),
        }
    }

    pub(crate) fn get(&mut self, path: &Path) -> Result<&mut Manifest, InitError> {
        let index = self.open.iter().position(|it| it.path() == path);
        let index = match index {
            Some(index) => index,
            None => {
                self.open.push(Manifest::open(path)?);
                self.open.len() - 1
            }
        };
        Ok(&mut self.open[index])
    }

    pub(crate) fn root(&mut self) -> Result<&mut Manifest, InitError> {
        self.get(&self.root.clone())
    }

    pub(crate) fn of_package(&mut self, package: &Package) -> Result<&mut Manifest, InitError> {
        self.get(package.manifest_path.as_std_path())
    }

    pub(crate) fn changes(&self) -> impl Iterator<Item = Change> {
        self.open.iter().filter_map(Manifest::change)
    }

    /// Adds a dependency on a library of the workspace, in the style of the others.
    pub(crate) fn depend_on(
        &mut self,
        package: &Package,
        name: &str,
        folder: &Path,
    ) -> Result<(), InitError> {
        let root = self.root.parent().unwrap_or(Path::new("")).to_owned();
        let manifest = self.root()?;
        let inherited = manifest.get(INHERITED).and_then(Item::as_table_like);
        let is_habit = inherited.is_some_and(|table| {
            table.contains_key(name) || table.iter().any(|(_, item)| item.get("path").is_some())
        });
        let source = if is_habit {
            if manifest
                .get(INHERITED)
                .and_then(|it| it.get(name))
                .is_none()
            {
                let path = Source::from_path(&relative(&root, folder));
                manifest.add_dependency(INHERITED, name, &path)?;
            }
            Source::Workspace
        } else {
            Source::from_path(&relative(&folder_of(package), folder))
        };
        let own = self.of_package(package)?;
        own.add_dependency(DEPENDENCIES, name, &source)
    }

    /// Adds a dependency on the runtime, if it is missing.
    pub(crate) fn depend_on_runtime(
        &mut self,
        workspace: &Workspace,
        package: &Package,
    ) -> Result<(), InitError> {
        match runtime_key(package) {
            Some(key) if is_disabled(package, key) => {
                return Err(InitError::OptionalRuntime(package.name.to_string()));
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let source = self.runtime(workspace, &folder_of(package))?;
        let own = self.of_package(package)?;
        own.add_dependency(DEPENDENCIES, "hotmod", &source)
    }

    /// The source of the runtime for a package. All packages of the workspace must use the same
    /// one, so it is added to `[workspace.dependencies]` if the workspace has such a table.
    pub(crate) fn runtime(
        &mut self,
        workspace: &Workspace,
        folder: &Path,
    ) -> Result<Source, InitError> {
        let root = self.root()?;
        let shared = root.keys(INHERITED);
        if shared.contains(&"hotmod") {
            return Ok(Source::Workspace);
        }
        let is_habit = !shared.is_empty();
        for package in workspace.packages() {
            if runtime_key(package) == Some("hotmod") {
                let manifest = self.of_package(package)?;
                let item = manifest.get(&["dependencies", "hotmod"]);
                if let Some(source) = item.and_then(|it| moved(it, &folder_of(package), folder)) {
                    return Ok(source);
                }
            }
        }
        let source = Source::from_keys(&template::dependency("hotmod"));
        if !is_habit {
            return Ok(source);
        }
        self.root()?.add_dependency(INHERITED, "hotmod", &source)?;
        Ok(Source::Workspace)
    }

    /// Fails if the name is already used where the new crate would use it.
    pub(crate) fn check_name(
        &mut self,
        workspace: &Workspace,
        host: &Package,
        name: &str,
    ) -> Result<(), InitError> {
        let same = |other: &str| other.replace('-', "_") == name.replace('-', "_");
        let taken = |by: String| {
            let name = name.to_owned();
            Err(InitError::NameTaken { name, by })
        };
        if let Some(other) = workspace.packages().find(|it| same(it.name.as_str())) {
            return Err(InitError::PackageExists {
                name: name.to_owned(),
                other: other.name.to_string(),
            });
        }
        let keys = host.dependencies.iter();
        let mut keys = keys.map(|it| it.rename.as_deref().unwrap_or(&it.name));
        if keys.any(same) {
            return taken(format!("`{}` has a dependency with that name", host.name));
        }
        if self.root()?.keys(INHERITED).into_iter().any(same) {
            return taken("it is in `[workspace.dependencies]`".to_owned());
        }
        Ok(())
    }
}

pub(crate) fn folder_of(package: &Package) -> PathBuf {
    package.manifest_path.with_file_name("").into_std_path_buf()
}

/// A dependency's source in one package, rewritten for another package's folder.
fn moved(item: &Item, from: &Path, to: &Path) -> Option<Source> {
    const OWN: [&str; 4] = ["optional", "features", "default-features", "package"];
    let mut value = item.clone().into_value().ok()?;
    if let Some(table) = value.as_inline_table_mut() {
        if table.contains_key("workspace") {
            return None;
        }
        OWN.iter().for_each(|key| _ = table.remove(key));
        let path = table.get("path").and_then(Value::as_str).map(PathBuf::from);
        if let Some(path) = path.filter(|path| path.is_relative()) {
            let there = normal(&from.join(path));
            table.insert("path", relative(to, &there).display().to_string().into());
        }
        table.fmt();
    }
    value.decor_mut().clear();
    Some(Source::Own(value))
}

/// The canonical path: with links, removing `..` from the text could give another folder.
fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

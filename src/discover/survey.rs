//! Facts for `list` and `doctor` that a session does not need: why members are not in the group,
//! and surprising dependencies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, PackageId};
use serde::Serialize;

use crate::base::child_process::Cancel;

use super::closure::{Edges, Graph, is_proc_macro, library, makes_rlib};
use super::doubles::{Double, doubles};
use super::error::quoted;
use super::marks::own_mark;
use super::metadata::Tables;
use super::{DiscoverError, Plan, RUNTIME, Selection, cargo, directories, manifests, plan_of};

/// A workspace, whether it can have a session or not.
pub(crate) struct Survey {
    pub(crate) workspace_root: PathBuf,
    pub(crate) target_directory: PathBuf,
    pub(crate) build_directory: Option<PathBuf>,
    /// Manifests and configuration files, as far as they are known without a plan.
    pub(crate) manifests: Vec<PathBuf>,
    pub(crate) plan: Result<Plan, DiscoverError>,
    /// Empty without a plan, like the next two.
    pub(crate) outsiders: Vec<Outsider>,
    pub(crate) doubles: Vec<Double>,
    /// Packages of the group that link a native library, with its name.
    pub(crate) natives: Vec<(String, String)>,
}

/// A member that is not reloadable.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outsider {
    pub(crate) package: String,
    pub(crate) reason: String,
}

/// Surveys the workspace of a selection.
///
/// # Errors
/// Fails if cargo fails, for example on a manifest that it can't read.
pub(crate) fn survey(selection: &Selection) -> Result<Survey, DiscoverError> {
    let metadata = cargo::metadata(selection, &Cancel::default())?;
    let graph = Graph::new(&metadata);
    let plan = plan_of(selection, &graph);
    let (outsiders, doubles, natives) = match &plan {
        Ok(plan) => {
            let host = &plan.host;
            let linked = graph.closure(&id(&host.package_id), Edges::linked_into(host.kind));
            let group = plan.group.iter();
            let of_group = group.flat_map(|it| graph.closure(&id(&it.package_id), Edges::LINKED));
            (
                outsiders(plan, &linked, &graph)?,
                doubles(&linked, &of_group.collect(), &graph),
                natives(plan, &graph),
            )
        }
        Err(_) => Default::default(),
    };
    let workspace_root = metadata.workspace_root.clone().into_std_path_buf();
    let (target_directory, build_directory) = directories::from_metadata(selection, &metadata);
    let manifests = match &plan {
        Ok(plan) => plan.manifests.clone(),
        Err(_) => manifests::watched(&workspace_root, &[]),
    };
    Ok(Survey {
        workspace_root,
        target_directory,
        build_directory,
        manifests,
        plan,
        outsiders,
        doubles,
        natives,
    })
}

fn id(repr: &str) -> PackageId {
    PackageId {
        repr: repr.to_owned(),
    }
}

fn outsiders(
    plan: &Plan,
    linked: &BTreeSet<&PackageId>,
    graph: &Graph,
) -> Result<Vec<Outsider>, DiscoverError> {
    let tables = Tables::read(graph.metadata())?;
    let host = &plan.host;
    let is_outside = |package: &&Package| {
        let mut group = plan.group.iter();
        let is_member = group.any(|member| member.package_id == package.id.repr);
        !is_member && !RUNTIME.contains(&package.name.as_str())
    };
    let reason = |package: &Package| {
        let is_host = package.id.repr == host.package_id;
        let is_linked = linked.contains(&package.id);
        match library(package) {
            _ if is_proc_macro(package) => "a procedural macro".to_owned(),
            None if is_host => "the host".to_owned(),
            None => "has no library".to_owned(),
            Some(library) if !makes_rlib(library) => {
                let kinds = library.crate_types.iter().map(ToString::to_string);
                let kinds = quoted(&kinds.collect::<Vec<_>>());
                format!("library is built only as {kinds}")
            }
            Some(_) if !is_linked => format!("not linked into `{}`", host.package),
            Some(_) if own_mark(package, &tables) == Some(false) => {
                "`reloadable = false` in its manifest".to_owned()
            }
            Some(_) => "not marked".to_owned(),
        }
    };
    let outside = graph.members().filter(is_outside);
    let mut outsiders: Vec<Outsider> = outside
        .map(|package| Outsider {
            package: package.name.to_string(),
            reason: reason(package),
        })
        .collect();
    outsiders.sort_by(|a, b| a.package.cmp(&b.package));
    Ok(outsiders)
}

fn natives(plan: &Plan, graph: &Graph) -> Vec<(String, String)> {
    let group = plan.group.iter();
    let found = group.filter_map(|member| {
        let package = graph.package(&id(&member.package_id))?;
        Some((member.package.clone(), package.links.clone()?))
    });
    found.collect()
}

/// The configuration files that apply to a folder outside of a workspace.
pub(crate) fn configuration_files(folder: &Path) -> Vec<PathBuf> {
    manifests::watched(folder, &[])
}

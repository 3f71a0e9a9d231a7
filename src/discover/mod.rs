//! The first stage: finds the host, the group and the shared packages of a session, before the
//! build.
//!
//! It makes a [`Plan`] from the selection on the command line and from `cargo metadata`. The plan
//! has the host, the group in dependency order, the other local packages, and the files that
//! require a new plan when they change. A survey has additional facts for `list` and `doctor`.
//!
//! This stage builds nothing, watches nothing, writes nothing and prints nothing. It does not read
//! the sources of crates, except for the one attribute that every session needs
//! (`#[hotmod::main]`). The compiler and `hotmod-macros` report other misuse.
//!
//! # Limits
//! `cargo metadata` resolves the whole workspace at once, with the features of all members unified.
//! So the plan can contain a marked crate that the host's build does not: one that only another
//! member's features add to the host's closure.

mod candidate;
mod cargo;
mod closure;
mod concern;
mod directories;
mod doubles;
mod error;
mod group;
mod group_crate;
mod help;
mod host;
mod main_attribute;
mod manifests;
mod marks;
mod metadata;
mod note;
mod package;
mod plan;
mod resolved;
mod root_names;
mod runtime_key;
mod selection;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod users;
mod watch;

pub(crate) use cargo::{
    check_manifest, has_manifest_above, manifest_above, members, target_directory,
};
pub(crate) use concern::Concern;
pub(crate) use doubles::Double;
pub(crate) use error::DiscoverError;
pub(crate) use group_crate::{GroupCrate, Membership};
pub(crate) use host::host_packages;
pub(crate) use main_attribute::is_missing as lacks_main_attribute;
pub(crate) use marks::{can_match_glob, marked};
pub(crate) use note::Note;
pub(crate) use package::{HostKind, LocalPackage};
pub(crate) use plan::{Host, Plan};
pub(crate) use selection::Selection;
pub(crate) use survey::{Outsider, Survey, configuration_files, survey};
pub(crate) use table::is_glob;
pub(crate) use users::Users;
pub(crate) use watch::Watch;

use cargo_metadata::PackageId;

use crate::base::child_process::Cancel;

use closure::{Edges, Graph};
use marks::Marks;
use metadata::Tables;
use resolved::Resolved;

/// The packages of the runtime, which can't be part of the group.
pub(crate) const RUNTIME: [&str; 4] = ["hotmod", "hotmod-macros", "hotmod-protocol", "hotmod-web"];

/// Makes the plan of a session for a selection.
///
/// # Errors
/// Unless it was cancelled, every [`DiscoverError`] is about something that the user can change; [`DiscoverError::help`]
/// says what.
pub(crate) fn discover(selection: &Selection, cancel: &Cancel) -> Result<Plan, DiscoverError> {
    plan_of(selection, &Graph::new(&cargo::metadata(selection, cancel)?))
}

fn plan_of(selection: &Selection, graph: &Graph) -> Result<Plan, DiscoverError> {
    let metadata = graph.metadata();
    let tables = Tables::read(metadata)?;
    let marks = Marks::read(graph, &tables)?;
    let host = host::choose(selection, graph, &marks)?;
    let group = group::find(&host, graph, &marks, &tables)?;
    let runtime_key = runtime_key::find(&host, graph)?;
    main_attribute::check(host.target.src_path.as_std_path(), &runtime_key)?;

    let built = graph.closure(&host.package.id, Edges::built_for(host.kind));
    let linked = group.iter().flat_map(|member| {
        let id = PackageId {
            repr: member.package_id.clone(),
        };
        graph.closure(&id, Edges::LINKED)
    });
    let in_group = |id: &PackageId| group.iter().any(|member| member.package_id == id.repr);
    let shared = graph.local(linked.filter(|id| !in_group(id)));
    let is_shared = |id: &PackageId| shared.iter().any(|package| package.package_id == id.repr);
    let mut host_side = vec![LocalPackage::new(host.package)];
    let others = built
        .iter()
        .copied()
        .filter(|id| **id != host.package.id && !in_group(id) && !is_shared(id));
    host_side.extend(graph.local(others));

    let crate_names = group.iter().map(|member| {
        let id = PackageId {
            repr: member.package_id.clone(),
        };
        (id, member.crate_name.clone())
    });
    let crate_names = crate_names.collect();

    let (target_directory, build_directory) = directories::from_metadata(selection, metadata);
    let workspace_root = metadata.workspace_root.clone().into_std_path_buf();
    Ok(Plan {
        manifests: manifests::watched(&workspace_root, &graph.local(built.iter().copied())),
        resolved: Resolved::new(
            graph,
            &built,
            (&host.package.id, host.target),
            &workspace_root,
        ),
        notes: notes(&host, &group, graph, &marks),
        users: Users::new(
            (host.package, host.target, host.kind),
            &built,
            &crate_names,
            graph,
        ),
        host: Host {
            package_id: host.package.id.repr.clone(),
            package: host.package.name.to_string(),
            manifest_path: host.package.manifest_path.clone().into(),
            target: host.target.name.clone(),
            kind: host.kind,
            src_path: host.target.src_path.clone().into(),
            hotmod_key: runtime_key,
            hotmod_web_key: runtime_key::find_web(&host, graph),
        },
        workspace_root,
        target_directory,
        build_directory,
        group,
        shared,
        host_side,
    })
}

fn notes(
    host: &candidate::Candidate,
    group: &[GroupCrate],
    graph: &Graph,
    marks: &Marks,
) -> Vec<Note> {
    let outside = marks.outside().iter().cloned();
    let mut notes: Vec<Note> = outside
        .map(|package| Note::NotAMember { package })
        .collect();
    let host_name = host.package.name.to_string();
    if let Some(package) = runtime_key::user_of_web(host, graph) {
        notes.push(Note::NoWebDependency {
            package,
            host: host_name.clone(),
        });
    }
    for member in group {
        if let Membership::Sandwiched {
            between: (base, top),
        } = &member.membership
        {
            notes.push(Note::Sandwiched {
                package: member.package.clone(),
                base: base.clone(),
                top: top.clone(),
            });
        }
    }
    for package in graph
        .members()
        .filter(|package| marks.is_marked(&package.id))
    {
        if !group
            .iter()
            .any(|member| member.package_id == package.id.repr)
        {
            notes.push(Note::NotLinked {
                package: package.name.to_string(),
                host: host_name.clone(),
            });
        }
    }
    notes
}

//! Chooses the host: the binary or example that a session runs.
//!
//! Flags choose as for `cargo run`. Without flags, the host is the binary of the package in the
//! current folder. Outside of a package, or if it has no binary, it is the only binary of the
//! workspace that depends on a marked crate. If several remain, it is an error. The sources of the
//! binaries are not considered.

use std::collections::BTreeSet;

use cargo_metadata::Package;

use super::candidate::{Candidate, defaults, is_default, runnable};
use super::closure::{Edges, Graph, is_proc_macro, library};
use super::marks::Marks;
use super::{DiscoverError, HostKind, RUNTIME, Selection};
use crate::base::nearest::nearest;

/// The candidates according to the selection.
enum Choice<'m> {
    /// The selection names these candidates; more than one is an error.
    Named(Vec<Candidate<'m>>),
    /// The selection names none, so these are all candidates.
    Any(Vec<Candidate<'m>>),
}

pub(super) fn choose<'m>(
    selection: &Selection,
    graph: &Graph<'m>,
    marks: &Marks,
) -> Result<Candidate<'m>, DiscoverError> {
    let choice = choice(selection, graph)?;
    let (Choice::Named(all) | Choice::Any(all)) = &choice;
    if marks.is_empty() {
        let outside = marks.outside().to_vec();
        return Err(DiscoverError::NothingMarked {
            candidates: could_be_marked(all, graph),
            outside,
        });
    }
    let reaching: Vec<_> = all
        .iter()
        .copied()
        .filter(|candidate| candidate.reaches(graph, marks))
        .collect();
    let left = match &choice {
        Choice::Named(all) if all.len() > 1 => all.clone(),
        Choice::Any(_) if reaching.len() > 1 => tie_break(reaching, graph),
        _ => reaching,
    };
    match left.as_slice() {
        [host] => Ok(*host),
        [] => {
            let hosts: BTreeSet<_> = all
                .iter()
                .map(|candidate| candidate.package.name.to_string())
                .collect();
            Err(DiscoverError::HostOutsideGroup {
                hosts: hosts.into_iter().collect(),
                marked: marks.names(),
            })
        }
        several => Err(DiscoverError::SeveralHosts {
            flags: several.iter().map(Candidate::flags).collect(),
        }),
    }
}

fn choice<'m>(selection: &Selection, graph: &Graph<'m>) -> Result<Choice<'m>, DiscoverError> {
    let selected = selection
        .package
        .as_deref()
        .map(|spec| package(spec, graph))
        .transpose()?;
    let named = selection.bin.as_deref().map(|name| (HostKind::Bin, name));
    if let Some((kind, name)) = named.or(selection
        .example
        .as_deref()
        .map(|name| (HostKind::Example, name)))
    {
        return target(kind, name, selected, graph).map(Choice::Named);
    }
    if let Some(package) = selected {
        return match defaults(package) {
            none if none.is_empty() => Err(DiscoverError::PackageWithoutBinary {
                package: package.name.to_string(),
            }),
            some => Ok(Choice::Named(some)),
        };
    }
    if let Some(here) = graph
        .metadata()
        .root_package()
        .map(defaults)
        .filter(|here| !here.is_empty())
    {
        return Ok(Choice::Named(here));
    }
    match graph.members().flat_map(defaults).collect::<Vec<_>>() {
        none if none.is_empty() => Err(DiscoverError::NoHost),
        some => Ok(Choice::Any(some)),
    }
}

/// The member that `--package` selects.
fn package<'m>(spec: &str, graph: &Graph<'m>) -> Result<&'m Package, DiscoverError> {
    let means = |package: &&Package| {
        let (name, version) = (package.name.as_str(), &package.version);
        spec == name || package.id.repr == spec || spec == format!("{name}@{version}")
    };
    graph
        .members()
        .find(means)
        .ok_or_else(|| DiscoverError::UnknownPackage {
            name: spec.to_owned(),
            nearest: nearest(spec, graph.members().map(|package| package.name.as_str())),
        })
}

/// The targets that `--bin` or `--example` selects, from the smallest set of packages that has one
/// with that name.
fn target<'m>(
    kind: HostKind,
    name: &str,
    selected: Option<&'m Package>,
    graph: &Graph<'m>,
) -> Result<Vec<Candidate<'m>>, DiscoverError> {
    let circles: [Vec<&Package>; 3] = match selected {
        Some(package) => [vec![package], vec![], vec![]],
        None => [
            graph.metadata().root_package().into_iter().collect(),
            graph
                .members()
                .filter(|package| is_default(package, graph))
                .collect(),
            graph.members().collect(),
        ],
    };
    let in_circle = |circle: &Vec<&'m Package>| {
        circle
            .iter()
            .flat_map(|p| runnable(p, kind))
            .collect::<Vec<_>>()
    };
    let named = |circle| {
        in_circle(circle)
            .into_iter()
            .filter(|found| found.target.name == name)
            .collect::<Vec<_>>()
    };
    if let Some(found) = circles.iter().map(named).find(|found| !found.is_empty()) {
        return Ok(found);
    }
    let all = circles.iter().flat_map(in_circle).collect::<Vec<_>>();
    Err(DiscoverError::UnknownTarget {
        kind,
        name: name.to_owned(),
        package: selected.map(|package| package.name.to_string()),
        nearest: nearest(
            name,
            all.iter().map(|candidate| candidate.target.name.as_str()),
        ),
    })
}

fn tie_break<'m>(reaching: Vec<Candidate<'m>>, graph: &Graph) -> Vec<Candidate<'m>> {
    let defaults: Vec<_> = reaching
        .iter()
        .copied()
        .filter(|host| is_default(host.package, graph))
        .collect();
    if defaults.len() == 1 {
        defaults
    } else {
        reaching
    }
}

/// The libraries of the workspace that are linked into these hosts.
fn could_be_marked(hosts: &[Candidate], graph: &Graph) -> Vec<String> {
    let closures = hosts
        .iter()
        .flat_map(|host| graph.closure(&host.package.id, Edges::linked_into(host.kind)));
    let packages = closures
        .filter(|id| graph.is_member(id))
        .filter_map(|id| graph.package(id));
    let libraries =
        packages.filter(|package| library(package).is_some() && !is_proc_macro(package));
    let names: BTreeSet<_> = libraries.map(|package| package.name.to_string()).collect();
    names
        .into_iter()
        .filter(|name| !RUNTIME.contains(&name.as_str()))
        .collect()
}

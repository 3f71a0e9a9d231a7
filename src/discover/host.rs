//! Chooses the host: the binary or example that a session runs.
//!
//! Flags choose as for `cargo run`. Without flags, the host is the binary of the package in the
//! current folder. Outside of a package, or if it has no binary, it is the only binary of the
//! workspace that depends on a marked crate. If there are several, it is the only one of the default
//! members, or else the only one whose package depends on the runtime. If several remain, it is an
//! error. The sources of the binaries are not considered.

use std::collections::BTreeSet;

use cargo_metadata::{Metadata, Package};

use super::candidate::{Candidate, defaults, is_default, runnable};
use super::closure::{Edges, Graph, is_proc_macro, library};
use super::marks::Marks;
use super::{DiscoverError, HostKind, RUNTIME, Selection, runtime_key};
use crate::base::nearest::nearest;

pub(super) fn choose<'m>(
    selection: &Selection,
    graph: &Graph<'m>,
    marks: &Marks,
) -> Result<Candidate<'m>, DiscoverError> {
    let candidates = Candidates::new(selection, graph, graph.metadata().root_package())?;
    let all = &candidates.all;
    if marks.is_empty() {
        let outside = marks.outside().to_vec();
        return Err(DiscoverError::NothingMarked {
            candidates: could_be_marked(all, graph),
            outside,
        });
    }
    let left = candidates.that_reach(graph, |candidate| candidate.reaches(graph, marks));
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

/// The packages that [`choose`] would choose a program from if only crates below `reaches` were
/// marked; if no program reaches one, those that it would choose from if each did.
///
/// The metadata may be without dependencies, and is that of `here`, the package in the current
/// folder.
///
/// # Errors
/// Fails if the selection names no program, or the workspace has none.
pub(crate) fn host_packages<'m>(
    selection: &Selection,
    metadata: &'m Metadata,
    here: Option<&'m Package>,
    reaches: impl Fn(&Package) -> bool,
) -> Result<Vec<&'m Package>, DiscoverError> {
    let graph = Graph::new(metadata);
    let candidates = Candidates::new(selection, &graph, here)?;
    let mut left = candidates.that_reach(&graph, |candidate| reaches(candidate.package));
    if left.is_empty() {
        left = candidates.that_reach(&graph, |_| true);
    }
    let mut packages: Vec<_> = left.into_iter().map(|it| it.package).collect();
    packages.dedup_by_key(|package| &package.id);
    Ok(packages)
}

/// The programs to choose from.
struct Candidates<'m> {
    all: Vec<Candidate<'m>>,
    /// Whether the selection names them; more than one is an error. Otherwise they are all programs
    /// of the workspace.
    are_named: bool,
}

impl<'m> Candidates<'m> {
    fn new(
        selection: &Selection,
        graph: &Graph<'m>,
        here: Option<&'m Package>,
    ) -> Result<Self, DiscoverError> {
        let named = |all| {
            Ok(Candidates {
                all,
                are_named: true,
            })
        };
        let selected = selection
            .package
            .as_deref()
            .map(|spec| package(spec, graph))
            .transpose()?;
        let target_name = selection.bin.as_deref().map(|name| (HostKind::Bin, name));
        if let Some((kind, name)) = target_name.or(selection
            .example
            .as_deref()
            .map(|name| (HostKind::Example, name)))
        {
            return named(target(kind, name, selected, here, graph)?);
        }
        if let Some(package) = selected {
            return match defaults(package) {
                none if none.is_empty() => Err(DiscoverError::PackageWithoutBinary {
                    package: package.name.to_string(),
                }),
                some => named(some),
            };
        }
        if let Some(here) = here.map(defaults).filter(|here| !here.is_empty()) {
            return named(here);
        }
        match graph.members().flat_map(defaults).collect::<Vec<_>>() {
            none if none.is_empty() => Err(DiscoverError::NoHost),
            all => Ok(Candidates {
                all,
                are_named: false,
            }),
        }
    }

    /// Those that reach a marked crate. If several do and the selection names none, then only those
    /// of the default members, or else those that depend on the runtime, if that leaves one.
    fn that_reach(
        &self,
        graph: &Graph,
        reaches: impl Fn(&Candidate) -> bool,
    ) -> Vec<Candidate<'m>> {
        if self.are_named && self.all.len() > 1 {
            return self.all.clone();
        }
        let reaching: Vec<_> = self.all.iter().copied().filter(|it| reaches(it)).collect();
        let is_default = |it: &&Candidate| is_default(it.package, graph);
        let has_runtime = |it: &&Candidate| runtime_key::is_declared(it.package);
        only(&reaching, is_default)
            .or_else(|| only(&reaching, has_runtime))
            .map_or(reaching.clone(), |one| vec![one])
    }
}

/// The only one for which the condition holds.
fn only<'m>(
    all: &[Candidate<'m>],
    condition: impl Fn(&&Candidate<'m>) -> bool,
) -> Option<Candidate<'m>> {
    let mut found = all.iter().filter(condition);
    found.next().copied().filter(|_| found.next().is_none())
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
    here: Option<&'m Package>,
    graph: &Graph<'m>,
) -> Result<Vec<Candidate<'m>>, DiscoverError> {
    let circles: [Vec<&Package>; 3] = match selected {
        Some(package) => [vec![package], vec![], vec![]],
        None => [
            here.into_iter().collect(),
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

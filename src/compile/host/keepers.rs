//! Which of a host's crates may hold values of the group's types, from what cargo says of each crate.

use cargo_metadata::Artifact;

use crate::cargo::artifact::library_stem;
use crate::cargo::dep_info as depinfo;
use crate::compat::{Keepers, Unmarked};
use crate::compile::host::Builder;
use crate::compile::record::{Record, dep_info};
use crate::discover::RUNTIME;

impl Builder {
    /// Those among the crates that cargo built.
    pub(crate) fn keepers(&self, records: &[Record], artifacts: &[Artifact]) -> Keepers {
        let is_optimised = |it: &Artifact| it.profile.opt_level != "0";
        let linked = |it: &&Artifact| library_stem(it).is_some() || self.is_host(it);
        let linked: Vec<&Artifact> = artifacts.iter().filter(linked).collect();
        let mut own = linked.iter().filter(|it| self.names_group(it));
        if own.any(|it| is_optimised(it)) {
            return Keepers::of_all();
        }
        // The runtime keeps what `keep!` says.
        let is_other = |it: &&&Artifact| {
            !self.names_group(it) && !RUNTIME.contains(&&*it.target.name.replace('_', "-"))
        };
        let root = &self.plan.workspace_root;
        let unmarked = linked.iter().filter(is_other).map(|it| {
            let inputs = dep_info(records, it).map(|file| depinfo::inputs(&file, root));
            Unmarked {
                name: it.target.name.replace('-', "_"),
                is_optimised: is_optimised(it),
                sources: inputs.and_then(Result::ok),
            }
        });
        Keepers::among(unmarked)
    }

    /// Whether the code of an artefact may name types of the group: its own, or a local crate's that
    /// is built on it.
    fn names_group(&self, artifact: &Artifact) -> bool {
        let id = &artifact.package_id.repr;
        let host_side = self.plan.host_side.iter().map(|it| &it.package_id);
        let group = self.plan.group.iter().map(|it| &it.package_id);
        host_side.chain(group).any(|it| it == id)
    }
}

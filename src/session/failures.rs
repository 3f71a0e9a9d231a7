//! Builds that failed: what is said, and what is tried next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build::{BuildError, HostError, as_of_cargo};
use crate::report::Event;
use crate::stale::Depth;

use super::Session;
use super::job::{HostFailure, Job};

impl Session {
    pub(super) fn host_failed(&mut self, error: HostFailure, job: &Job) {
        match error {
            HostFailure::Build(HostError::Cancelled) => return,
            HostFailure::Build(HostError::Failed { rendered, messages }) => {
                self.complaint.clone_from(&rendered);
                self.reporter
                    .report(&Event::CompileError { rendered, messages });
            }
            error => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: error.help(),
            }),
        }
        self.failed(job);
        if self.build.is_none() {
            self.note("waiting for a change");
        }
    }

    pub(super) fn failed(&mut self, job: &Job) {
        self.inputs.mark_failed(job.saw().clone());
        // What it lacks may have to be made anywhere in the workspace, and what it names anywhere.
        let root = self.builder.plan.workspace_root.clone();
        let named = named_folders(&self.complaint, &root);
        let named = named.into_iter().map(|folder| (folder, Depth::Folder));
        for (folder, depth) in named.chain([(root.clone(), Depth::Sources)]) {
            if let Err(error) = self.watcher.want(&folder, depth) {
                return self.error(&format!("files can't be watched: {error}"));
            }
        }
    }

    /// Diagnostics of a reloadable crate, as cargo passes them on.
    fn of_package(&self, package: &str, diagnostics: Vec<Value>) -> Vec<Value> {
        let mut group = self.builder.plan.group.iter();
        let of = group.find(|it| it.package == package);
        let of_cargo = of.map(|of| {
            let diagnostics = diagnostics.into_iter();
            diagnostics.map(|it| as_of_cargo(it, of)).collect()
        });
        of_cargo.unwrap_or_default()
    }

    pub(super) fn group_failed(&mut self, error: BuildError, job: &Job) {
        match error {
            BuildError::Cancelled => return,
            BuildError::Compile {
                package,
                rendered,
                messages,
                is_of_command,
            } => {
                self.complaint.clone_from(&rendered);
                let messages = self.of_package(&package, messages);
                self.reporter
                    .report(&Event::CompileError { rendered, messages });
                if is_of_command {
                    return;
                }
            }
            _ if self.build.as_ref().is_some_and(|it| !it.group.is_whole()) => {
                self.restart = Some("what was built is gone from the target directory".to_owned());
                return self.decide(job.detected());
            }
            // The group may need what the host was not linked with.
            BuildError::Link(words) => {
                let foreign = self.build.as_ref().and_then(|it| it.group.foreign());
                let first = words.lines().next().unwrap_or_default();
                let unlinked = || format!("the group could not be linked: {first}");
                self.restart = Some(foreign.unwrap_or_else(unlinked));
                return self.decide(job.detected());
            }
            // What the system refused it may grant the next time, to the same sources.
            error => {
                return self.reporter.report(&Event::Error {
                    message: error.to_string(),
                    help: Some("the old code goes on; the next save tries again".to_owned()),
                });
            }
        }
        self.failed(job);
    }
}

/// The folders of the files that a failed build names in backticks. Relative paths start at `root`.
fn named_folders(complaint: &str, root: &Path) -> BTreeSet<PathBuf> {
    let quoted = complaint.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|it| it.contains('/') && !it.contains([' ', '\n', '<', '*']));
    paths
        .filter_map(|it| Some(root.join(it).parent()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_of_quoted_paths() {
        let complaint = "error: couldn't read `pages/src/../made/a.txt`: No such file\n\
                         error: no `b` in `c::d`, see `x / y` and `/made/e.rs`";
        let expected = ["/made", "/w/pages/src/../made"].map(PathBuf::from);
        assert_eq!(
            named_folders(complaint, Path::new("/w")),
            BTreeSet::from(expected)
        );
    }
}

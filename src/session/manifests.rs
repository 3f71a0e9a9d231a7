//! Edits of files that steer cargo: cargo is asked what they change before anything is decided.

use std::path::PathBuf;
use std::time::Instant;

use crate::base::contents::Digested;
use crate::report::{Event, Outcome};
use crate::stale::Changed;

use super::Session;
use super::job::{HostFailure, Job, Replan, Task};

/// What cargo said of manifests with these contents.
#[derive(Debug, Default)]
pub(super) struct Asked {
    manifests: Changed,
    /// What of that concerns the host, if cargo could tell.
    pub(super) concern: Option<String>,
}

impl Session {
    /// Asks cargo what a change of manifests means for a program that runs, unless that is known.
    /// Whether an answer has to be waited for.
    pub(super) fn asks_cargo(&mut self, detected: Option<Instant>) -> bool {
        let manifests = self.inputs.changed_manifests();
        let runs = self.host.is_some() && !self.has_left && self.restart.is_none();
        let waits = self.is_paused && self.wish.is_none() || self.inputs.failed_on_this();
        if manifests.is_empty() || !runs || waits || self.asked.manifests == manifests {
            return false;
        }
        self.start_at(Task::Ask, detected);
        true
    }

    /// Cargo answered: either nothing of it concerns the host, or that is the reason to restart it.
    pub(super) fn cargo_answered(&mut self, answer: Result<Box<Replan>, HostFailure>, job: &Job) {
        let manifests = self.inputs.manifests_of(job.saw());
        let changed: Vec<PathBuf> = manifests.keys().cloned().collect();
        let plan = &self.builder.plan;
        // What cargo says is wrong with a manifest is shown when it builds.
        let answer = answer.ok();
        let concern = answer
            .as_ref()
            .map(|new| plan.reason_to_restart(&new.plan, &changed));
        self.asked = Asked {
            manifests: manifests.clone(),
            concern: concern.clone().flatten(),
        };
        let (Some(new), Some(None)) = (answer, concern) else {
            return self.decide(job.detected());
        };
        let mut known: Vec<(PathBuf, Digested)> = manifests.into_iter().collect();
        known.extend(new.wrote);
        let known: Changed = known.into_iter().collect();
        self.inputs.accept(&known);
        self.baseline.inputs.accept(&known);
        let program = &new.plan.host.target;
        let first = changed.first().map(|path| {
            let root = &new.plan.workspace_root;
            path.strip_prefix(root).unwrap_or(path).display()
        });
        let reason = first.map_or_else(String::new, |path| {
            format!("`{path}` changed nothing that `{program}` is built of")
        });
        self.builder.plan = new.plan;
        self.watch_again();
        if self.inputs.changed().next().is_some() || self.wish.is_some() {
            return self.decide(job.detected());
        }
        self.reporter.report(&Event::Verdict {
            verdict: Outcome::Nothing,
            reason,
        });
        if self.offered == 0 {
            self.start(Task::Ahead);
        }
    }
}

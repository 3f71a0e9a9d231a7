//! Edits of files that configure cargo: cargo is asked about their effect before the decision.

use std::path::PathBuf;

use crate::base::contents::Digested;
use crate::decide::Reason;
use crate::discover::Concern;
use crate::stale::Changed;

use super::Session;
use super::job::{HostBuildError, Job, Replan};

/// Cargo's answer about manifests with these contents.
#[derive(Debug, Default)]
pub(super) struct CargoAnswer {
    pub(super) manifests: Changed,
    /// The part that concerns the host, if cargo could answer.
    pub(super) concern: Option<Concern>,
}

/// An answer that has just arrived.
#[derive(Debug)]
pub(super) struct NewPlan {
    answer: CargoAnswer,
    /// The plan, if no change concerns the host.
    harmless: Option<Box<Replan>>,
}

impl Session {
    /// Takes cargo's answer about the manifests that a job saw. Returns the reason to report if they
    /// don't concern the host.
    pub(super) fn cargo_answered(
        &self,
        answer: Result<Box<Replan>, HostBuildError>,
        job: &Job,
    ) -> (NewPlan, Option<Reason>) {
        let manifests = self.inputs.manifests_of(job.saw());
        let changed: Vec<PathBuf> = manifests.keys().cloned().collect();
        // Cargo's error is shown when it builds.
        let new = answer.ok();
        let concern = new
            .as_ref()
            .map(|new| self.builder.plan.concern(&new.plan, &changed));
        let harmless = new.filter(|_| concern == Some(None));
        let nothing = harmless.as_ref().map(|new| {
            let root = &new.plan.workspace_root;
            let program = &new.plan.host.target;
            let path = changed.first().map_or_else(String::new, |path| {
                let path = path.strip_prefix(root).unwrap_or(path);
                path.display().to_string()
            });
            Reason::UnusedSetting {
                path,
                program: program.clone(),
            }
        });
        let answer = CargoAnswer {
            manifests,
            concern: concern.flatten(),
        };
        (NewPlan { answer, harmless }, nothing)
    }

    pub(super) fn take_plan(&mut self, plan: NewPlan) {
        let NewPlan { answer, harmless } = plan;
        self.cargo_answer = answer;
        let Some(new) = harmless else { return };
        let manifests = self.cargo_answer.manifests.clone();
        let mut known: Vec<(PathBuf, Digested)> = manifests.into_iter().collect();
        known.extend(new.wrote);
        let known: Changed = known.into_iter().collect();
        self.inputs.accept(&known);
        self.baseline.accept(&known);
        self.builder.plan = new.plan;
        self.watch_again();
    }
}

//! Edits of files that configure cargo: cargo is asked about their effect before the decision.

use std::path::PathBuf;

use crate::decide::Reason;
use crate::discover::{Concern, Plan};
use crate::stale::{Changed, Inputs};

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
    pub(super) answer: CargoAnswer,
    /// The plan, if no change concerns the host.
    pub(super) harmless: Option<Box<Replan>>,
}

impl NewPlan {
    /// Cargo's answer about the manifests that a job saw, and the reason to report if they don't
    /// concern the host of this plan.
    pub(super) fn of(
        answer: Result<Box<Replan>, HostBuildError>,
        inputs: &Inputs,
        job: &Job,
        plan: &Plan,
    ) -> (Self, Option<Reason>) {
        let manifests = inputs.manifests_of(job.saw());
        let changed: Vec<PathBuf> = manifests.keys().cloned().collect();
        // Cargo's error is shown when it builds.
        let new = answer.ok();
        let concern = new.as_ref().map(|new| plan.concern(&new.plan, &changed));
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
}

//! What changed on disk: from file events to the decision what to build.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use crate::build::HostBuild;
use crate::error::Error;
use crate::report::{Event, Outcome};
use crate::stale::{Inputs, Kind, Verdict, verdict};

use super::Session;
use super::job::{Job, Task};

impl Session {
    /// Files were touched. They are judged when it has been quiet for a moment.
    pub(super) fn noticed(&mut self, mut paths: Vec<PathBuf>) {
        paths.extend(self.watcher.follow(&paths));
        let plan = &self.builder.plan;
        let others = plan.shared.iter().chain(&plan.host_side);
        let mut folders = plan
            .group
            .iter()
            .map(|it| &it.dir)
            .chain(others.map(|it| &it.dir));
        let mut concerns = |path: &PathBuf| {
            self.inputs.contains(path) || folders.any(|folder| path.starts_with(folder))
        };
        let paths: BTreeSet<PathBuf> = paths.into_iter().filter(|path| concerns(path)).collect();
        if !paths.is_empty() {
            self.quiet.touch(paths);
        }
    }

    /// Judges what is there now, and acts on it.
    pub(super) fn judge(&mut self) {
        let Some((touched, detected)) = self.quiet.settle(&self.inputs) else {
            return;
        };
        let changed = self.inputs.look_at(touched.iter());
        let appeared: Vec<PathBuf> = touched
            .iter()
            .filter(|path| !self.inputs.contains(path) && path.is_file())
            .cloned()
            .collect();
        self.new_files |= !appeared.is_empty();
        let known: Vec<PathBuf> = touched
            .into_iter()
            .filter(|path| self.inputs.contains(path))
            .collect();
        let is_broken = self.inputs.last_build_failed() || self.build.is_none();
        let may_mend = !appeared.is_empty() && is_broken;
        if known.is_empty() && !may_mend {
            return;
        }
        self.reporter.report(&Event::Edit { paths: known });
        if let Some(job) = &mut self.job {
            // What it builds from is no longer what is there.
            let matters = !changed.is_empty() || may_mend;
            job.touch(changed.into_iter().chain(appeared));
            if matters && job.outdated() {
                job.cancel();
            }
            return;
        }
        self.decide(Some(detected));
    }

    /// What is on disk asks for something, or not.
    pub(super) fn decide(&mut self, detected: Option<Instant>) {
        if self.offer.as_ref().is_some_and(|offer| offer.sent) {
            // The host's answer decides what runs, and brings us back here.
            return;
        }
        let new_files = std::mem::take(&mut self.new_files);
        let retry = new_files || !self.inputs.failed_on_this();
        let found = match (&self.host, &self.build, self.restart.clone()) {
            (_, None, _) => Verdict::Restart {
                reason: "there is no program yet".to_owned(),
            },
            (None, _, _) => Verdict::Restart {
                reason: "the host is not running".to_owned(),
            },
            (_, _, Some(reason)) => Verdict::Restart { reason },
            _ => verdict(&self.inputs, &self.builder.plan.workspace_root),
        };
        let (outcome, reason, task) = match found {
            Verdict::Nothing { reason } => {
                self.inputs.forget_failure();
                (Outcome::Nothing, reason, None)
            }
            _ if !retry => {
                let reason = "nothing changed since the build that failed".to_owned();
                (Outcome::Nothing, reason, None)
            }
            Verdict::Reload { reason } => (Outcome::Reload, reason, Some(Task::Reload)),
            Verdict::Restart { reason } => {
                let replan = self
                    .inputs
                    .changed()
                    .any(|(_, kind)| *kind == Kind::Manifest)
                    || self.build.is_none();
                self.restart = Some(reason.clone());
                (Outcome::Restart, reason, Some(Task::Host { replan }))
            }
        };
        self.reporter.report(&Event::Verdict {
            verdict: outcome,
            reason,
        });
        if let Some(task) = task {
            self.start_at(task, detected);
        }
    }

    pub(super) fn inputs_of(&self, build: &HostBuild, job: &Job) -> io::Result<Inputs> {
        let plan = &self.builder.plan;
        let mut kinds: BTreeMap<PathBuf, Kind> = BTreeMap::new();
        for path in build.group.baseline_inputs()? {
            kinds.insert(path, Kind::Reloadable);
        }
        // What both sides are made of is not reloadable.
        for (path, package) in &build.inputs {
            kinds.insert(path.clone(), Kind::Unmarked(package.clone()));
        }
        for path in &plan.manifests {
            kinds.insert(path.clone(), Kind::Manifest);
        }
        Ok(Inputs::of_host(kinds, job.begun_at(), job.touched()))
    }

    pub(super) fn watch_plan(&mut self) -> Result<(), Error> {
        let plan = &self.builder.plan;
        let group = plan.group.iter().map(|member| &member.dir);
        let others = plan.shared.iter().chain(&plan.host_side);
        let folders: Vec<PathBuf> = group.chain(others.map(|it| &it.dir)).cloned().collect();
        let steering: Vec<PathBuf> = plan
            .manifests
            .iter()
            .filter_map(|path| Some(path.parent()?.to_owned()))
            .collect();
        for folder in folders {
            self.watcher.add_tree(&folder)?;
        }
        for folder in steering {
            self.watcher.add(&folder)?;
        }
        self.watch_inputs()
    }

    pub(super) fn watch_inputs(&mut self) -> Result<(), Error> {
        for folder in self.inputs.folders() {
            self.watcher.add(folder)?;
        }
        Ok(())
    }
}

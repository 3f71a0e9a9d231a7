//! Build scripts of reloadable crates that have to be run before an edit can be a reload.

use std::path::Path;
use std::time::Instant;

use crate::base::child_process::RunError;
use crate::compile::{Rerun, Script, ScriptError};
use crate::decide::Program;
use crate::report::{Event, Outcome};
use crate::stale::Kind;

use super::Session;
use super::job::{Job, Task};

impl Session {
    /// Runs the scripts that read what changed. Whether their outcome has to be waited for.
    pub(super) fn runs_scripts(&mut self, detected: Option<Instant>) -> bool {
        let packages = self.inputs.stale_scripts();
        if packages.is_empty() {
            return false;
        }
        self.start_at(Task::Scripts { packages }, detected);
        true
    }

    /// The scripts of these packages.
    pub(super) fn scripts_of(&self, packages: &[String]) -> Vec<Script> {
        let scripts = self
            .build
            .iter()
            .flat_map(|build| &build.inputs.scripts_to_run);
        let scripts = scripts.filter(|it| packages.contains(&it.package));
        scripts.cloned().collect()
    }

    /// What a file is that is new, and that somebody named before it was there.
    pub(super) fn kind_of_new(&self, path: &Path) -> Option<Kind> {
        let build = self.build.as_ref()?;
        if build.group.watches(path) {
            return Some(Kind::Reloadable);
        }
        let mut scripts = build.inputs.scripts_to_run.iter();
        if let Some(script) = scripts.find(|it| it.reads.has(path)) {
            return Some(Kind::ScriptInput(script.package.clone()));
        }
        let mut others = build.inputs.other_scripts.iter();
        let other = others.find(|it| it.reads.has(path))?;
        let package = other.package.clone();
        Some(match other.is_reloadable {
            true => Kind::Script(package),
            false => Kind::Unmarked(package),
        })
    }

    /// A file is new: the scripts that read it have not.
    pub(super) fn tell_scripts_of_new(&mut self, path: &Path) {
        let Some(build) = &self.build else { return };
        for script in &build.inputs.scripts_to_run {
            if script.reads.has(path) {
                self.inputs.add_to_script(&script.package, path);
            }
        }
    }

    /// Scripts ended: they give their crates what they gave before, or cargo has to run them.
    pub(super) fn scripts_ran(&mut self, reruns: Vec<Rerun>, job: &Job) {
        let (mut failed, mut other) = (None, None);
        let mut written = Vec::new();
        for rerun in reruns {
            match rerun.outcome {
                Ok(Ok(reads)) => {
                    written.extend(self.inputs.script_ran(&rerun.package, rerun.read));
                    self.inputs.set_script(&rerun.package, reads.files());
                    let scripts = self.build.iter_mut();
                    let scripts = scripts.flat_map(|build| &mut build.inputs.scripts_to_run);
                    for script in scripts.filter(|it| it.package == rerun.package) {
                        script.reads = reads.clone();
                    }
                }
                Ok(Err(reason)) => other = other.or(Some(reason)),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Err(error) = self.watch_scripts() {
            self.error(&error.to_string());
        }
        let written = written.into_iter().map(|path| self.tell_written(&path));
        let written: Vec<String> = written.collect();
        self.say_notes(written);
        match (failed, other) {
            (Some(ScriptError::Run(RunError::Cancelled)), _) => {}
            (Some(ScriptError::Failed(rendered)), _) => {
                self.complaint.clone_from(&rendered);
                let messages = Vec::new();
                self.reporter
                    .report(&Event::CompileError { rendered, messages });
                self.failed(job);
            }
            (Some(error), _) => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: Some("the old code goes on; the next save tries again".to_owned()),
            }),
            (None, Some(_)) if job.was_outdated() => {}
            (None, Some(reason)) => self.restart(reason, Program::Runs, job.detected()),
            (None, None) if self.inputs.changed().next().is_some() || self.wish.is_some() => {
                self.decide(job.detected());
            }
            (None, None) => {
                self.inputs.forget_failure();
                self.reporter.report(&Event::Verdict {
                    verdict: Outcome::Nothing,
                    reason: "the build script gives what it gave before".to_owned(),
                });
            }
        }
    }
}

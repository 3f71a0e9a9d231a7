//! Starts builds, and takes their results.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::base::contents::Contents;
use crate::compile::{HostBuild, Rerun};
use crate::report::{BuildTarget, Event, Note};
use crate::stale::{Began, Kind};

use super::Session;
use super::builds::Finished;
use super::core::Task;
use super::job::{BuiltHost, Job, Order};
use super::manifests::NewPlan;

impl Session {
    pub(super) fn build(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::FirstHost | Task::Host | Task::ChangedHost | Task::HostCode => {
                Some(BuildTarget::Host)
            }
            Task::Reload => Some(BuildTarget::Group),
            Task::AskCargo
            | Task::Scripts { .. }
            | Task::Ahead
            | Task::Follow
            | Task::Merge
            | Task::Shadow
            | Task::Check => None,
        };
        if let Some(what) = what {
            self.reporter.report(&Event::Building { what });
        }
        let builds_host = task.builds_host();
        if builds_host && !self.core.runs() {
            self.reporter.screen.building();
        }
        let group = self.builds.host().zip(self.generations.loaded());
        let group = group.map(|(build, loaded)| (Arc::clone(&build.group), Arc::clone(loaded)));
        let (began, edited) = match builds_host {
            true => (self.files.inputs.began(), self.builds.edited()),
            // A generation comes with the contents from which it was built.
            false => (Began::now(), BTreeSet::new()),
        };
        let scripts = match &task {
            Task::Scripts { packages } => self.builds.scripts_of(packages),
            _ => Vec::new(),
        };
        let has_plan_changed = || {
            let mut changed = self.files.inputs.changed();
            self.builds.host().is_none() || changed.any(|(_, kind)| *kind == Kind::Manifest)
        };
        let order = Order {
            replans: task == Task::Host && has_plan_changed(),
            but: self.generations.compiled_last().to_vec(),
            task,
            detected,
            saw: self.files.inputs.snapshot(),
            began,
            edited,
            scripts,
            checker: self.checks.checker.clone(),
            group,
        };
        self.builds.start(order, self.generations.directory());
    }

    /// Takes the host that was built as the program.
    pub(super) fn take_host(&mut self) {
        let Some(Finished::Host(built, job)) = self.builds.take_finished() else {
            return;
        };
        self.reporter.report(&Event::HostBuilt);
        self.reporter.screen.fixed();
        let BuiltHost {
            plan,
            toolchain,
            build,
            wrote,
        } = *built;
        if let Some(note) = self.builds.took(plan, toolchain) {
            self.reporter.note(note);
        }
        self.reporter.note_once(self.builds.plan().notes.clone());
        self.reporter.note_once(build.notes.clone());
        self.resets.tell_of_host(&build, &mut self.reporter);
        self.take(build, &job, &wrote);
    }

    /// Takes a build of the host that is about to run.
    fn take(&mut self, build: HostBuild, job: &Job, wrote: &Contents) {
        let inputs = self.files.inputs_of(&build, job, wrote, self.builds.plan());
        match &inputs {
            Ok(inputs) => {
                if let Some(note) = self.builds.host_compiled(inputs) {
                    self.reporter.note(note);
                }
            }
            Err(error) => {
                let message = format!("could not read the program's inputs: {error}");
                self.reporter.error(&message);
            }
        }
        self.files.host_built(inputs.ok());
        self.generations.host_built(&build);
        if let Some(note) = self.builds.host_built(build) {
            self.reporter.note(note);
        }
        let written = self.files.inputs.rewritten_by_builds();
        let written = written.map(|path| self.builds.written(path));
        self.reporter.note_once(written);
        self.watch_again();
    }

    /// Keeps the running host, because the new build has the same code.
    pub(super) fn take_same(&mut self) {
        let Some(Finished::SameHost(compared, job)) = self.builds.take_finished() else {
            return;
        };
        if let (Some(build), Some(identity)) = (self.builds.host(), compared.identity) {
            build.group.accept(identity);
        }
        self.files.add_sources(compared.sources, job.began());
        self.watch_inputs();
        let of_program = self.builds.of_program(&self.files.inputs, job.saw());
        self.files.host_has_code(&of_program, job.saw());
    }

    /// Takes the first generation, which was built while idle.
    pub(super) fn take_ahead(&mut self) {
        let Some(Finished::Group(candidate, _)) = self.builds.take_finished() else {
            return;
        };
        let plan = self.builds.plan();
        self.resets
            .tell_of_group(&candidate.built, plan, &mut self.reporter);
        let candidate = *candidate;
        self.generations
            .built_ahead(candidate.built, candidate.checked, &mut self.reporter);
    }

    /// Takes a plan by changed manifests that don't concern the host, or the answer why they do.
    pub(super) fn take_plan(&mut self) {
        let Some(Finished::Plan(NewPlan { answer, harmless })) = self.builds.take_finished() else {
            return;
        };
        let wrote = harmless.as_ref().map(|it| &it.wrote);
        self.files.take_answer(answer, wrote);
        if let Some(new) = harmless {
            self.builds.set_plan(new.plan);
            self.watch_again();
        }
    }

    /// Records what scripts read whose output is the same as before.
    pub(super) fn take_scripts(&mut self) {
        let Some(Finished::Scripts(reruns)) = self.builds.take_finished() else {
            return;
        };
        let mut written = Vec::new();
        for Rerun {
            package,
            read,
            outcome,
            ..
        } in reruns
        {
            let Ok(Ok(reads)) = outcome else {
                continue;
            };
            written.extend(self.files.inputs.script_ran(&package, read));
            self.files.inputs.set_script(&package, reads.files());
            self.builds.script_ran(&package, &reads);
        }
        if let Err(error) = self.files.watch_scripts(&self.builds) {
            self.reporter.error(&error.to_string());
        }
        let written: Vec<Note> = written.iter().map(|it| self.builds.written(it)).collect();
        self.reporter.note_once(written);
    }

    /// Discards the result.
    pub(super) fn discard(&mut self) {
        if let Some(Finished::Group(candidate, _)) = self.builds.take_finished() {
            let _ = std::fs::remove_file(&candidate.built.library.path);
        }
    }

    /// Reports which files failed builds seem to write.
    pub(super) fn tell_written_by_builds(&mut self, count: u32, files: &[PathBuf]) {
        if !files.is_empty() {
            self.reporter.note(Note::WrittenByFailedBuilds {
                builds: count,
                paths: files
                    .iter()
                    .map(|path| self.builds.relative(path))
                    .collect(),
            });
        }
    }
}

//! Builds that begin, and what becomes of their results.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use std::collections::BTreeSet;

use crate::base::atomic_file::remove_if_there;
use crate::base::contents::{Contents, Digested};
use crate::compile::HostBuild;
use crate::report::Event;
use crate::stale::{Began, Changed, Kind};

use super::core::Task;
use super::finished::Finished;
use super::job::{BuiltHost, Job, Order};
use super::join::Baseline;
use super::{Incoming, Session};

impl Session {
    pub(super) fn build(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::FirstHost | Task::Host | Task::ChangedHost => Some("host"),
            Task::Reload => Some("group"),
            Task::AskCargo | Task::Scripts { .. } | Task::Ahead | Task::Merge | Task::Shadow => {
                None
            }
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let builds_host = task.builds_host();
        if builds_host && !self.core.runs() {
            self.reporter.screen.building();
        }
        let group = self.build.as_ref().zip(self.loaded.as_ref());
        let group = group.map(|(build, loaded)| (Arc::clone(&build.group), Arc::clone(loaded)));
        let (began, edited) = match builds_host {
            true => (self.inputs.began(), self.compiled.edited()),
            // A generation says itself what it was made of.
            false => (Began::now(), BTreeSet::new()),
        };
        let scripts = match &task {
            Task::Scripts { packages } => self.scripts_of(packages),
            _ => Vec::new(),
        };
        let has_plan_changed = || {
            let mut changed = self.inputs.changed();
            self.build.is_none() || changed.any(|(_, kind)| *kind == Kind::Manifest)
        };
        let (said, done) = (self.sender.clone(), self.sender.clone());
        self.build_begun = began.at;
        self.job = Some(Job::start(
            Order {
                replans: task == Task::Host && has_plan_changed(),
                but: self.compiled_last.clone(),
                task,
                detected,
                saw: self.inputs.snapshot(),
                began,
                edited,
                scripts,
                group,
            },
            &self.builder,
            &self.host_settings.directory,
            move |words| {
                let _ = said.send(Incoming::Said(words));
            },
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    /// The host that was built is the program from now on.
    pub(super) fn take_host(&mut self) {
        let Some(Finished::Host(built, job)) = self.finished.take() else {
            return;
        };
        self.reporter.screen.mended();
        let BuiltHost {
            plan,
            toolchain,
            build,
            wrote,
        } = *built;
        self.builder.plan = plan;
        if self.builder.toolchain.version != toolchain.version {
            let name = toolchain.name();
            self.note(&format!("everything is compiled with `{name}` from now on"));
        }
        self.builder.toolchain = toolchain;
        self.say_notes(self.builder.plan.notes.clone());
        self.say_notes(build.notes.clone());
        self.tell_state_of_host(&build);
        self.take(build, &job, &wrote);
    }

    /// What was built is what is about to run.
    fn take(&mut self, build: HostBuild, job: &Job, wrote: &Contents) {
        match self.inputs_of(&build, job, wrote) {
            Ok(inputs) => {
                self.inputs = inputs;
                self.compiled = self.inputs.compiled();
                let file = self.builder.plan.workshop().sources();
                if let Err(error) = self.compiled.store(&file) {
                    self.note(&format!("could not write `{}`: {error}", file.display()));
                }
            }
            Err(error) => self.error(&format!("could not read the program's inputs: {error}")),
        }
        if let Err(error) = keep_code(&build.code, &self.builder.plan.workshop().code()) {
            self.note(&format!("the program's code can't be compared: {error}"));
        }
        self.same_code = Changed::new();
        self.made = build.group.made();
        self.compiled_last = Vec::new();
        self.baseline = Baseline {
            inputs: self.inputs.clone(),
            made: self.made.clone(),
        };
        self.build = Some(build);
        let written = self
            .inputs
            .rewritten_by_builds()
            .map(|path| self.tell_written(path));
        let written = written.collect();
        self.say_notes(written);
        self.watch_again();
    }

    pub(super) fn tell_written(&self, path: &Path) -> String {
        let root = &self.builder.plan.workspace_root;
        let path = path.strip_prefix(root).unwrap_or(path).display();
        format!(
            "`{path}` changes in each build, so it seems that a build script writes it: hotmod no longer rebuilds \
             the program for that. If you saved it yourself, save it once more"
        )
    }

    /// The host that runs has the code of the one that was to be built.
    pub(super) fn take_same(&mut self) {
        let Some(Finished::SameHost(compared, job)) = self.finished.take() else {
            return;
        };
        if let (Some(build), Some(identity)) = (&self.build, compared.identity) {
            build.group.accept(identity);
        }
        for (path, package) in compared.sources {
            if !self.inputs.contains(&path) {
                let content = Digested::since(job.began().at, &path);
                self.inputs.add(&path, Kind::Unmarked(package));
                // Otherwise it may have been written after it was read.
                if content != Digested::Unknown {
                    self.inputs.accept(&Changed::from([(path, content)]));
                }
            }
        }
        if let Err(error) = self.watch_inputs() {
            self.error(&error.to_string());
        }
        self.inputs.accept(&self.of_program(job.saw()));
        self.same_code = self.inputs.sources_of(job.saw());
    }

    /// Those of some changed files that only the program is made of, and no library that a generation
    /// is linked with.
    pub(super) fn of_program(&self, changed: &Changed) -> Changed {
        let plan = &self.builder.plan;
        let package = &plan.host.package;
        let group = self.build.as_ref().map(|it| it.group.baseline_inputs());
        let Some(Ok(of_group)) = group else {
            return Changed::new();
        };
        if plan.shared.iter().any(|it| it.name == *package) {
            return Changed::new();
        }
        let mut its = self.inputs.sources_of_package(package, changed);
        its.retain(|path, _| !of_group.contains(path));
        its
    }

    /// Cargo may have compiled some sources again, as they were when a job began, whatever became of it.
    pub(super) fn note_compiled(&mut self, job: &Job) {
        let began = job.began();
        let read = self.builder.compiled_since(began.at);
        self.compiled
            .compiled_again(began, |path| read.contains_key(path));
    }

    /// The first generation is there before anybody asked for it.
    pub(super) fn take_ahead(&mut self) {
        let Some(Finished::Group(candidate, _)) = self.finished.take() else {
            return;
        };
        self.tell_state_of_group(&candidate.built);
        let _ = std::fs::remove_file(&candidate.built.library.path);
        self.made.clone_from(&candidate.built.made);
        self.baseline.made = candidate.built.made;
        match (candidate.checked, &self.loaded) {
            // It says what the baseline says, so that the next build has less to read.
            (Ok(checked), Some(loaded)) if checked.found.differences.is_empty() => {
                loaded.take(checked);
            }
            (Ok(_), _) => {}
            (Err(why), _) => self.compare_tokens(&why),
        }
    }
}

/// Keeps the code of the host that is about to run: another link replaces its file.
fn keep_code(code: &Path, kept: &Path) -> std::io::Result<()> {
    remove_if_there(kept)?;
    // Not every file system has links.
    std::fs::hard_link(code, kept).or_else(|_| std::fs::copy(code, kept).map(drop))
}

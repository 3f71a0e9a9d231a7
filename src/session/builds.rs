//! Starts builds, and takes their results.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use std::collections::BTreeSet;

use crate::base::atomic_file::{link_or_copy, remove_if_there};
use crate::base::contents::{Contents, Digested};
use crate::compile::HostBuild;
use crate::report::{Event, Note};
use crate::stale::{Began, Changed, Kind};

use super::core::Task;
use super::finished::Finished;
use super::job::{BuiltHost, Job, Order};
use super::{Incoming, Session};

impl Session {
    pub(super) fn build(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::FirstHost | Task::Host | Task::ChangedHost | Task::HostCode => Some("host"),
            Task::Reload => Some("group"),
            Task::AskCargo
            | Task::Scripts { .. }
            | Task::Ahead
            | Task::Follow
            | Task::Merge
            | Task::Shadow
            | Task::Check => None,
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let builds_host = task.builds_host();
        if builds_host && !self.core.runs() {
            self.reporter.screen.building();
        }
        let group = self.build.as_ref().zip(self.generations.loaded());
        let group = group.map(|(build, loaded)| (Arc::clone(&build.group), Arc::clone(loaded)));
        let (began, edited) = match builds_host {
            true => (self.inputs.began(), self.compiled.edited()),
            // A generation comes with the contents from which it was built.
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
        let (output, done) = (self.sender.clone(), self.sender.clone());
        self.build_begun = began.at;
        self.job = Some(Job::start(
            Order {
                replans: task == Task::Host && has_plan_changed(),
                but: self.generations.compiled_last().to_vec(),
                task,
                detected,
                saw: self.inputs.snapshot(),
                began,
                edited,
                scripts,
                checker: self.checks.checker.clone(),
                group,
            },
            &self.builder,
            self.generations.directory(),
            move |shown| {
                let _ = output.send(Incoming::BuildOutput(shown));
            },
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    /// Takes the host that was built as the program.
    pub(super) fn take_host(&mut self) {
        let Some(Finished::Host(built, job)) = self.finished.take() else {
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
        self.builder.plan = plan;
        if self.builder.toolchain.version != toolchain.version {
            let name = toolchain.name();
            self.reporter.note(Note::Toolchain {
                name: name.to_owned(),
            });
        }
        self.builder.toolchain = toolchain;
        self.reporter.note_once(self.builder.plan.notes.clone());
        self.reporter.note_once(build.notes.clone());
        self.resets.tell_of_host(&build, &mut self.reporter);
        self.take(build, &job, &wrote);
    }

    /// Takes a build of the host that is about to run.
    fn take(&mut self, build: HostBuild, job: &Job, wrote: &Contents) {
        match self.inputs_of(&build, job, wrote) {
            Ok(inputs) => {
                self.inputs = inputs;
                self.compiled = self.inputs.compiled();
                let file = self.builder.plan.directories().sources();
                if let Err(error) = self.compiled.store(&file) {
                    self.reporter.note(Note::NotWritten {
                        path: file,
                        error: error.to_string(),
                    });
                }
            }
            Err(error) => self
                .reporter
                .error(&format!("could not read the program's inputs: {error}")),
        }
        if let Err(error) = keep_code(&build.code, &self.builder.plan.directories().code()) {
            let error = error.to_string();
            self.reporter.note(Note::CodeNotKept { error });
        }
        self.same_code = Changed::new();
        self.generations.host_built(&build);
        self.baseline = self.inputs.clone();
        self.build = Some(build);
        let written = self.inputs.rewritten_by_builds();
        let written: Vec<Note> = written.map(|path| self.written(path)).collect();
        self.reporter.note_once(written);
        self.watch_again();
    }

    /// The note on an input that a build seems to write.
    pub(super) fn written(&self, path: &Path) -> Note {
        let path = self.relative(path);
        Note::WrittenByBuild { path }
    }

    /// A path, relative to the workspace if it is in it.
    pub(super) fn relative(&self, path: &Path) -> PathBuf {
        let root = &self.builder.plan.workspace_root;
        path.strip_prefix(root).unwrap_or(path).to_owned()
    }

    /// Keeps the running host, because the new build has the same code.
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
                // If it is unknown, the file may have been written after it was read.
                if content != Digested::Unknown {
                    self.inputs.accept(&Changed::from([(path, content)]));
                }
            }
        }
        if let Err(error) = self.watch_inputs() {
            self.reporter.error(&error.to_string());
        }
        self.inputs.accept(&self.of_program(job.saw()));
        self.same_code = self.inputs.sources_of(job.saw());
    }

    /// The changed files that belong only to the program, and not to a library that generations are linked
    /// with.
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

    /// Records the sources that cargo compiled again during a job, even if the job failed.
    pub(super) fn note_compiled(&mut self, job: &Job) {
        let began = job.began();
        let read = self.builder.compiled_since(began.at);
        self.compiled
            .compiled_again(began, |path| read.contains_key(path));
        let mut removed = job.edited().iter().filter(|it| !it.exists()).peekable();
        if removed.peek().is_some() {
            let read = self.builder.compiled_since(SystemTime::UNIX_EPOCH);
            let unused = removed.filter(|path| !read.contains_key(*path));
            self.compiled.forget(unused);
        }
    }

    /// Takes the first generation, which was built while idle.
    pub(super) fn take_ahead(&mut self) {
        let Some(Finished::Group(candidate, _)) = self.finished.take() else {
            return;
        };
        let plan = &self.builder.plan;
        self.resets
            .tell_of_group(&candidate.built, plan, &mut self.reporter);
        let candidate = *candidate;
        self.generations
            .built_ahead(candidate.built, candidate.checked, &mut self.reporter);
    }
}

/// Keeps the code of the host that is about to run, because another link replaces its file.
fn keep_code(code: &Path, kept: &Path) -> std::io::Result<()> {
    remove_if_there(kept)?;
    link_or_copy(code, kept)
}

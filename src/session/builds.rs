//! The builds: how they are made, the one that runs, and the last host.

mod failures;
mod scripts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::SystemTime;

use crate::base::atomic_file::{link_or_copy, remove_if_there};
use crate::cargo::toolchain::Toolchain;
use crate::compile::{Builder, Compared, HostBuild, Rerun};
use crate::discover::Plan;
use crate::report::Note;
use crate::stale::{Changed, CompiledSources, Inputs};

use super::core::{Failure, GroupFailure, HostFailure, ScriptsEnd};
use super::incoming::Incoming;
use super::job::{BuiltHost, Candidate, HostBuildError, Job, Order, Times};
use super::manifests::NewPlan;

pub(super) use failures::host_failure;
pub(super) use scripts::end_of as end_of_scripts;

/// The builds of the session.
pub(super) struct Builds {
    builder: Builder,
    /// The host that was built last.
    host: Option<HostBuild>,
    /// The sources that cargo compiled last.
    compiled: CompiledSources,
    /// The running build.
    job: Option<Job>,
    /// When the last build began, by the system's clock, which also stamps files.
    begun: SystemTime,
    /// The error of the last one that failed.
    error: String,
    /// The result of the build that has just ended.
    finished: Option<Finished>,
    sender: Sender<Incoming>,
}

/// The result of a job, until the core takes or discards it.
#[derive(Debug)]
pub(super) enum Finished {
    Host(Box<BuiltHost>, Job),
    Group(Box<Candidate>, Times),
    Plan(NewPlan),
    Scripts(Vec<Rerun>),
    SameHost(Box<Compared>, Job),
}

impl Builds {
    pub(super) fn new(builder: Builder, sender: Sender<Incoming>) -> Self {
        Builds {
            compiled: CompiledSources::load(&builder.plan.directories().sources()),
            builder,
            host: None,
            job: None,
            begun: SystemTime::now(),
            error: String::new(),
            finished: None,
            sender,
        }
    }

    pub(super) fn builder(&self) -> &Builder {
        &self.builder
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.builder.plan
    }

    pub(super) fn set_plan(&mut self, plan: Arc<Plan>) {
        self.builder.plan = plan;
    }

    /// The host that was built last.
    pub(super) fn host(&self) -> Option<&HostBuild> {
        self.host.as_ref()
    }

    /// Starts a build. Generations are written to `directory`.
    pub(super) fn start(&mut self, order: Order, directory: &Path) {
        let (output, done) = (self.sender.clone(), self.sender.clone());
        self.begun = order.began.at;
        self.job = Some(Job::start(
            order,
            &self.builder,
            directory,
            move |shown| {
                let _ = output.send(Incoming::BuildOutput(shown));
            },
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    /// The running build.
    pub(super) fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    pub(super) fn job_mut(&mut self) -> Option<&mut Job> {
        self.job.as_mut()
    }

    /// The build that has ended.
    pub(super) fn take_job(&mut self) -> Option<Job> {
        self.job.take()
    }

    pub(super) fn cancel(&self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }

    /// When the last build began.
    pub(super) fn begun(&self) -> SystemTime {
        self.begun
    }

    /// Keeps the result of a build until it is taken.
    pub(super) fn finish(&mut self, finished: Option<Finished>) {
        self.finished = finished;
    }

    pub(super) fn take_finished(&mut self) -> Option<Finished> {
        self.finished.take()
    }

    /// Sources that differ from those that cargo compiled last.
    pub(super) fn edited(&self) -> BTreeSet<PathBuf> {
        self.compiled.edited()
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

    /// Another plan and compiler were used. Returns a note if the compiler was replaced.
    pub(super) fn took(&mut self, plan: Arc<Plan>, toolchain: Toolchain) -> Option<Note> {
        self.builder.plan = plan;
        let is_new = self.builder.toolchain.version != toolchain.version;
        let name = toolchain.name().to_owned();
        self.builder.toolchain = toolchain;
        is_new.then_some(Note::Toolchain { name })
    }

    /// Records what cargo compiled for a host with these inputs. Returns a note if it can't be kept.
    pub(super) fn host_compiled(&mut self, inputs: &Inputs) -> Option<Note> {
        self.compiled = inputs.compiled();
        let path = self.plan().directories().sources();
        let stored = self.compiled.store(&path);
        stored.err().map(|error| Note::NotWritten {
            path,
            error: error.to_string(),
        })
    }

    /// A host was built that is about to run. Its code is kept, because another link replaces its file.
    /// Returns a note if it can't be.
    pub(super) fn host_built(&mut self, build: HostBuild) -> Option<Note> {
        let kept = self.plan().directories().code();
        let copied = remove_if_there(&kept).and_then(|()| link_or_copy(&build.code, &kept));
        self.host = Some(build);
        copied.err().map(|error| Note::CodeNotKept {
            error: error.to_string(),
        })
    }

    /// The changed files that belong only to the program, and not to a library that generations are linked
    /// with.
    pub(super) fn of_program(&self, inputs: &Inputs, changed: &Changed) -> Changed {
        let package = &self.plan().host.package;
        let group = self.host.as_ref().map(|it| it.group.baseline_inputs());
        let Some(Ok(of_group)) = group else {
            return Changed::new();
        };
        if self.plan().shared.iter().any(|it| it.name == *package) {
            return Changed::new();
        }
        let mut its = inputs.sources_of_package(package, changed);
        its.retain(|path, _| !of_group.contains(path));
        its
    }

    /// The note on an input that a build seems to write.
    pub(super) fn written(&self, path: &Path) -> Note {
        let path = self.relative(path);
        Note::WrittenByBuild { path }
    }

    /// A path, relative to the workspace if it is in it.
    pub(super) fn relative(&self, path: &Path) -> PathBuf {
        let root = &self.plan().workspace_root;
        path.strip_prefix(root).unwrap_or(path).to_owned()
    }
}

//! Builds that begin and end.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::build::{BuildError, Built, HostBuild, HostError};
use crate::discover::Plan;
use crate::report::{Event, Outcome};
use crate::signal::HostProcess;

use super::job::{Done, HostFailure, Job, Task};
use super::{Incoming, Offer, Session};

impl Session {
    pub(super) fn start(&mut self, task: Task) {
        self.start_at(task, None);
    }

    pub(super) fn start_at(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::Host { .. } => Some("host"),
            Task::Reload => Some("group"),
            Task::Ahead => None,
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let directory = &self.host_settings.directory;
        let group = self.build.as_ref().map(|build| Arc::clone(&build.group));
        let show_status = self.host.is_none();
        let done = self.sender.clone();
        self.job = Some(Job::start(
            task,
            detected,
            &self.builder,
            group,
            directory,
            show_status,
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    pub(super) fn done(&mut self, done: Done) {
        let Some(job) = self.job.take() else {
            return;
        };
        match done {
            Done::Host(Ok((plan, build))) => self.host_built(*plan, *build, &job),
            Done::Host(Err(error)) => self.host_failed(error),
            Done::Group(Ok(built)) => self.group_built(built, &job),
            Done::Group(Err(error)) => self.group_failed(error, &job),
        }
        // What was saved while it was built was only looked at.
        if self.job.is_none() && self.offer.is_none() && job.was_outdated() {
            self.decide(job.detected());
        }
    }

    pub(super) fn host_built(&mut self, plan: Plan, build: HostBuild, job: &Job) {
        self.builder.plan = plan;
        let reason = self.restart.take();
        self.say_notes(self.builder.plan.notes.clone());
        self.say_notes(build.notes.clone());
        let is_first = self.build.is_none();
        let executable = build.compiled.then(|| build.executable.clone());
        let executable =
            executable.or_else(|| self.host.is_none().then(|| build.executable.clone()));
        self.take(build, job);
        match executable {
            Some(executable) => self.start_host(&executable, reason.filter(|_| !is_first)),
            None => self.reporter.report(&Event::Verdict {
                verdict: Outcome::Nothing,
                reason: "cargo found nothing to build".to_owned(),
            }),
        }
        if self.inputs.changed().next().is_some() {
            self.decide(job.detected());
        } else {
            self.start(Task::Ahead);
        }
    }

    /// Starts the host, in place of the one that runs.
    pub(super) fn start_host(&mut self, executable: &Path, reason: Option<String>) {
        if let Some(host) = self.host.take() {
            host.stop();
        }
        self.connection = None;
        self.offer = None;
        (self.live, self.offered) = (0, 0);
        let signals = self.sender.clone();
        match HostProcess::start(executable, &self.host_settings, signals) {
            Ok(host) => {
                let pid = host.pid;
                self.host = Some(host);
                self.reporter.report(&match reason {
                    Some(reason) => Event::Restarted { reason, pid },
                    None => Event::HostStarted { pid },
                });
            }
            Err(error) => self.error(&format!("`{}`: {error}", executable.display())),
        }
    }

    /// What was built is what is about to run.
    pub(super) fn take(&mut self, build: HostBuild, job: &Job) {
        match self.inputs_of(&build, job) {
            Ok(inputs) => self.inputs = inputs,
            Err(error) => self.error(&format!(
                "what the program was made of is not known: {error}"
            )),
        }
        self.build = Some(build);
        if let Err(error) = self.watch_plan() {
            self.error(&error.to_string());
        }
    }

    pub(super) fn host_failed(&mut self, error: HostFailure) {
        match error {
            HostFailure::Build(HostError::Cancelled) => return,
            HostFailure::Build(HostError::Failed { rendered }) => {
                self.reporter.report(&Event::CompileError { rendered });
            }
            HostFailure::Build(error) => self.error(&error.to_string()),
            HostFailure::Plan(error) => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: error.help(),
            }),
        }
        self.inputs.mark_failed();
        if self.build.is_none() {
            self.note("waiting for a change");
        }
    }

    pub(super) fn group_built(&mut self, built: Built, job: &Job) {
        if job.is_ahead() || self.host.is_none() {
            let _ = std::fs::remove_file(&built.library.path);
            return;
        }
        self.offered += 1;
        self.offer = Some(Offer {
            generation: self.offered,
            built,
            detected: job.detected(),
            begun: job.begun(),
            sent: false,
        });
        self.send_offer();
    }

    pub(super) fn group_failed(&mut self, error: BuildError, job: &Job) {
        match error {
            BuildError::Cancelled => return,
            // What is built ahead is built again when it is needed, and is said then.
            _ if job.is_ahead() => return,
            BuildError::Compile { rendered, .. } => {
                self.reporter.report(&Event::CompileError { rendered });
            }
            error => self.error(&error.to_string()),
        }
        self.inputs.mark_failed();
    }
}

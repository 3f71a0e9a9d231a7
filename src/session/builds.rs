//! Builds that begin and end.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::build::{BuildError, Built, Contents, HostBuild, HostError};
use crate::report::{Event, Outcome};
use crate::signal::HostProcess;
use crate::stale::Began;

use super::job::{BuiltHost, Done, HostFailure, Job, Order, Task};
use super::{FileStamp, Incoming, Offer, Session};

impl Session {
    pub(super) fn start(&mut self, task: Task) {
        self.start_at(task, None);
    }

    pub(super) fn start_at(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::Host { .. } => Some("host"),
            Task::Reload => Some("group"),
            Task::Ahead | Task::Merge { .. } => None,
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let directory = &self.host_settings.directory;
        let group = self.build.as_ref().map(|build| Arc::clone(&build.group));
        let show_status = self.host.is_none();
        let saw = self.inputs.snapshot();
        if !task.is_ahead() {
            self.inputs.forget_failure();
            self.new_files = false;
        }
        let done = self.sender.clone();
        let began = match task {
            Task::Host { .. } => self.inputs.began(),
            // A generation says itself what it was made of.
            _ => Began::now(),
        };
        self.build_begun = began.at;
        self.job = Some(Job::start(
            Order {
                task,
                detected,
                saw,
                began,
                show_status,
            },
            &self.builder,
            group,
            directory,
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    pub(super) fn done(&mut self, done: Done) {
        let Some(mut job) = self.job.take() else {
            return;
        };
        let is_ahead = job.is_ahead();
        if !(is_ahead || job.is_cancelled() && done.has_failed()) {
            self.patience.ran_to_its_end();
        }
        // What it read may have been half saved, or lacked a file that is there now: then what it
        // says is of no use, and the next build says what there is to say.
        let may_have_missed =
            !job.touched().is_empty() || self.new_files || self.quiet.remaining().is_some();
        match done {
            Done::Merged => {}
            Done::Host(_) if job.is_cancelled() => {}
            Done::Group(Err(_)) if job.is_cancelled() => {}
            // What is built ahead is built again when it is needed, and is said then.
            Done::Group(Err(_)) if is_ahead => {}
            Done::Host(Err(_)) | Done::Group(Err(_)) if may_have_missed => {
                job.outdate();
            }
            Done::Host(Ok(built)) => self.host_built(*built, &job),
            Done::Host(Err(error)) => self.host_failed(error, &job),
            Done::Group(Ok(built)) => self.group_built(built, &job),
            Done::Group(Err(error)) => self.group_failed(error, &job),
        }
        // What was saved while it was built was only looked at.
        if self.job.is_none() && self.offer.is_none() && job.was_outdated() {
            self.decide_when_whole(job.detected());
        }
    }

    fn host_built(&mut self, built: BuiltHost, job: &Job) {
        let BuiltHost { plan, build, wrote } = built;
        self.builder.plan = plan;
        let reason = self.restart.take();
        self.say_notes(self.builder.plan.notes.clone());
        self.say_notes(build.notes.clone());
        let is_first = self.build.is_none();
        let executable = build.executable.clone();
        let compiled = build.compiled;
        self.take(build, job, &wrote);
        // A build that was cancelled at its very end leaves nothing to compile to the next one.
        if compiled || self.host.is_none() || self.started != stamp(&executable) {
            self.start_host(&executable, reason.filter(|_| !is_first));
        } else {
            self.reporter.report(&Event::Verdict {
                verdict: Outcome::Nothing,
                reason: "cargo found nothing to build".to_owned(),
            });
        }
        if self.inputs.changed().next().is_some() {
            self.decide_when_whole(job.detected());
        } else {
            self.start(Task::Ahead);
        }
    }

    /// Starts the host, in place of the one that runs.
    fn start_host(&mut self, executable: &Path, reason: Option<String>) {
        if let Some(host) = self.host.take() {
            host.stop();
        }
        self.connection = None;
        self.has_left = false;
        self.offer = None;
        self.started = stamp(executable);
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
    fn take(&mut self, build: HostBuild, job: &Job, wrote: &Contents) {
        match self.inputs_of(&build, job, wrote) {
            Ok(inputs) => self.inputs = inputs,
            Err(error) => self.error(&format!(
                "what the program was made of is not known: {error}"
            )),
        }
        self.made = build.group.made();
        self.build = Some(build);
        if let Err(error) = self.watch_plan() {
            self.error(&error.to_string());
        }
    }

    fn host_failed(&mut self, error: HostFailure, job: &Job) {
        match error {
            HostFailure::Build(HostError::Cancelled) => return,
            HostFailure::Build(HostError::Failed { rendered }) => {
                self.complaint.clone_from(&rendered);
                self.reporter.report(&Event::CompileError { rendered });
            }
            error => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: error.help(),
            }),
        }
        self.failed(job);
        if self.build.is_none() {
            self.note("waiting for a change");
        }
    }

    fn failed(&mut self, job: &Job) {
        self.inputs.mark_failed(job.saw().clone());
        // What it lacks may have to be made anywhere in the workspace.
        if let Err(error) = self.watcher.add_tree(&self.builder.plan.workspace_root) {
            self.error(&format!("files can't be watched: {error}"));
        }
    }

    fn group_built(&mut self, built: Built, job: &Job) {
        if job.is_ahead() || self.host.is_none() {
            if job.is_ahead() && !job.was_outdated() {
                self.made = built.made;
                self.start(Task::Merge { but: Vec::new() });
            }
            let _ = std::fs::remove_file(&built.library.path);
            if !job.is_ahead() {
                // The host ended while it was built for it. The edit is still to be shown.
                self.decide(job.detected());
            }
            return;
        }
        self.offer = Some(Offer {
            built,
            detected: job.detected(),
            begun: job.begun(),
            sent: None,
        });
        self.send_offer();
    }

    fn group_failed(&mut self, error: BuildError, job: &Job) {
        match error {
            BuildError::Cancelled => return,
            BuildError::Compile { rendered, .. } => {
                self.complaint.clone_from(&rendered);
                self.reporter.report(&Event::CompileError { rendered });
            }
            _ if self.build.as_ref().is_some_and(|it| !it.group.is_whole()) => {
                self.restart = Some("what was built is gone from the target directory".to_owned());
                return self.decide(job.detected());
            }
            // The group may need what the host was not linked with.
            BuildError::Link(words) => {
                let first = words.lines().next().unwrap_or_default();
                self.restart = Some(format!("the group could not be linked: {first}"));
                return self.decide(job.detected());
            }
            error => self.error(&error.to_string()),
        }
        self.failed(job);
    }
}

fn stamp(file: &Path) -> Option<FileStamp> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.ino(), metadata.modified().ok()?, metadata.len()))
}

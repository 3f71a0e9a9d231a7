//! Builds that begin and end.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::base::contents::Contents;
use crate::base::stamp::Stamp;
use crate::compat::Checked;
use crate::compile::{Built, HostBuild};
use crate::decide;
use crate::decide::{Findings, Program, Verdict};
use crate::host::Image;
use crate::report::{Event, Outcome};
use crate::stale::Began;

use super::failures::Failures;
use super::job::{BuiltHost, Candidate, Done, Job, Order, Task};
use super::join::Baseline;
use super::start::stamp;
use super::{Incoming, Offer, Session};

impl Session {
    pub(super) fn start(&mut self, task: Task) {
        self.start_at(task, None);
    }

    pub(super) fn start_at(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::Host { .. } => Some("host"),
            Task::Reload => Some("group"),
            Task::Ask | Task::Scripts { .. } | Task::Ahead | Task::Merge { .. } => None,
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let directory = &self.host_settings.directory;
        let group = self.build.as_ref().zip(self.loaded.as_ref());
        let group = group.map(|(build, loaded)| (Arc::clone(&build.group), Arc::clone(loaded)));
        let saw = self.inputs.snapshot();
        if !(task.is_ahead() || task.prepares()) {
            self.inputs.forget_failure();
            self.new_files = false;
        }
        if self.host.is_none() && matches!(task, Task::Host { .. }) {
            self.reporter.screen.building();
        }
        let (said, done) = (self.sender.clone(), self.sender.clone());
        let (began, edited) = match task {
            Task::Host { .. } => (self.inputs.began(), self.compiled.edited()),
            // A generation says itself what it was made of.
            _ => (Began::now(), BTreeSet::new()),
        };
        let scripts = match &task {
            Task::Scripts { packages } => self.scripts_of(packages),
            _ => Vec::new(),
        };
        self.build_begun = began.at;
        self.job = Some(Job::start(
            Order {
                task,
                detected,
                saw,
                began,
                edited,
                scripts,
                group,
            },
            &self.builder,
            directory,
            move |words| {
                let _ = said.send(Incoming::Said(words));
            },
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    pub(super) fn done(&mut self, done: Done) {
        let Some(mut job) = self.job.take() else {
            return;
        };
        self.reporter.screen.built();
        let is_ahead = job.is_ahead();
        if !(is_ahead || job.is_cancelled() && done.has_failed()) {
            self.patience.ran_to_its_end();
        }
        if !(is_ahead || job.is_cancelled() || job.prepares() && !done.has_failed()) {
            self.reporter.build_ended(done.has_failed());
            if done.has_failed() {
                self.restarting = None;
            }
        }
        // What it read may have been half saved, or lacked a file that is there now: then what it
        // says is of no use, and the next build says what there is to say.
        let may_have_missed =
            !job.touched().is_empty() || self.new_files || self.quiet.remaining().is_some();
        let done_has_failed = done.has_failed();
        let is_in_vain = match &done {
            Done::Host(Err(error)) if may_have_missed && !job.is_cancelled() => {
                self.fails_for_good(error, &job)
            }
            _ => false,
        };
        match done {
            Done::Merged => {}
            Done::Asked(_) if job.is_cancelled() => {}
            Done::Asked(_) if job.was_outdated() => {}
            Done::Asked(answer) => self.cargo_answered(answer, &job),
            Done::Host(_) if job.is_cancelled() => {}
            Done::Group(Err(_)) if job.is_cancelled() => {}
            // What is built ahead is built again when it is needed, and is said then.
            Done::Group(Err(_)) if is_ahead => {}
            Done::Host(Err(error)) if is_in_vain => {
                self.host_failed(error, &job);
                self.tell_writing_builds();
                self.new_files = false;
            }
            Done::Host(Err(_)) | Done::Group(Err(_)) if may_have_missed => {
                job.outdate();
            }
            Done::Scripts(_) if job.is_cancelled() => {}
            Done::Scripts(_) if done_has_failed && may_have_missed => job.outdate(),
            Done::Scripts(reruns) => self.scripts_ran(reruns, &job),
            Done::Host(Ok(built)) => self.host_built(*built, &job),
            Done::Host(Err(error)) => {
                self.failures = Failures::default();
                self.host_failed(error, &job);
            }
            Done::Group(Ok(candidate)) => self.group_built(candidate, &mut job),
            Done::Group(Err(error)) => self.group_failed(error, &job),
        }
        // What was saved while it was built was only looked at.
        if self.job.is_none() && self.offer.is_none() && job.was_outdated() && !is_in_vain {
            self.decide_when_whole(job.detected());
        }
    }

    fn host_built(&mut self, built: BuiltHost, job: &Job) {
        self.reporter.screen.mended();
        self.failures = Failures::default();
        let BuiltHost {
            plan,
            toolchain,
            build,
            wrote,
        } = built;
        self.builder.plan = plan;
        if self.builder.toolchain.version != toolchain.version {
            let name = toolchain.name();
            self.note(&format!("everything is compiled with `{name}` from now on"));
        }
        self.builder.toolchain = toolchain;
        self.restart = None;
        let reason = self.restarting.take();
        self.say_notes(self.builder.plan.notes.clone());
        self.say_notes(build.notes.clone());
        self.tell_state_of_host(&build);
        let is_first = self.build.is_none();
        let executable = build.executable.clone();
        let compiled = build.compiled;
        let ran = self.build.as_ref().map(|it| &it.run);
        let starts_otherwise = ran.is_some_and(|ran| *ran != build.run);
        self.take(build, job, &wrote);
        // A build that was cancelled at its very end leaves nothing to compile to the next one.
        let is_other = self.started != stamp(&executable);
        if compiled || self.host.is_none() || is_other || starts_otherwise {
            self.start_host(&executable, reason.filter(|_| !is_first));
        } else {
            self.reporter.report(&Event::Verdict {
                verdict: Outcome::Nothing,
                reason: "cargo found nothing to build".to_owned(),
            });
        }
        self.catch_up(job.detected());
    }

    /// What was saved since the host was built; else what may be saved next.
    pub(super) fn catch_up(&mut self, detected: Option<Instant>) {
        if self.inputs.changed().next().is_some() {
            self.decide_when_whole(detected);
        } else {
            self.start(Task::Ahead);
        }
    }

    /// What was built is what is about to run.
    fn take(&mut self, build: HostBuild, job: &Job, wrote: &Contents) {
        match self.inputs_of(&build, job, wrote) {
            Ok(inputs) => {
                self.inputs = inputs;
                self.compiled = self.inputs.compiled();
                let file = self.builder.plan.workshop().sources();
                if let Err(error) = self.compiled.store(&file) {
                    self.note(&format!("`{}` can't be written: {error}", file.display()));
                }
            }
            Err(error) => self.error(&format!(
                "what the program was made of is not known: {error}"
            )),
        }
        self.made = build.group.made();
        self.baseline = Baseline {
            inputs: self.inputs.clone(),
            made: self.made.clone(),
        };
        self.build = Some(build);
        let written = self.inputs.written().map(|path| self.tell_written(path));
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

    fn group_built(&mut self, candidate: Candidate, job: &mut Job) {
        let Candidate {
            built,
            checked,
            foreign,
            check,
            loaded,
        } = candidate;
        if !self
            .loaded
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, &loaded))
        {
            // It was compared with what another host has in memory.
            let _ = std::fs::remove_file(&built.library.path);
            match job.is_ahead() && !job.was_outdated() {
                true => self.start(Task::Ahead),
                false => job.outdate(),
            }
            return;
        }
        if job.is_ahead() || self.host.is_none() {
            if job.is_ahead() && !job.was_outdated() {
                self.tell_state_of_group(&built);
                self.built_ahead(built.made, checked);
            }
            let _ = std::fs::remove_file(&built.library.path);
            if !job.is_ahead() {
                // The host ended while it was built for it. The edit is still to be shown.
                self.decide(job.detected());
            }
            return;
        }
        let image = match Image::of(&built.library) {
            Ok(image) => image,
            Err(error) => {
                let _ = std::fs::remove_file(&built.library.path);
                // Nobody but the linker had it: the same sources may well make a good one.
                return self.reporter.report(&Event::Refused {
                    generation: self.offered + 1,
                    reason: error.to_string(),
                    restart: false,
                });
            }
        };
        match self.fits(&built, &checked, foreign) {
            Fit::Yes => {}
            Fit::No(reason) if self.inputs.are(&built.inputs) => {
                let _ = std::fs::remove_file(&built.library.path);
                return self.restart(reason, Program::Runs, job.detected());
            }
            // What it was made of is no longer there.
            Fit::No(_) | Fit::Unknown => {
                let _ = std::fs::remove_file(&built.library.path);
                return job.outdate();
            }
        }
        self.generations.offered(&built.library.path);
        self.offer = Some(Offer {
            built,
            image,
            checked: checked.ok(),
            check,
            saw: job.saw().clone(),
            detected: job.detected(),
            begun: job.begun(),
            is_told: false,
            sent: None,
        });
        self.send_offer();
        // The host loads it meanwhile.
        if let Some(offer) = self.offer.take() {
            self.tell_state_of_group(&offer.built);
            self.offer = Some(offer);
        }
    }

    /// The first generation is there before anybody asked for it.
    fn built_ahead(&mut self, made: Vec<(String, Stamp)>, checked: Result<Checked, String>) {
        self.made.clone_from(&made);
        self.baseline.made = made;
        match (checked, &self.loaded) {
            // It says what the baseline says, so that the next build has less to read.
            (Ok(checked), Some(loaded)) if checked.found.differences.is_empty() => {
                loaded.take(checked);
            }
            (Ok(_), _) => {}
            (Err(why), _) => self.compare_tokens(&why),
        }
        self.start(Task::Merge { but: Vec::new() });
    }

    /// Layouts can't be read: from now on tokens decide.
    fn compare_tokens(&mut self, why: &str) {
        self.are_layouts_readable = false;
        self.say_notes(vec![format!(
            "types are compared by their tokens, since {why}: each change of one restarts the host"
        )]);
    }

    /// Whether a build may meet what is in memory.
    fn fits(
        &mut self,
        built: &Built,
        checked: &Result<Checked, String>,
        foreign: Option<String>,
    ) -> Fit {
        if let Err(why) = checked {
            self.compare_tokens(why);
        }
        let Some((build, loaded)) = self.build.as_ref().zip(self.loaded.as_ref()) else {
            return Fit::Unknown;
        };
        let layouts = checked.as_ref().map(|checked| &checked.found);
        let by_name = layouts.ok().map(|found| &found.by_name);
        let renamed = layouts.ok().map(|found| &found.renamed);
        let has_renamed = renamed.is_some_and(|names| !names.is_empty());
        let root = &self.builder.plan.workspace_root;
        let held = loaded.by_type_id();
        let needs_tokens = by_name.is_none_or(|names| !names.is_empty())
            || has_renamed
            || build.keepers.hold_all
            || !held.is_empty()
            || self.inputs.unparsable(root).is_some();
        if needs_tokens && !self.inputs.have_looked_at(&built.inputs) {
            return Fit::Unknown;
        }
        let (verdict, notes) = decide::of_build(&Findings {
            foreign,
            unparsable: self.inputs.unparsable(root),
            layouts: layouts.map_err(String::as_str),
            // Optimised code may not even describe a type that something holds.
            unseen: match build.keepers.hold_all {
                true => self.inputs.retyped(None),
                false => self.inputs.retyped(by_name),
            },
            regiven: self.inputs.regiven(layouts.is_ok().then_some(&held)),
            has_made_over: loaded.has_made_over(),
            knows_type_ids: !build.keepers.hide_type_ids,
            are_renames: renamed.is_none_or(|all| {
                let mut all = all.iter();
                all.all(|(old, new)| self.inputs.is_rename(old, new))
            }),
            by_type_id: &held,
        });
        match verdict {
            Verdict::Restart { reason } => Fit::No(reason),
            Verdict::Reload { .. } | Verdict::Nothing { .. } => {
                self.say_notes(notes);
                Fit::Yes
            }
        }
    }
}

/// Whether a build may meet what is in memory.
enum Fit {
    Yes,
    No(String),
    /// That depends on sources that are others by now.
    Unknown,
}

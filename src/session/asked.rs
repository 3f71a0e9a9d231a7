//! What people ask of the session while it runs, from another process or by a key.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::control::{Answer, Asked, Outcome, Record, Request};
use crate::decide::Wish;
use crate::discover::HostKind;
use crate::report::Problem;

use super::Session;
use super::job::Job;

/// How long the system may take to tell of a file. Where files are looked at now and then, that may
/// be longer, and inputs are looked at anyhow.
const TELLING: Duration = Duration::from_secs(1);

/// Somebody who asked, and whether all that was saved before has been noticed.
#[derive(Debug)]
pub(super) struct Mark {
    path: PathBuf,
    asked: Asked,
    due: Instant,
}

impl Session {
    /// Lets others find it. What there is to start is known once it was built.
    pub(super) fn tell_others(&self, program: Option<PathBuf>) -> io::Result<()> {
        let plan = &self.builder.plan;
        let group = plan.group.iter().map(|it| &it.dir);
        let others = plan.shared.iter().chain(&plan.host_side);
        let record = Record {
            pid: std::process::id(),
            workspace_root: plan.workspace_root.clone(),
            folders: group.chain(others.map(|it| &it.dir)).cloned().collect(),
            package: plan.host.package.clone(),
            target: plan.host.target.clone(),
            is_example: plan.host.kind == HostKind::Example,
            generations: self.host_settings.directory.clone(),
            program,
        };
        record.store(self.rendezvous.path())
    }

    /// Takes a request. Whoever asks may have saved a moment before, and the system tells of edits in
    /// its own time, but in their order: so a file is made where the session watches, and when that
    /// is told, all that was saved before has been.
    pub(super) fn asked(&mut self, asked: Asked) {
        self.marks_made += 1;
        let mark = self
            .rendezvous
            .path()
            .join(format!("mark-{}", self.marks_made));
        let is_made = std::fs::write(&mark, "").is_ok();
        self.marks.push(Mark {
            path: mark,
            asked,
            due: Instant::now() + if is_made { TELLING } else { Duration::ZERO },
        });
    }

    /// Takes the paths of marks out of what was noticed.
    pub(super) fn take_marks(&mut self, paths: &mut Vec<PathBuf>) {
        let place = self.rendezvous.path();
        let noticed = paths.extract_if(.., |path| path.starts_with(place));
        let noticed: Vec<PathBuf> = noticed.collect();
        for mark in self
            .marks
            .iter_mut()
            .filter(|it| noticed.contains(&it.path))
        {
            mark.due = Instant::now();
        }
    }

    /// How long to wait for the next mark.
    pub(super) fn marking(&self) -> Option<Duration> {
        let due = self.marks.iter().map(|mark| mark.due).min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// Begins what was asked for by those whose marks were told, or should have been.
    pub(super) fn pass_marks(&mut self) {
        let now = Instant::now();
        let passed: Vec<Mark> = self.marks.extract_if(.., |mark| mark.due <= now).collect();
        for Mark { path, asked, .. } in passed {
            // It goes with its folder, at the latest.
            let _ = std::fs::remove_file(path);
            self.begin(asked);
        }
    }

    /// It is answered when what is on disk has come to something.
    fn begin(&mut self, asked: Asked) {
        match asked.request {
            Request::Wait => self.look_again(),
            Request::Reload => self.wish(Wish::Reload),
            Request::Restart => self.wish(Wish::Restart),
        }
        self.waiting.push(asked.answer);
    }

    /// Somebody wants it now, whatever has changed.
    pub(super) fn wish(&mut self, wish: Wish) {
        self.look_again();
        match &mut self.job {
            Some(job) if job.is_ahead() || wish == Wish::Restart => {
                job.outdate();
                job.cancel();
            }
            // It builds just what is asked for; and if not, its end brings it on.
            Some(_) => return,
            None => {}
        }
        // One who wants a restart wants a reload too.
        self.wish = self.wish.max(Some(wish));
    }

    /// Begins what was asked for, unless something has to end first.
    pub(super) fn grant_wish(&mut self) {
        if self.wish.is_some() && self.job.is_none() {
            self.decide(Some(Instant::now()));
        }
    }

    /// Looks at what the file system may not have told yet.
    fn look_again(&mut self) {
        let unseen = self.inputs.unseen();
        if !unseen.is_empty() {
            self.quiet.touch(unseen, true);
        }
        if self.quiet.remaining().is_some() {
            self.judge();
        }
    }

    /// Answers those who wait, if what is on disk has come to something.
    pub(super) fn answer_waiting(&mut self) {
        if self.waiting.is_empty() || !self.is_settled() {
            return;
        }
        let answer = self.standing();
        for waiting in std::mem::take(&mut self.waiting) {
            // Whoever asked may be gone.
            let _ = Sender::send(&waiting, answer.clone());
        }
    }

    /// Whether nothing is under way that changes how things stand.
    fn is_settled(&self) -> bool {
        let builds = |job: &Job| !job.is_ahead() || job.was_outdated();
        let is_built = !self.job.as_ref().is_some_and(builds);
        let is_answered = self.offer.as_ref().is_none_or(|offer| offer.is_told);
        is_built && is_answered && self.wish.is_none() && self.quiet.remaining().is_none()
    }

    /// How what is on disk stands to what runs.
    fn standing(&self) -> Answer {
        let mut answer = Answer {
            outcome: Outcome::Live,
            generation: self.host.as_ref().map(|_| self.live),
            pid: self.host.as_ref().map(|host| host.pid),
            reason: None,
            rendered: String::new(),
            messages: Vec::new(),
        };
        let has_changed = self.inputs.changed().next().is_some();
        // A refused edit is on disk and not live, whatever went live since.
        let is_due = self.inputs.has_put_off();
        let is_live = self.host.is_some() && !has_changed && !is_due;
        if is_live && self.offer.is_none() && self.restart.is_none() {
            return answer;
        }
        let has_ended = self.host.is_none() && self.build.is_some();
        let (outcome, reason) = match &self.reporter.standing.problem {
            _ if has_ended && !self.inputs.last_build_failed() => {
                (Outcome::Ended, "the host is not running".to_owned())
            }
            Some(Problem::Compile { rendered, messages }) => {
                answer.rendered.clone_from(rendered);
                answer.messages.clone_from(messages);
                (
                    Outcome::Failed,
                    "what is on disk does not compile".to_owned(),
                )
            }
            Some(Problem::Build(message)) => (Outcome::Failed, message.clone()),
            Some(Problem::Refused(reason)) => (Outcome::Refused, reason.clone()),
            None if self.offer.is_some() => {
                let reason = "the program has not joined the session";
                (Outcome::Failed, reason.to_owned())
            }
            None if is_due && !has_changed => {
                let reason = "a restart is due for edits that can't be reloaded";
                (Outcome::Refused, reason.to_owned())
            }
            None if self.is_paused => {
                let reason = "the session is paused, and what was saved since is not live";
                (Outcome::Paused, reason.to_owned())
            }
            None => (Outcome::Ended, "the host is not running".to_owned()),
        };
        answer.outcome = outcome;
        answer.reason = Some(reason);
        answer
    }
}

//! What changed on disk: from file events to the decision what to build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::decide;
use crate::decide::{Evidence, Program, Verdict, Wish};
use crate::report::{Event, Outcome};
use crate::stale::{Changed, Kind};

use super::Session;
use super::failures::is_file_named;
use super::job::{Job, Task};
use super::timing::is_half_saved;

impl Session {
    /// Files were touched. Inputs are judged at once, others when it has been quiet for a moment.
    pub(super) fn noticed(&mut self, mut paths: Vec<PathBuf>) {
        paths.extend(self.watcher.follow(&paths));
        let mut concern = BTreeSet::new();
        let mut has_input = false;
        for path in paths {
            let inputs = self.inputs.at(&path);
            if inputs.is_empty() && self.may_be_lacked(&path) {
                concern.insert(path);
            }
            has_input |= !inputs.is_empty();
            concern.extend(inputs);
        }
        if !concern.is_empty() {
            self.quiet.touch(concern, has_input);
        }
    }

    /// So many files were touched that nobody knows which.
    pub(super) fn lost_count(&mut self) {
        if let Err(error) = self.watcher.renew() {
            self.error(&error.to_string());
        }
        self.inputs.look_at_all();
        self.new_files = true;
        self.quiet.touch(self.inputs.paths().cloned(), false);
    }

    /// Whether a file that is no input may become one, or be what a failed build lacks.
    fn may_be_lacked(&self, path: &Path) -> bool {
        if self.is_named(path) {
            return true;
        }
        let root = &self.builder.plan.workspace_root;
        let concerns = self.is_near(path) || (self.is_broken() && path.starts_with(root));
        concerns && !is_editors_own(path) && !self.is_sessions_own(path)
    }

    /// Whether the session itself writes a file: it would be the cause of its own builds.
    fn is_sessions_own(&self, path: &Path) -> bool {
        let events = self.reporter.events.as_ref();
        events.is_some_and(|it| it.is_written_to(path))
    }

    /// Whether somebody asked for a file to be an input, which may not have been there so far.
    fn is_named(&self, path: &Path) -> bool {
        match self.kind_of_new(path) {
            Some(Kind::Reloadable) => true,
            // Scripts that name a folder name no copies that editors make in it.
            Some(_) => !is_editors_own(path),
            None => false,
        }
    }

    /// Whether a path is in a package's folder, or is that of a manifest.
    fn is_near(&self, path: &Path) -> bool {
        let plan = &self.builder.plan;
        let others = plan.shared.iter().chain(&plan.host_side);
        let group = plan.group.iter().map(|it| &it.dir);
        let mut folders = group.chain(others.map(|it| &it.dir));
        plan.manifests.iter().any(|it| it == path) || folders.any(|folder| path.starts_with(folder))
    }

    /// Whether a file that is no input may be what the last build lacked: it is named in what that
    /// build said, or it is a package's and may be a module that the build read and found no error in,
    /// or came or went since the build began. A log that the host appends to is none of these.
    fn may_mend(&self, path: &Path) -> bool {
        let may_be_module = || path.extension().is_some_and(|it| it == "rs") && self.is_near(path);
        if is_file_named(&self.complaint, path) || self.is_broken() && may_be_module() {
            return true;
        }
        let created = std::fs::metadata(path).and_then(|metadata| metadata.created());
        let is_new = created.map_or(true, |created| created >= self.build_begun);
        is_new && self.is_near(path)
    }

    fn is_broken(&self) -> bool {
        self.inputs.last_build_failed() || self.build.is_none()
    }

    /// Judges what is there now, and acts on it.
    pub(super) fn judge(&mut self) {
        let Some((mut touched, detected)) = self.quiet.settle(&self.inputs) else {
            return;
        };
        touched.retain(|path| self.inputs.is_news(path) && !self.failures.know(path));
        if self.job.as_ref().is_some_and(Job::resolves) {
            // It is the build that writes it, and then reads it.
            touched.remove(&self.builder.plan.lock_file());
        }
        for path in &touched {
            let is_new = !self.inputs.contains(path) && path.is_file();
            if is_new
                && self.is_named(path)
                && let Some(kind) = self.kind_of_new(path)
            {
                self.inputs.add(path, kind);
                self.tell_scripts_of_new(path);
            }
        }
        let changed = self.inputs.look_at(touched.iter());
        let waiting = self.inputs.waiting(&self.builder.plan.workspace_root);
        self.say_notes(waiting);
        touched.retain(|path| !self.inputs.is_of_version_control(path));
        let (mut paths, mut others): (Vec<PathBuf>, Vec<PathBuf>) = touched
            .iter()
            .filter(|path| !path.is_dir())
            .cloned()
            .partition(|path| self.inputs.contains(path));
        others.retain(|path| self.may_mend(path));
        self.new_files |= !others.is_empty();
        let may_mend = self.is_broken() && !others.is_empty();
        if may_mend {
            paths.extend(others);
        }
        if paths.is_empty() {
            return;
        }
        self.reporter.report(&Event::Edit { paths });
        let builds_host = self.job.as_ref().is_some_and(Job::builds_host);
        let is_edit = |path: &PathBuf| !(builds_host && self.inputs.is_built(path));
        let is_changed = changed
            .iter()
            .any(|path| touched.contains(path) && is_edit(path));
        let Some(job) = &mut self.job else {
            return self.decide(Some(detected));
        };
        job.touch(touched);
        if self.is_paused && self.wish.is_none() {
            // It builds what it began with; that there is more now is said.
            return self.decide(Some(detected));
        }
        // What is done ahead is in nobody's way: whatever there is to build comes first.
        let is_first = job.is_ahead() && self.inputs.changed().next().is_some();
        if is_changed || is_first || may_mend || self.host.is_none() {
            // What it builds from is no longer what is there.
            job.outdate();
            if !job.is_cancelled() && (job.is_ahead() || self.patience.may_cancel(job.begun())) {
                job.cancel();
            }
        } else if job.is_ahead() && !job.was_outdated() {
            // Its end will say nothing.
            self.decide(Some(detected));
        }
    }

    /// Decides at once, unless a file looks as if it were just being saved: then a little later.
    pub(super) fn decide_when_whole(&mut self, detected: Option<Instant>) {
        let changed = self.inputs.changed().map(|(path, _)| path.to_owned());
        let half_saved: Vec<PathBuf> = changed.filter(|path| is_half_saved(path)).collect();
        if half_saved.is_empty() {
            self.decide(detected);
        } else {
            self.inputs.judge_again(&half_saved);
            self.quiet.touch(half_saved, false);
        }
    }

    /// What is on disk asks for something, or not.
    pub(super) fn decide(&mut self, detected: Option<Instant>) {
        if self.awaits_answer() {
            // The host's answer decides what runs, and brings us back here.
            return;
        }
        let has_changed = self.inputs.changed().next().is_some();
        if !has_changed && self.wish.is_none() {
            // What runs is what is there: whatever the restart was for was taken back.
            self.restart = None;
        }
        if self.asks_cargo(detected) {
            return;
        }
        let root = &self.builder.plan.workspace_root;
        let concern = self.asked.concern.as_deref();
        let Some(changes) = self.inputs.changes(root, concern) else {
            let being_saved = self.inputs.unseen();
            let changed = self.inputs.changed().map(|(path, _)| path.to_owned());
            let again: Vec<PathBuf> = changed.chain(being_saved).collect();
            self.inputs.judge_again(&again);
            return self.quiet.touch(again, false);
        };
        let new_files = self.new_files;
        let evidence = Evidence {
            program: match (&self.build, &self.host) {
                (None, _) => Program::Missing,
                (_, None) => Program::Ended,
                _ if self.has_left => Program::Left,
                _ => Program::Runs,
            },
            due: self.restart.clone(),
            is_known_to_fail: !new_files && self.inputs.failed_on_this(),
            has_layouts: self.has_layouts(),
            wish: self.wish,
            is_paused: self.is_paused,
            changes,
        };
        let verdict = decide::of_edit(&evidence);
        if matches!(verdict, Verdict::Reload { .. }) && self.runs_scripts(detected) {
            return;
        }
        if !self.is_paused || self.wish.is_some() {
            self.new_files = false;
        }
        self.wish = None;
        if !matches!(verdict, Verdict::Restart { .. }) {
            self.restarting = None;
        }
        match verdict {
            Verdict::Nothing { reason } => {
                if evidence.changes.is_empty() {
                    self.inputs.forget_failure();
                    self.reporter.screen.mended();
                }
                self.reporter.report(&Event::Verdict {
                    verdict: Outcome::Nothing,
                    reason,
                });
            }
            Verdict::Reload { reason } => {
                self.reporter.report(&Event::Verdict {
                    verdict: Outcome::Reload,
                    reason,
                });
                self.start_at(Task::Reload, detected);
            }
            Verdict::Restart { reason } if evidence.wish == Some(Wish::Restart) => {
                // Whatever cargo finds, it is to be another process.
                self.started = None;
                self.restart = Some(reason.clone());
                self.start_over(reason, detected);
            }
            Verdict::Restart { reason } => self.restart(reason, evidence.program, detected),
        }
    }

    /// The host has to be built and started again, unless its user wants it to stay.
    pub(super) fn restart(&mut self, reason: String, program: Program, detected: Option<Instant>) {
        if !self.may_restart && program == Program::Runs {
            let saw = self.inputs.snapshot();
            return self.stay(self.offered + 1, &reason, saw);
        }
        self.start_over(reason, detected);
    }

    fn start_over(&mut self, reason: String, detected: Option<Instant>) {
        // One save of many files may cancel a build that was begun for the first of them.
        if self.restarting.as_ref() != Some(&reason) {
            self.reporter.report(&Event::Verdict {
                verdict: Outcome::Restart,
                reason: reason.clone(),
            });
        }
        let is_cargos = |(_, kind): (&Path, &Kind)| *kind == Kind::Manifest;
        let replan = self.inputs.changed().any(is_cargos) || self.build.is_none();
        self.restarting = Some(reason);
        self.start_at(Task::Host { replan }, detected);
    }

    /// What a build saw does not go live, since the program is not to be restarted.
    pub(super) fn stay(&mut self, generation: u32, reason: &str, saw: Changed) {
        self.restart = None;
        let is_put_off = self.inputs.put_off();
        if !is_put_off {
            self.inputs.mark_failed(saw);
        }
        self.reporter.report(&Event::Refused {
            generation,
            reason: format!("{reason}; the old code goes on until the program is started again"),
            restart: true,
        });
        // What can be reloaded does not wait for it.
        if is_put_off && self.inputs.changed().next().is_some() {
            self.decide(None);
        }
    }

    /// Whether layouts tell what a changed type does.
    fn has_layouts(&self) -> bool {
        let build = self.build.as_ref();
        build.is_some_and(|build| build.group.opaque().is_none()) && self.are_layouts_readable
    }
}

/// Whether it is a file that editors make beside the one that is edited: no compiler reads it.
fn is_editors_own(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_hidden = name.starts_with('.') || name.starts_with('#');
    let is_backup = ["~", ".swp", ".tmp", ".bak"]
        .iter()
        .any(|it| name.ends_with(it));
    is_hidden || is_backup || name == "4913"
}

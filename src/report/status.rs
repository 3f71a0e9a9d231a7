//! The session's status, in a file next to its lock, for `cargo hotmod list`.
//!
//! The file is replaced atomically, and is valid only while the lock is held. A verdict that leads
//! to a build does not wait for the file: [`StatusFile::settle`] writes it while the build runs.
//! All other events are in the file before they are shown.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use hotmod_protocol::BuildId;
use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;

use super::{Check, Event, Note, Outcome};

/// The content of the file. `list` prints it as it is, and the reference documents its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// None while no host is running, like the next two.
    pub(crate) pid: Option<u32>,
    pub(crate) generation: Option<u32>,
    pub(crate) build_id: Option<String>,
    /// The last ten.
    pub(crate) retired: VecDeque<u32>,
    pub(crate) kept_generations: u32,
    pub(crate) kept_bytes: u64,
    pub(crate) building: bool,
    pub(crate) last_build_failed: bool,
    pub(crate) paused: bool,
    /// Why a restart is due that the session does not begin by itself.
    #[serde(default)]
    pub(crate) restart_due: Vec<String>,
    /// The entry points that lead to code of the live generation that was not called.
    #[serde(default)]
    pub(crate) not_called: Vec<String>,
    /// The number that the live generation had before, if it is live again.
    #[serde(default)]
    pub(crate) rolled_back_to: Option<u32>,
    /// None unless the session checks the workspace.
    #[serde(default)]
    pub(crate) check: Option<Check>,
    /// The newest last.
    pub(crate) verdicts: VecDeque<Past>,
    /// What the session has noted, the newest last.
    #[serde(default)]
    pub(crate) notes: VecDeque<String>,
}

/// The state of a session, for those who only show it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// None while no host is running.
    pub(crate) pid: Option<u32>,
    pub(crate) generation: Option<u32>,
    /// Whether a build is running, apart from those in the background.
    pub(crate) is_building: bool,
    /// Whether the last build that was not cancelled failed.
    pub(crate) last_build_failed: bool,
    pub(crate) is_paused: bool,
    /// Why a restart is due that the session does not begin by itself.
    pub(crate) restart_due: Vec<String>,
    pub(crate) not_called: Vec<String>,
    pub(crate) rolled_back_to: Option<u32>,
    pub(crate) check: Option<Check>,
}

/// A past verdict, or a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    /// As in events, or `refused`.
    pub(crate) verdict: String,
    pub(crate) reason: String,
    /// In milliseconds since 1970.
    pub(crate) at_ms: u64,
}

/// How many retired generations and verdicts the status has.
const HISTORY: usize = 10;
/// How many notes it has. Most come at the beginning, and are worth reading later.
const NOTES: usize = 30;

impl Status {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Live {
                build_id,
                kept_generations,
                kept_bytes,
                ..
            } => {
                self.build_id = Some(build_id.clone());
                self.kept_generations = *kept_generations;
                self.kept_bytes = *kept_bytes;
            }
            Event::RolledBack { build_id, .. } => self.build_id = Some(build_id.clone()),
            Event::Verdict { verdict, reason } => {
                let verdict = match verdict {
                    Outcome::Nothing => "nothing",
                    Outcome::Reload => "reload",
                    Outcome::Restart => "restart",
                };
                self.verdict(verdict, &reason.to_string());
            }
            Event::Refused { reason, .. } => self.verdict("refused", &reason.to_string()),
            Event::SessionStarted { .. }
            | Event::HostBuilt
            | Event::HostStarted { .. }
            | Event::HostJoined { .. }
            | Event::Restarted { .. }
            | Event::WaitingForHost { .. }
            | Event::HostExited { .. }
            | Event::Building { .. }
            | Event::Edit { .. }
            | Event::CompileError { .. }
            | Event::NotCalled { .. }
            | Event::Called { .. }
            | Event::Retired { .. }
            | Event::HostCompared { .. }
            | Event::DeltaCompared { .. }
            | Event::Checked { .. }
            | Event::SessionEnded
            | Event::Note(_)
            | Event::Error { .. } => {}
        }
    }

    /// Takes the state of the session. Another host has other generations.
    fn know(&mut self, facts: Facts) {
        let is_same_host = self.pid == facts.pid && self.generation <= facts.generation;
        if !is_same_host {
            self.build_id = facts.pid.map(|_| BuildId::default().to_string());
            self.retired.clear();
            (self.kept_generations, self.kept_bytes) = (0, 0);
        } else if self.generation != facts.generation {
            self.retired.extend(self.generation);
            let excess = self.retired.len().saturating_sub(HISTORY);
            self.retired.drain(..excess);
        }
        self.pid = facts.pid;
        self.generation = facts.generation;
        self.building = facts.is_building;
        self.last_build_failed = facts.last_build_failed;
        self.paused = facts.is_paused;
        self.restart_due = facts.restart_due;
        self.not_called = facts.not_called;
        self.rolled_back_to = facts.rolled_back_to;
        self.check = facts.check;
    }

    fn verdict(&mut self, verdict: &str, reason: &str) {
        if self.verdicts.len() == HISTORY {
            self.verdicts.pop_front();
        }
        self.verdicts.push_back(Past {
            verdict: verdict.to_owned(),
            reason: reason.to_owned(),
            at_ms: now_ms(),
        });
    }
}

/// The current time, as in [`Past::at_ms`].
pub(crate) fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// Keeps the status file up to date with the reported events.
#[derive(Debug)]
pub(crate) struct StatusFile {
    path: PathBuf,
    status: Status,
    /// Its notes.
    notes: VecDeque<Note>,
    written: Option<Status>,
    is_failing: bool,
}

impl StatusFile {
    /// For a session that has just taken its lock. Removes the file of a session that was killed.
    pub(crate) fn new(path: PathBuf) -> Self {
        let file = StatusFile {
            path,
            status: Status::default(),
            notes: VecDeque::new(),
            written: None,
            is_failing: false,
        };
        file.remove();
        file
    }

    pub(super) fn take(&mut self, event: &Event) -> io::Result<()> {
        self.status.note(event);
        if let Event::Note(note) = event {
            self.keep(note);
        }
        let leads_to_a_build = match event {
            Event::Building { .. } => true,
            Event::Verdict { verdict, .. } => *verdict != Outcome::Nothing,
            _ => false,
        };
        match leads_to_a_build {
            true => Ok(()),
            false => self.write(),
        }
    }

    /// Keeps a note, unless it is there already.
    fn keep(&mut self, note: &Note) {
        if !self.notes.contains(note) {
            self.notes.push_back(note.clone());
            let excess = self.notes.len().saturating_sub(NOTES);
            self.notes.drain(..excess);
            self.status.notes = self.notes.iter().map(Note::to_string).collect();
        }
    }

    pub(super) fn know(&mut self, facts: Facts) {
        self.status.know(facts);
    }

    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        if self.written.as_ref() == Some(&self.status) {
            return Ok(());
        }
        // If writing fails, it is tried again after the next change.
        self.written = Some(self.status.clone());
        let written = serde_json::to_vec(&self.status).map_err(io::Error::from);
        let written = written.and_then(|text| write_whole(&self.path, &text));
        let was_failing = std::mem::replace(&mut self.is_failing, written.is_err());
        if written.is_err() {
            self.remove();
        }
        // Report the first of several failures only.
        if was_failing { Ok(()) } else { written }
    }

    /// Removes the file: no status is better than an outdated one.
    pub(crate) fn remove(&self) {
        // The file may not exist.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Phases;

    fn host(pid: u32, generation: u32) -> Facts {
        Facts {
            pid: Some(pid),
            generation: Some(generation),
            ..Facts::default()
        }
    }

    fn live(generation: u32) -> Event {
        Event::Live {
            generation,
            crates: vec![],
            deltas: vec![],
            build_id: format!("{generation:016x}"),
            ms: Phases::default(),
            pid: 7,
            kept_generations: generation - 1,
            kept_bytes: 4096,
            restart_due: vec![],
        }
    }

    #[test]
    fn a_status_follows_the_reported_events() {
        let mut status = Status::default();
        status.know(host(7, 0));
        assert_eq!(status.build_id.as_deref(), Some("0000000000000000"));
        for generation in 1..=15 {
            status.note(&Event::Verdict {
                verdict: Outcome::Reload,
                reason: format!("reason {generation}").into(),
            });
            status.know(host(7, generation));
            status.note(&live(generation));
        }
        assert_eq!((status.pid, status.generation), (Some(7), Some(15)));
        assert_eq!(status.retired, Vec::from_iter(5..15));
        let reasons: Vec<_> = status.verdicts.iter().map(|it| &*it.reason).collect();
        assert_eq!((reasons.len(), reasons[0]), (HISTORY, "reason 6"));

        status.know(Facts::default());
        assert_eq!((status.pid, status.generation), (None, None));
        assert_eq!((status.kept_generations, status.retired.len()), (0, 0));
        assert_eq!(status.verdicts.len(), HISTORY, "the reasons stay");
    }

    #[test]
    fn a_status_has_the_last_notes_once() {
        let mut file = StatusFile::new(PathBuf::new());
        let note = |number: usize| Note::Toolchain {
            name: number.to_string(),
        };
        for number in (0..=NOTES).chain([NOTES, 1]) {
            file.keep(&note(number));
        }
        let last: Vec<String> = (1..=NOTES).map(|it| note(it).to_string()).collect();
        assert_eq!(file.status.notes, last);
    }

    #[test]
    fn another_host_has_other_generations() {
        for next in [host(8, 0), host(7, 0)] {
            let mut status = Status::default();
            for generation in 0..3 {
                status.know(host(7, generation));
                status.know(host(7, generation));
            }
            assert_eq!(status.retired, [0, 1]);
            status.know(next.clone());
            assert_eq!((status.pid, status.generation), (next.pid, Some(0)));
            assert!(status.retired.is_empty());
        }
    }

    #[test]
    fn the_file_is_written_for_all_but_a_verdict_to_build() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("status.json");
        fs::write(&path, "left by a session that was killed").unwrap();
        let mut file = StatusFile::new(path.clone());
        assert!(!path.exists());
        let read = || -> Status { serde_json::from_slice(&fs::read(&path).unwrap()).unwrap() };

        file.know(host(7, 0));
        file.take(&Event::HostStarted { pid: 7 }).unwrap();
        assert_eq!(read().pid, Some(7));
        let verdict = |verdict| Event::Verdict {
            verdict,
            reason: String::new().into(),
        };
        file.take(&verdict(Outcome::Reload)).unwrap();
        assert_eq!(read().verdicts.len(), 0);
        file.know(Facts {
            is_building: true,
            ..host(7, 0)
        });
        file.settle().unwrap();
        assert!(read().building && read().verdicts.len() == 1);
        file.know(Facts {
            last_build_failed: true,
            ..host(7, 0)
        });
        file.take(&verdict(Outcome::Nothing)).unwrap();
        assert!(read().last_build_failed && read().verdicts.len() == 2);

        // A failed write removes the file, and is reported once.
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(file.take(&live(1)).is_err());
        assert!(file.take(&live(2)).is_ok());
        fs::remove_dir(&path).unwrap();
        file.know(host(7, 3));
        file.take(&live(3)).unwrap();
        assert_eq!(read().generation, Some(3));
    }
}

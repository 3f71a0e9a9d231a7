//! The rounds of a session: each is the time from a save to its outcome, put together from the events.

use std::collections::VecDeque;
use std::path::Path;

use crate::decide::Reason;
use crate::report::{BuildTarget, Comparison, Event, Outcome, Phases};

#[cfg(test)]
mod tests;

/// How many rounds are kept. A page with more is slow to read and to write.
pub(super) const MOST: usize = 1000;

/// What takes time in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Detect,
    /// Builds whose result was not used: a newer save cancelled them, or they could not be loaded.
    Earlier,
    Compile,
    Link,
    Check,
    Swap,
    /// The build of the host.
    Build,
    /// The end of the old host, and the start of the new one.
    Start,
    /// Messages between the stages.
    Other,
}

impl Stage {
    /// Its name, which is also its class.
    pub(super) fn name(self) -> &'static str {
        match self {
            Stage::Detect => "detect",
            Stage::Earlier => "earlier",
            Stage::Compile => "compile",
            Stage::Link => "link",
            Stage::Check => "check",
            Stage::Swap => "swap",
            Stage::Build => "build",
            Stage::Start => "start",
            Stage::Other => "other",
        }
    }
}

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Live {
        generation: u32,
    },
    Started,
    Restarted,
    /// The host is built, and another process has to start it.
    Built,
    Nothing,
    Refused,
    /// A build failed.
    Failed,
    /// By the end of the session.
    Interrupted,
}

/// The time from a save to its outcome. Times are in milliseconds, and those without a stage count from
/// the beginning of the session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Round {
    pub(super) begin: f64,
    pub(super) edited: Vec<String>,
    /// Why it ended like this, or why it began if no file was saved.
    pub(super) reason: String,
    pub(super) end: End,
    /// Whether the host was built.
    pub(super) builds_host: bool,
    pub(super) crates: Vec<String>,
    pub(super) deltas: Vec<String>,
    /// In their order, without pauses.
    pub(super) stages: Vec<(Stage, f64)>,
    /// What was done in the background afterwards.
    pub(super) background: Vec<Background>,
}

impl Round {
    /// Whether it is about a process of the program rather than a generation.
    pub(super) fn is_start(&self) -> bool {
        self.builds_host || matches!(self.end, End::Started | End::Restarted | End::Built)
    }

    pub(super) fn is_failed(&self) -> bool {
        matches!(self.end, End::Failed | End::Refused)
    }

    pub(super) fn total(&self) -> f64 {
        self.stages.iter().map(|(_, ms)| ms).sum()
    }

    /// The time of a stage.
    pub(super) fn time(&self, stage: Stage) -> Option<f64> {
        let mut found = self.stages.iter().filter(|it| it.0 == stage);
        found.next().map(|(_, ms)| *ms)
    }
}

/// Something that was done in the background.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Background {
    pub(super) what: Work,
    pub(super) outcome: Comparison,
    pub(super) begin: f64,
    pub(super) ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// The full compilation of the crates of which a reload compiled a delta.
    Compilation,
    /// The comparison with a clean build.
    Comparison,
}

/// A round without an outcome.
#[derive(Debug, Default)]
struct Open {
    begin: f64,
    /// When files were saved, and which.
    edits: Vec<(f64, String)>,
    reason: String,
    builds: Vec<Begun>,
    /// When the host was built.
    built: Option<f64>,
    /// Whether it has only files that were saved during the build of the last round, which may have no
    /// outcome of their own.
    is_left: bool,
}

/// A build that began.
#[derive(Clone, Copy, Debug)]
struct Begun {
    at: f64,
    is_host: bool,
}

/// The rounds so far.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub(super) host: String,
    /// The last ones, in their order.
    pub(super) rounds: VecDeque<Round>,
    /// Whether there were more before these.
    pub(super) has_forgotten: bool,
    pub(super) has_ended: bool,
    open: Option<Open>,
}

impl Rounds {
    /// Takes an event at a time since the beginning of the session. Returns whether there is more to show.
    pub(super) fn take(&mut self, event: &Event, at: f64, root: &Path) -> bool {
        match event {
            Event::SessionStarted { host, .. } => {
                self.host.clone_from(host);
                // The first host is waited for from the beginning.
                self.open = Some(Open::default());
            }
            Event::Edit { paths } => {
                self.open.take_if(|it| it.is_left && it.builds.is_empty());
                let paths = paths.iter().map(|it| it.strip_prefix(root).unwrap_or(it));
                let edits = paths.map(|it| (at, it.display().to_string()));
                self.open_at(at).edits.extend(edits);
                return false;
            }
            Event::Building { what } => {
                let is_host = *what == BuildTarget::Host;
                self.open_at(at).builds.push(Begun { at, is_host });
                return false;
            }
            Event::HostBuilt => {
                self.open_at(at).built = Some(at);
                return false;
            }
            Event::Verdict { verdict, reason } if *verdict != Outcome::Nothing => {
                self.open_at(at).reason = reason.to_string();
                return false;
            }
            Event::Verdict { reason, .. } => return self.end(End::Nothing, reason, at),
            Event::Live {
                generation,
                crates,
                deltas,
                ms,
                ..
            } => {
                let open = self.close(at);
                self.push(Round {
                    crates: crates.clone(),
                    deltas: deltas.clone(),
                    ..open.went_live(*generation, ms, at)
                });
            }
            Event::CompileError { rendered, .. } => {
                let text = console::strip_ansi_codes(rendered);
                let first = text.lines().find(|it| it.starts_with("error"));
                let first = first.or(text.lines().next()).unwrap_or_default();
                return match self.open {
                    Some(_) => self.end(End::Failed, first, at),
                    None => self.background_failed(at),
                };
            }
            Event::Error { message, .. } => return self.end(End::Failed, message, at),
            // A restart follows.
            Event::Refused {
                reason,
                restart: true,
                ..
            } if !matches!(reason, Reason::StaysOld(_)) => return false,
            Event::Refused { reason, .. } => return self.end(End::Refused, reason, at),
            Event::HostStarted { .. } | Event::HostJoined { .. } => {
                return self.end(End::Started, "", at);
            }
            Event::Restarted { reason, .. } => return self.end(End::Restarted, reason, at),
            Event::WaitingForHost { .. } => return self.end(End::Built, "", at),
            Event::HostCompared { outcome, ms } if *outcome != Comparison::Skipped => {
                return self.background(Work::Comparison, *outcome, at, *ms);
            }
            Event::DeltaCompared { outcome, ms, .. } => {
                return self.background(Work::Compilation, *outcome, at, *ms);
            }
            Event::SessionEnded => {
                if self.open.as_ref().is_some_and(|it| !it.builds.is_empty()) {
                    self.end(End::Interrupted, "", at);
                }
                self.has_ended = true;
            }
            Event::HostCompared { .. }
            | Event::Checked { .. }
            | Event::RolledBack { .. }
            | Event::NotCalled { .. }
            | Event::Called { .. }
            | Event::Retired { .. }
            | Event::HostExited { .. }
            | Event::Note(_) => return false,
        }
        true
    }

    fn open_at(&mut self, at: f64) -> &mut Open {
        self.open.get_or_insert_with(|| Open {
            begin: at,
            ..Open::default()
        })
    }

    /// Ends the open round, if there is one.
    fn end(&mut self, end: End, reason: impl ToString, at: f64) -> bool {
        if self.open.is_none() {
            return false;
        }
        let mut open = self.close(at);
        let reason = reason.to_string();
        if !reason.is_empty() {
            open.reason = reason;
        }
        self.push(open.ended(end, at));
        true
    }

    /// Takes the open round. What was saved after its last build began belongs to the next one.
    fn close(&mut self, at: f64) -> Open {
        let mut open = self.open.take().unwrap_or_else(|| Open {
            begin: at,
            ..Open::default()
        });
        let last = open.builds.last().map_or(at, |it| it.at);
        let (edits, left): (Vec<_>, Vec<_>) = open.edits.into_iter().partition(|it| it.0 <= last);
        open.edits = edits;
        if let Some((begin, _)) = left.first() {
            self.open = Some(Open {
                begin: *begin,
                edits: left,
                is_left: true,
                ..Open::default()
            });
        }
        open
    }

    fn push(&mut self, round: Round) {
        if self.rounds.len() == MOST {
            self.rounds.pop_front();
            self.has_forgotten = true;
        }
        self.rounds.push_back(round);
    }

    /// Something in the background ended that followed the last round.
    fn background(&mut self, what: Work, outcome: Comparison, at: f64, ms: f64) -> bool {
        let Some(round) = self.rounds.back_mut() else {
            return false;
        };
        round.background.push(Background {
            what,
            outcome,
            begin: at - ms,
            ms,
        });
        true
    }

    /// The errors of a build in the background. Of a clean build, the failure was reported before.
    fn background_failed(&mut self, at: f64) -> bool {
        let last = self.rounds.back().and_then(|it| it.background.last());
        let is_known = last.is_some_and(|it| it.outcome == Comparison::Failed);
        !is_known && self.background(Work::Compilation, Comparison::Failed, at, 0.0)
    }
}

impl Open {
    /// The new code is live. The event has the times of most stages.
    fn went_live(self, generation: u32, ms: &Phases, at: f64) -> Round {
        let earlier = match (&self.builds.first(), &self.builds.last()) {
            (Some(first), Some(last)) => (last.at - first.at).min(ms.detect),
            _ => 0.0,
        };
        let detect = ms.detect - earlier;
        let known = ms.detect + ms.compile + ms.link + ms.check + ms.swap;
        let stages = [
            (Stage::Detect, detect),
            (Stage::Earlier, earlier),
            (Stage::Compile, ms.compile),
            (Stage::Link, ms.link),
            (Stage::Check, ms.check),
            (Stage::Swap, ms.swap),
            (Stage::Other, ms.total - known),
        ];
        Round {
            begin: at - ms.total,
            builds_host: false,
            ..self.with(End::Live { generation }, &stages)
        }
    }

    /// Another outcome. Its stages are known from the times of the events.
    fn ended(self, end: End, at: f64) -> Round {
        let begin = self.begin;
        let (Some(first), Some(last)) = (self.builds.first(), self.builds.last()) else {
            return self.with(end, &[(Stage::Detect, at - begin)]);
        };
        let built = self.built.filter(|built| *built >= last.at);
        let stage = match last.is_host {
            true => Stage::Build,
            false => Stage::Compile,
        };
        let stages = [
            (Stage::Detect, first.at - begin),
            (Stage::Earlier, last.at - first.at),
            (stage, built.unwrap_or(at) - last.at),
            (Stage::Start, built.map_or(0.0, |built| at - built)),
        ];
        self.with(end, &stages)
    }

    fn with(self, end: End, stages: &[(Stage, f64)]) -> Round {
        let stages = stages.iter().filter(|(_, ms)| *ms > 0.0).copied();
        let mut edited: Vec<String> = Vec::new();
        for (_, path) in self.edits {
            if !edited.contains(&path) {
                edited.push(path);
            }
        }
        Round {
            begin: self.begin,
            edited,
            reason: self.reason,
            end,
            builds_host: self.builds.iter().any(|it| it.is_host),
            crates: Vec::new(),
            deltas: Vec::new(),
            stages: stages.collect(),
            background: Vec::new(),
        }
    }
}

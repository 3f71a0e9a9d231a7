//! The program: whether it was built, whether it runs, and the state of the channel to it.

use std::time::{Duration, Instant};

use crate::decide::{self, Reason};

use super::Failure;
use super::basis::Basis;
use super::history::History;

/// How long a program may take before it joins, at the beginning of `main`.
pub(super) const JOIN_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a host may take to load a generation and to run its hooks.
pub(super) const REPLY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a process may take to end once its descriptors are closed.
pub(super) const EXIT_TIMEOUT: Duration = Duration::from_millis(500);

/// How long a host may take for one step of saving its values. Between two steps, it says that it goes on.
const SAVE_STEP_TIMEOUT: Duration = Duration::from_secs(2);

/// A program that has created no carried value this long after its start creates the first one on some
/// occasion, such as a request. The next one is not awaited for that.
const LONGEST_START: Duration = Duration::from_secs(60);

/// The program's phases.
#[derive(Debug)]
pub(super) enum Program {
    /// It was never built.
    Missing,
    /// It was built, and does not run. If the session doesn't start hosts itself, it waits for one.
    Ended,
    /// It is being stopped, so that the next can start.
    Stopping(Stopping),
    /// Its process is being started.
    Spawning(Spawning),
    Running(Running),
}

/// A host that is being stopped.
#[derive(Debug)]
pub(super) struct Stopping {
    pub(super) next: Next,
    pub(super) phase: Phase,
    /// When the phase began, or when the host last said that it is still saving.
    pub(super) since: Instant,
}

/// The host that follows the one that is being stopped.
#[derive(Debug)]
pub(super) enum Next {
    Start(Spawning),
    /// One that another process started. It waits until it is told that it has joined.
    Adopt {
        pid: u32,
        /// The process that is being stopped for it.
        stopped: u32,
    },
    /// One that was started already.
    TakeOver(Box<Successor>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It serves until the next host is ready.
    AwaitsSuccessor,
    /// It was asked to get ready for the signal.
    Asked,
    /// It said that it ends by itself.
    Ends,
    /// It got the signal.
    Signalled,
    /// It did not end in time, and was asked to save its values at once.
    Saves,
    Killed,
}

impl Stopping {
    pub(super) fn enter(&mut self, phase: Phase, now: Instant) {
        (self.phase, self.since) = (phase, now);
    }

    /// When it has had enough time for the phase.
    pub(super) fn deadline(&self, timeout: Duration) -> Option<Instant> {
        match self.phase {
            Phase::AwaitsSuccessor => match &self.next {
                Next::TakeOver(successor) => Some(successor.due()),
                Next::Start(_) | Next::Adopt { .. } => None,
            },
            Phase::Asked | Phase::Saves => Some(self.since + SAVE_STEP_TIMEOUT),
            Phase::Ends | Phase::Signalled => Some(self.since + timeout),
            Phase::Killed => None,
        }
    }
}

/// A host that was started while the old one serves, and waits.
#[derive(Debug)]
pub(super) struct Successor {
    pub(super) next: Spawning,
    /// The host that runs.
    pub(super) old: Running,
    /// Its process, until that ends.
    pub(super) process: Option<Process>,
    pub(super) has_joined: bool,
    /// Whether it waits at the beginning of `main`.
    pub(super) waits_before_main: bool,
    pub(super) since: Instant,
    /// How long it took to create its first carried value.
    pub(super) first_carried: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    pub(super) pid: u32,
    /// Whether it is known to be the program's own, and not a runner's.
    pub(super) is_known: bool,
}

impl Successor {
    /// When the old host is stopped, even if this one is not ready.
    fn due(&self) -> Instant {
        self.since + JOIN_TIMEOUT + 2 * self.old.first_carried.unwrap_or_default()
    }
}

#[derive(Debug)]
pub(super) struct Spawning {
    /// The reason for the restart; `None` for the first start.
    pub(super) reason: Option<Reason>,
    /// The look that its build is based on, unless files may have changed during the build.
    pub(super) look: Option<u64>,
}

/// A host that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) pid: u32,
    /// When it was started.
    pub(super) since: Instant,
    /// How long it then took to create its first carried value, if that was part of its start.
    pub(super) first_carried: Option<Duration>,
    /// Why a newer host that was built could not take its place.
    pub(super) behind: Option<Failure>,
    /// The number of the generation that is live.
    pub(super) generation: u32,
    /// The number of the last generation that was offered.
    pub(super) offered: u32,
    pub(super) history: History,
    /// What to report about its start, once its process is known and it has read the values that
    /// were saved.
    pub(super) unannounced: Option<Announcement>,
    pub(super) link: Link,
}

/// The state of the channel to a host.
#[derive(Debug)]
pub(super) enum Link {
    /// It has not joined yet.
    Starting {
        since: Instant,
        /// A generation that waits until it joins.
        held: Option<Held>,
    },
    Joined {
        sent: Option<Sent>,
    },
    /// It closed its end of the channel. Usually, it is about to exit.
    Leaving {
        since: Instant,
    },
    /// It takes no more generations; the next edit restarts it.
    Left,
}

/// A start that has yet to be reported.
#[derive(Debug)]
pub(super) struct Announcement {
    /// The reason for the restart; `None` for the first start.
    pub(super) reason: Option<Reason>,
    /// When to report it at the latest, if its process is known.
    pub(super) due: Instant,
    /// Whether the program's process is known.
    pub(super) is_known: bool,
}

#[derive(Debug)]
pub(super) struct Held {
    pub(super) basis: Basis,
    /// Whether the user was told that the host has not joined.
    pub(super) is_told: bool,
}

/// An offer to which the host has not replied yet.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) generation: u32,
    /// The number that it had before, if it is to go live again.
    pub(super) earlier: Option<u32>,
    pub(super) at: Instant,
    /// Whether it waits until the program calls `hotmod::advance`.
    pub(super) waits: bool,
    pub(super) basis: Basis,
}

impl Running {
    /// A process that has just been started.
    pub(super) fn new(pid: u32, now: Instant) -> Self {
        Running {
            pid,
            since: now,
            first_carried: None,
            behind: None,
            generation: 0,
            offered: 0,
            history: History::default(),
            unannounced: None,
            link: Link::Starting {
                since: now,
                held: None,
            },
        }
    }

    /// It is sent a generation, which may be an `earlier` one again. Returns the generation's number.
    pub(super) fn send(&mut self, earlier: Option<u32>, basis: Basis, now: Instant) -> u32 {
        self.offered += 1;
        self.link = Link::Joined {
            sent: Some(Sent {
                generation: self.offered,
                earlier,
                at: now,
                waits: false,
                basis,
            }),
        };
        self.offered
    }

    /// It creates its first carried value.
    pub(super) fn first_value(&mut self, now: Instant) {
        let took = now - self.since;
        if took <= LONGEST_START {
            self.first_carried.get_or_insert(took);
        }
    }
}

impl Program {
    pub(super) fn running(&self) -> Option<&Running> {
        match self {
            Program::Running(running) => Some(running),
            _ => None,
        }
    }

    pub(super) fn runs(&self) -> bool {
        self.running().is_some()
    }

    /// The host that does the program's work: the one that runs, also while its successor starts.
    pub(super) fn serving(&self) -> Option<&Running> {
        match self {
            Program::Running(running) => Some(running),
            Program::Stopping(Stopping {
                next: Next::TakeOver(successor),
                phase: Phase::AwaitsSuccessor,
                ..
            }) => Some(&successor.old),
            _ => None,
        }
    }

    pub(super) fn link_mut(&mut self) -> Option<&mut Link> {
        match self {
            Program::Running(running) => Some(&mut running.link),
            Program::Stopping(Stopping {
                next: Next::TakeOver(successor),
                phase: Phase::AwaitsSuccessor,
                ..
            }) => Some(&mut successor.old.link),
            _ => None,
        }
    }

    /// Its state for the verdict on an edit.
    pub(super) fn standing(&self) -> decide::Program {
        match self {
            Program::Missing => decide::Program::Missing,
            Program::Ended | Program::Stopping(_) | Program::Spawning(_) => decide::Program::Ended,
            Program::Running(running) if running.behind.is_some() => decide::Program::Behind,
            Program::Running(running) => match running.link {
                Link::Starting { .. } | Link::Joined { .. } => decide::Program::Runs,
                Link::Leaving { .. } | Link::Left => decide::Program::Left,
            },
        }
    }

    /// Why a newer host that was built could not take the place of the one that runs.
    pub(super) fn behind(&self) -> Option<&Failure> {
        self.running()?.behind.as_ref()
    }

    /// The number that the next generation would have.
    pub(super) fn next_generation(&self) -> u32 {
        self.running().map_or(0, |it| it.offered) + 1
    }

    /// When the offer was sent to which the host has not replied yet.
    pub(super) fn offered_at(&self) -> Option<Instant> {
        match self.running()?.link {
            Link::Joined { ref sent } => sent.as_ref().map(|it| it.at),
            _ => None,
        }
    }

    /// The generation that waits until the program calls `hotmod::advance` is taken back. Returns its number.
    pub(super) fn take_back(&mut self, now: Instant) -> Option<u32> {
        let Some(Link::Joined { sent: Some(sent) }) = self.link_mut() else {
            return None;
        };
        if !std::mem::take(&mut sent.waits) {
            return None;
        }
        sent.at = now;
        Some(sent.generation)
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.running()
            .is_some_and(|it| matches!(it.link, Link::Leaving { .. }))
    }

    /// Whether no start and no reply is pending.
    pub(super) fn is_at_rest(&self) -> bool {
        match self {
            Program::Missing | Program::Ended => true,
            Program::Stopping(_) | Program::Spawning(_) => false,
            Program::Running(running) => match &running.link {
                Link::Starting { held, .. } => held.as_ref().is_none_or(|it| it.is_told),
                Link::Joined { sent } => sent.as_ref().is_none_or(|it| it.waits),
                Link::Leaving { .. } | Link::Left => true,
            },
        }
    }

    /// The time limit of what is pending. The reply to an offer has one only if a decision `is_wanted`.
    pub(super) fn deadline(&self, is_wanted: bool, stop_timeout: Duration) -> Option<Instant> {
        if let Program::Stopping(stopping) = self {
            return stopping.deadline(stop_timeout);
        }
        let running = self.running()?;
        let unannounced = running.unannounced.as_ref().filter(|it| it.is_known);
        let announce = unannounced.map(|it| it.due);
        let link = match &running.link {
            Link::Starting { since, held, .. } => {
                let waits = held.as_ref().is_some_and(|it| !it.is_told);
                waits.then(|| *since + JOIN_TIMEOUT)
            }
            Link::Joined { sent } if is_wanted => {
                let sent = sent.as_ref().filter(|it| !it.waits);
                sent.map(|it| it.at + REPLY_TIMEOUT)
            }
            Link::Leaving { since } => Some(*since + EXIT_TIMEOUT),
            Link::Joined { .. } | Link::Left => None,
        };
        [announce, link].into_iter().flatten().min()
    }

    /// A look found nothing new, so the pending generation is based on that look, too.
    pub(super) fn confirm(&mut self, seen: &Basis) {
        match self.link_mut() {
            Some(Link::Starting { held: Some(it), .. }) => it.basis.confirm(seen),
            Some(Link::Joined { sent: Some(it) }) => it.basis.confirm(seen),
            _ => {}
        }
    }

    /// Whether a generation of these inputs waits for the host.
    pub(super) fn holds(&self, seen: &Basis) -> bool {
        let held = match self {
            Program::Running(Running {
                link: Link::Starting { held, .. },
                ..
            }) => held.as_ref(),
            _ => None,
        };
        held.is_some_and(|it| it.basis.changed == seen.changed)
    }

    /// Drops a generation that waits for the host, because a newer one is being built.
    pub(super) fn drop_held(&mut self) {
        if let Some(Link::Starting { held, .. }) = self.link_mut() {
            *held = None;
        }
    }
}

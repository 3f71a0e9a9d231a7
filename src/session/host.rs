//! The running host: offers, its answers, its end.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hotmod_protocol::{Cause, Message};

use crate::base::stamp::Stamp;
use crate::compat::Checked;
use crate::host::{Signal, Types};
use crate::report::{Event, Phases};

use super::job::Task;
use super::{Offer, Session, Status};

/// How long a program may take until its `main` begins.
const JOINING: Duration = Duration::from_secs(3);

/// How long a host may take to load a generation and to run its hooks.
const ANSWERING: Duration = Duration::from_secs(5);

/// How long a process may take to end once its descriptors are closed.
const ENDING: Duration = Duration::from_millis(500);

impl Session {
    pub(super) fn send_offer(&mut self) {
        let (Some(offer), Some(connection)) = (&mut self.offer, &mut self.connection) else {
            self.await_host();
            return;
        };
        self.offered += 1;
        offer.sent = Some((self.offered, Instant::now()));
        let types = match offer.checked.as_ref().zip(self.loaded.as_ref()) {
            Some((checked, loaded)) => Types {
                // What was loaded unchecked was compared with nothing.
                are_compared: self.are_layouts_readable && loaded.has_compared(checked),
                changed_statics: loaded.changed_statics(&offer.built.made, checked),
            },
            None => Types::default(),
        };
        let sent = connection.offer(self.offered, &offer.built.library, offer.image, types);
        if let Err(error) = sent {
            self.left(&format!("the host can't be reached: {error}"));
        }
    }

    /// What was refused is in memory all the same, and some of its code may have run.
    fn take_layouts(&self, checked: Option<Checked>) {
        if let (Some(loaded), Some(checked)) = (&self.loaded, checked) {
            loaded.take(checked);
        }
    }

    /// A generation that an edit can mend: the old code goes on, and what was built is not built
    /// again until something changes.
    fn refused(&mut self, offer: Offer, generation: u32, reason: String) {
        self.take_layouts(offer.checked);
        self.inputs.mark_failed(offer.saw);
        // A file that it names may be what it lacks.
        self.complaint.clone_from(&reason);
        self.reporter.report(&Event::Refused {
            generation,
            reason,
            restart: false,
        });
    }

    /// How long the host may take yet to join, if an offer waits for it.
    pub(super) fn joining(&self) -> Option<Duration> {
        let (Some(offer), Some(host), None) = (&self.offer, &self.host, &self.connection) else {
            return None;
        };
        let waits = offer.sent.is_none() && !offer.is_told;
        waits.then(|| JOINING.saturating_sub(host.begun.elapsed()))
    }

    /// An offer waits for the host to join. One that has run for a while will not.
    pub(super) fn await_host(&mut self) {
        if !self.joining().is_some_and(|it| it.is_zero()) {
            return;
        }
        if let Some(offer) = &mut self.offer {
            offer.is_told = true;
        }
        self.reporter.report(&Event::Error {
            message: "the program has not joined the session: what was saved is not live"
                .to_owned(),
            help: Some("see what it wrote to stderr when it started".to_owned()),
        });
    }

    /// The host takes no more offers. Mostly it is about to be gone, and its exit will be told; if
    /// not, the next edit restarts it.
    fn left(&mut self, why: &str) {
        self.connection = None;
        self.has_left = true;
        self.lose_offer(why);
    }

    /// What was offered will never be answered.
    fn lose_offer(&mut self, why: &str) {
        if let Some((generation, _)) = self.offer.take().and_then(|offer| offer.sent) {
            self.reporter.report(&Event::Refused {
                generation,
                reason: why.to_owned(),
                restart: true,
            });
        }
    }

    /// Whether the host has yet to answer an offer. One that has not for long may never do so, and
    /// takes no other offer: then a restart is due.
    pub(super) fn awaits_answer(&mut self) -> bool {
        let sent = self.offer.as_ref().and_then(|offer| offer.sent);
        let Some((_, at)) = sent else {
            return false;
        };
        if at.elapsed() < ANSWERING {
            return true;
        }
        let seconds = ANSWERING.as_secs();
        let why = format!("the host has not answered for {seconds} s: a hook may never end");
        self.left(&why);
        self.restart = Some(why);
        false
    }

    fn is_connected_by(&self, channel: u64) -> bool {
        self.connection
            .as_ref()
            .is_some_and(|it| it.channel == channel)
    }

    /// How long the host that closed its end may still take to end.
    pub(super) fn ending(&self) -> Option<Duration> {
        Some(ENDING.saturating_sub(self.left_at?.elapsed()))
    }

    /// Says that the host closed its end of the channel and runs on.
    pub(super) fn await_end(&mut self) {
        if !self.ending().is_some_and(|it| it.is_zero()) {
            return;
        }
        self.left_at = None;
        self.note(
            "the host left the session: the program closed its connection, and the next edit \
             restarts it",
        );
        if self.inputs.changed().next().is_some() {
            self.decide_when_whole(None);
        }
    }

    pub(super) fn signalled(&mut self, signal: Signal) {
        let expected = self.host.as_ref().map(|host| host.process);
        match signal {
            Signal::Joined {
                connection,
                is_invited: true,
            } => self.joined_from_outside(connection),
            Signal::Joined { connection, .. } => self.joined(connection),
            Signal::Said { channel, message } => {
                if self.is_connected_by(channel) {
                    self.answered(message);
                }
            }
            Signal::Left { channel } => {
                if self.is_connected_by(channel) {
                    self.left_at = Some(Instant::now());
                    self.left("the host left the session before it was live");
                }
            }
            Signal::TurnedAway { reason } => {
                self.error(&format!("somebody on the socket was turned away: {reason}"));
            }
            Signal::Exited { pid, status } if Some(pid) == expected => self.exited(pid, status),
            // A host that the session stopped.
            Signal::Exited { .. } => {}
        }
    }

    fn answered(&mut self, message: Message) {
        let answer = match &message {
            Message::Live { generation, .. } | Message::Refused { generation, .. } => *generation,
            _ => return,
        };
        let Some(offer) = self
            .offer
            .take_if(|offer| offer.sent.is_some_and(|(number, _)| number == answer))
        else {
            return;
        };
        let mut compiled = Vec::new();
        match message {
            Message::Live {
                build,
                micros,
                kept_generations,
                kept_bytes,
                generation,
            } if build == offer.built.library.build => {
                let pid = self.host.as_ref().map_or(0, |host| host.pid);
                let status = Status {
                    pid,
                    generation,
                    kept_generations,
                    kept_bytes,
                };
                compiled = self.went_live(offer, status, micros);
            }
            // It may have been made of a file that was just being saved, and empty: what is there
            // now is built instead, under the same number.
            Message::Refused { .. } if offer.is_doubtful() => {
                self.offered -= 1;
                self.take_layouts(offer.checked);
            }
            Message::Refused {
                cause: Cause::Contract,
                reason,
                ..
            } if !self.may_restart => self.stay(answer, &reason, offer.saw),
            Message::Refused {
                cause: Cause::Contract,
                reason,
                ..
            } => {
                self.reporter.report(&Event::Refused {
                    generation: answer,
                    reason: reason.clone(),
                    restart: true,
                });
                self.restart = Some(reason);
            }
            Message::Refused { reason, .. } => self.refused(offer, answer, reason),
            _ => {
                let reason = "the host says that another build is live than the one it was offered";
                self.error(reason);
                self.restart = Some(reason.to_owned());
            }
        }
        let note = self.generations.reclaim();
        self.say_notes(note.into_iter().collect());
        if self.job.is_some() || self.wish.is_some() {
            return;
        }
        if self.restart.is_none() && self.inputs.failed_on_this() {
            // What there is to say was said.
        } else if self.restart.is_some() || self.inputs.changed().next().is_some() {
            self.decide_when_whole(None);
        } else {
            self.start(Task::Merge { but: compiled });
        }
    }

    /// The crates that were compiled for it.
    fn went_live(&mut self, offer: Offer, status: Status, micros: u64) -> Vec<String> {
        let now = Instant::now();
        let begun = offer.detected.unwrap_or(offer.begun);
        let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
        if let (Some(loaded), Some(checked)) = (&self.loaded, offer.checked) {
            loaded.take(checked);
            loaded.keep(&offer.built.made);
        }
        // Before anybody is told: who reads it may save the next edit at once.
        self.inputs.take_live(offer.built.inputs);
        if let Err(error) = self.watch_inputs() {
            self.error(&error.to_string());
        }
        let made = offer.built.made;
        let is_new = |it: &&(String, Stamp)| !self.made.contains(it);
        let new = made.iter().filter(is_new);
        let crates: Vec<String> = new.map(|(package, _)| package.clone()).collect();
        let generation = status.generation;
        self.advise(status);
        self.reporter.report(&Event::Live {
            generation,
            crates: crates.clone(),
            build_id: offer.built.library.build.to_string(),
            ms: Phases {
                detect: ms(offer.begun - begun),
                compile: ms(offer.built.compile),
                link: ms(offer.built.link),
                check: ms(offer.check),
                swap: micros as f64 / 1000.0,
                total: ms(now - begun),
            },
            pid: status.pid,
            kept_generations: status.kept_generations,
            kept_bytes: status.kept_bytes,
        });
        self.reporter.report(&Event::Retired {
            generation: self.live,
        });
        self.generations.went_live(offer.built.library.path);
        self.live = generation;
        self.made = made;
        crates
    }

    /// Stops the host that runs, if one does.
    pub(super) fn stop_host(&mut self) {
        if let Some(host) = self.host.take() {
            let pid = host.pid;
            host.stop();
            self.host_is_gone(pid);
        }
    }

    /// With it is gone who else wrote to the terminal.
    fn host_is_gone(&mut self, pid: u32) {
        self.ended = Some(pid);
        if let Some(terminal) = &self.terminal {
            terminal.restore();
        }
        self.reporter.screen.host_ended();
    }

    fn exited(&mut self, pid: u32, status: Option<ExitStatus>) {
        // Under a runner, it may have ended before the program joined.
        self.announce();
        self.host = None;
        self.host_is_gone(pid);
        self.connection = None;
        self.left_at = None;
        // It ends with the session. The flag says nothing of other memory.
        if self.ending.load(Ordering::Relaxed) {
            return;
        }
        self.lose_offer("the host ended before it was live");
        if !self.may_restart {
            // What the old program could not take, a new one can.
            self.inputs.forget_failure();
        }
        self.reporter.report(&Event::HostExited {
            code: status.and_then(|it| it.code()),
            signal: status.and_then(|it| it.signal()),
            generation: self.live,
            is_awaited: self.waits_for_host,
        });
        if self.waits_for_host {
            self.await_start(None);
        }
    }
}

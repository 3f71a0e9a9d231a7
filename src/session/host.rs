//! The running host: offers, replies, and its end.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hotmod_protocol::{Cause, Message};

use crate::base::stamp::Stamp;
use crate::compat::Checked;
use crate::compat::symbols::path_of_entry_point;
use crate::decide::Reason;
use crate::host::{Signal, Types};
use crate::report::{Event, Phases};

use super::code::LiveGeneration;
use super::core::{HostInput, Input, Reply};
use super::{Session, SwapReport};

impl Session {
    /// Offers the host the generation that fits.
    pub(super) fn offer(&mut self, generation: u32) -> Result<(), Reason> {
        self.rollback = None;
        let (Some(offer), Some(connection)) = (&self.offer, &mut self.connection) else {
            return Err(Reason::NotJoined);
        };
        let loaded = self.loaded.as_ref().zip(offer.built.targets.as_ref().ok());
        let redirects = loaded.map(|(loaded, targets)| loaded.redirects(targets));
        let mut types = match offer.checked.as_ref().zip(self.loaded.as_ref()) {
            Some((checked, loaded)) => Types {
                // A generation that was loaded without a check was not compared.
                are_compared: self.are_layouts_readable && loaded.has_compared(checked),
                changed_statics: loaded.changed_statics(&offer.built.made, checked),
                ..Types::default()
            },
            None => Types::default(),
        };
        types.redirects = redirects.unwrap_or_default();
        connection
            .offer(generation, &offer.built.library, offer.image, types)
            .map_err(|error| Reason::HostUnreachable {
                message: error.to_string(),
            })
    }

    /// Reports which statics the offered generation resets.
    pub(super) fn tell_resets_of_offer(&mut self) {
        if let Some(offer) = &self.offer {
            let plan = &self.builder.plan;
            self.resets
                .tell_of_group(&offer.built, plan, &mut self.reporter);
        }
    }

    /// The offered generation is not live. The host may have loaded it before it refused it, and some of
    /// its code may have run.
    pub(super) fn withdraw(&mut self, is_loaded: bool) {
        let Some(offer) = self.offer.take() else {
            return;
        };
        if is_loaded {
            self.take_layouts(offer.checked);
        }
        self.reclaim();
    }

    fn take_layouts(&self, checked: Option<Checked>) {
        if let (Some(loaded), Some(checked)) = (&self.loaded, checked) {
            loaded.take(checked);
        }
    }

    fn reclaim(&mut self) {
        let note = self.generations.reclaim();
        self.reporter.note_once(note);
    }

    fn is_connected_by(&self, channel: u64) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|it| it.channel == channel)
    }

    pub(super) fn signalled(&mut self, signal: Signal) {
        let expected = self.host.as_ref().map(|host| host.process);
        match signal {
            Signal::Joined {
                connection,
                is_invited: true,
            } => self.joined_from_outside(connection),
            Signal::Joined { connection, .. } => self.joined(connection),
            Signal::Received { channel, message } => match self.is_connected_by(channel) {
                true => self.received(channel, message),
                false => self.received_from_newcomer(channel, &message),
            },
            Signal::HasRoom { channel } => self.host_has_room(channel),
            Signal::Left { channel } => {
                if self.is_connected_by(channel) {
                    self.step(Input::Host(HostInput::Left));
                }
            }
            Signal::WantsWatch { pid, stream } => self.mirror_watches(pid, &stream),
            Signal::TurnedAway { reason } => {
                self.reporter.error(&format!(
                    "rejected a connection to the session's socket: {reason}"
                ));
            }
            Signal::Exited { pid, status } if Some(pid) == expected => {
                let ended = self.end_of_host(status);
                self.step(Input::Host(ended));
            }
            Signal::Exited { pid, status } => self.newcomer_ended(pid, status),
        }
    }

    fn received(&mut self, channel: u64, message: Message) {
        let message = match message {
            Message::Ask { question } => return self.host_asked(channel, question),
            Message::Carry(carry) => return self.host_carries(carry),
            Message::Called {
                generation,
                entry_points,
            } => {
                let paths = entry_points.iter().map(|it| path_of_entry_point(it));
                let entry_points = paths.collect();
                return self.step(Input::Host(HostInput::Called {
                    generation,
                    entry_points,
                }));
            }
            message => message,
        };
        if let Some(reply) = self.replied_to_rollback(&message) {
            return self.step(Input::Host(reply));
        }
        let Some(offer) = &self.offer else { return };
        let (generation, reply) = match message {
            Message::Live {
                build,
                micros,
                kept_generations,
                kept_bytes,
                generation,
            } => {
                self.swap = SwapReport {
                    micros,
                    kept_generations,
                    kept_bytes,
                };
                let is_as_seen = self
                    .inputs
                    .matched_at_start(&offer.saw, &offer.built.inputs);
                let reply = match build == offer.built.library.build {
                    true => Reply::Live {
                        is_as_seen,
                        is_delta: !offer.built.deltas.is_empty(),
                    },
                    false => Reply::WrongBuild,
                };
                (generation, reply)
            }
            Message::Refused {
                generation,
                cause,
                reason,
                ..
            } => {
                let reply = match cause {
                    // A source has changed since, so a later save may have undone it.
                    _ if offer.is_doubtful() || !self.inputs.match_now(&offer.built.inputs) => {
                        Reply::Doubtful
                    }
                    Cause::Contract => Reply::Contract(reason.into()),
                    _ => Reply::Refused(reason.into()),
                };
                (generation, reply)
            }
            _ => return,
        };
        self.step(Input::Host(HostInput::Replied { generation, reply }));
    }

    /// The offered generation is live.
    pub(super) fn go_live(
        &mut self,
        generation: u32,
        retired: u32,
        uncalled: Option<BTreeSet<String>>,
    ) {
        let Some(offer) = self.offer.take() else {
            return;
        };
        let now = Instant::now();
        let begun = offer.detected.unwrap_or(offer.begun);
        let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
        if let (Some(loaded), Some(checked)) = (&self.loaded, offer.checked) {
            loaded.take(checked);
            loaded.keep(&offer.built.made);
        }
        // Before it is reported: a program that reads the report may save the next edit at once.
        self.inputs.apply_live(offer.built.inputs);
        let mut same = std::mem::take(&mut self.same_code);
        same.retain(|path, content| offer.saw.get(path) == Some(content));
        self.inputs.accept(&self.inputs.unmarked_of(&same));
        self.inputs.host_has_code_of(&same);
        if let Err(error) = self.watch_inputs() {
            self.reporter.error(&error.to_string());
        }
        let loaded = self.loaded.as_ref();
        let by_type_id = loaded.map(|it| it.by_type_id()).unwrap_or_default();
        if let (Some(build), Some(pid)) = (&self.build, self.core.pid()) {
            self.code.went_live(LiveGeneration {
                generation,
                code: offer.built.code,
                uncalled,
                by_type_id,
                library: offer.built.library.path.clone(),
                executable: build.executable.clone(),
                pid,
            });
        }
        let made = offer.built.made;
        let is_new = |it: &&(String, Stamp)| !self.made.contains(it);
        let new = made.iter().filter(is_new);
        let crates: Vec<String> = new.map(|(package, _)| package.clone()).collect();
        let mut deltas = offer.built.deltas;
        deltas.retain(|package| crates.contains(package));
        let swap = self.swap;
        self.advise(swap);
        self.reporter.report(&Event::Live {
            generation,
            deltas,
            crates: crates.clone(),
            build_id: offer.built.library.build.to_string(),
            ms: Phases {
                detect: ms(offer.begun - begun),
                compile: ms(offer.built.compile),
                link: ms(offer.built.link),
                check: ms(offer.check),
                swap: swap.micros as f64 / 1000.0,
                total: ms(now - begun),
            },
            pid: self.core.pid().unwrap_or_default(),
            kept_generations: swap.kept_generations,
            kept_bytes: swap.kept_bytes,
            restart_due: self.manual_restart_reasons(),
        });
        self.reporter.report(&Event::Retired {
            generation: retired,
        });
        self.generations.went_live(generation, offer.built.library);
        self.made = made;
        self.compiled_last = crates;
        self.reclaim();
    }

    /// Stops the host, if one is running.
    pub(super) fn stop_host(&mut self) {
        if let Some(host) = self.host.take() {
            host.stop();
            self.host_is_gone();
        }
    }

    /// Restores the terminal, whose mode the host may have changed.
    fn host_is_gone(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.restore();
        }
        self.reporter.screen.host_ended();
    }

    /// Forgets the host that has ended. Returns what to tell the core.
    pub(super) fn end_of_host(&mut self, status: Option<ExitStatus>) -> HostInput {
        let has_saved = self.has_saved_since_asked();
        self.host = None;
        self.host_is_gone();
        self.connection = None;
        self.forget_questions_of_host();
        HostInput::Exited {
            code: status.and_then(|it| it.code()),
            signal: status.and_then(|it| it.signal()),
            has_saved,
            // Whether it ends with the session. The flag guards no other data, so `Relaxed` is enough.
            is_last: self.ending.load(Ordering::Relaxed),
        }
    }
}

//! The hosts of the world.

use std::time::Duration;

use super::world::*;
use super::*;

impl World {
    pub(super) fn has_host(&self) -> bool {
        self.host.is_some()
    }

    pub(super) fn has_joined(&self) -> bool {
        self.host.as_ref().is_some_and(|it| it.has_joined)
    }

    pub(super) fn has_offer(&self) -> bool {
        self.host.as_ref().is_some_and(|it| it.offered.is_some())
    }

    pub(super) fn join(&mut self) {
        let Some(host) = self.host.as_mut().filter(|it| !it.has_joined) else {
            return;
        };
        host.has_joined = true;
        let pid = self.pid;
        self.step(Input::Host(HostInput::Joined { pid }));
    }

    pub(super) fn reply(&mut self, reply: Reply) {
        let Some(host) = &mut self.host else { return };
        let Some(generation) = host.offered.take() else {
            return;
        };
        if let Reply::Live { .. } = reply {
            host.confirmed = generation;
        } else {
            self.promises.trigger();
        }
        self.step(Input::Host(HostInput::Replied { generation, reply }));
    }

    /// The host says something of an offer that it was not made.
    pub(super) fn reply_to_another_offer(&mut self) {
        let Some(offered) = self.host.as_ref().and_then(|it| it.offered) else {
            return;
        };
        let generation = offered + 1;
        let reply = Reply::Live {
            is_as_seen: true,
            is_delta: false,
        };
        self.step(Input::Host(HostInput::Replied { generation, reply }));
    }

    /// The program begins no frame.
    pub(super) fn wait_for_frame(&mut self) {
        let offered = self.host.as_ref().and_then(|it| it.offered);
        if let Some(generation) = offered.filter(|_| !self.waits) {
            self.waits = true;
            self.promises.trigger();
            self.step(Input::Host(HostInput::Waits { generation }));
        }
    }

    /// The host runs what it was offered.
    pub(super) fn go_live(&mut self) {
        let is_as_seen = self
            .offer
            .is_some_and(|offer| offer[PAGE] == self.promises.saw[PAGE]);
        let is_delta = self.is_delta;
        self.reply(Reply::Live {
            is_as_seen,
            is_delta,
        });
    }

    pub(super) fn host(&mut self, input: HostInput) {
        self.promises.trigger();
        let lost = self.host.as_mut().and_then(|host| host.offered.take());
        if matches!(input, HostInput::Exited { .. }) {
            self.host = None;
        }
        self.step(Input::Host(input));
        if let Some(generation) = lost
            && !self.goes_back
        {
            let ends = [" until", ":"].map(|end| format!("refused {generation}{end}"));
            let is_it = |said: &String| ends.iter().any(|it| said.starts_with(it));
            let is_told = self.log.iter().any(is_it);
            assert!(is_told, "nobody learns what became of the offer");
        }
    }

    /// The host says something that changes nothing about offers.
    pub(super) fn say(&mut self, input: HostInput) {
        match &input {
            HostInput::Saving | HostInput::Saved(_) => self.truth.busy_since = Some(self.now),
            HostInput::FirstValue => {
                let began = self.truth.began.expect("a host runs");
                let is_start = self.now - began <= Duration::from_secs(60);
                self.truth.carries |= is_start && self.core.runs();
            }
            HostInput::ValueRead { name, .. } => {
                self.truth.taken.insert(name.clone());
            }
            HostInput::Reset(value) => {
                self.truth.taken.insert(value.name.clone());
            }
            _ => {}
        }
        self.step(Input::Host(input));
    }

    pub(super) fn exit(&mut self, has_saved: bool) {
        self.host(HostInput::Exited {
            code: Some(1),
            signal: None,
            has_saved,
            is_last: false,
        });
    }

    /// Another process starts the program, and joins.
    pub(super) fn adopt(&mut self) {
        if !self.is_built || self.core.is_stopping() {
            return;
        }
        let pid = self.pid + 1;
        self.promises.trigger();
        self.step(Input::Host(HostInput::Arrived { pid }));
    }

    pub(super) fn successor_joins(&mut self) {
        if let Some(has_joined) = self.successor.as_mut().filter(|it| !**it) {
            *has_joined = true;
            let pid = self.pid + 1;
            self.successor(SuccessorInput::Joined { pid });
        }
    }

    /// It creates its first carried value.
    pub(super) fn successor_waits(&mut self) {
        if self.successor == Some(true) {
            self.truth.successor_carries = true;
            self.successor(SuccessorInput::FirstValue);
        }
    }

    pub(super) fn successor_ends(&mut self) {
        if self.successor.take().is_some() {
            self.promises.trigger();
            self.successor(SuccessorInput::Ended {
                code: Some(1),
                signal: None,
            });
        }
    }

    fn successor(&mut self, input: SuccessorInput) {
        self.step(input.into());
    }

    /// The host replaces itself by `exec`.
    pub(super) fn exec(&mut self) {
        let is_stopping = self.core.is_stopping() && !self.core.awaits_successor();
        if !self.has_joined() || is_stopping {
            return;
        }
        self.begin_host();
        self.pid -= 1;
        if let Some(host) = &mut self.host {
            host.has_joined = true;
        }
        self.step(Input::Host(HostInput::Replaced));
    }

    pub(super) fn begin_host(&mut self) {
        self.promises.trigger();
        self.promises.new_host();
        self.pid += 1;
        self.offer = None;
        self.truth.begin(self.baseline, self.now);
        self.host = Some(Host {
            has_joined: false,
            offered: None,
            confirmed: 0,
        });
    }
}

//! Reports the start of a host, with the values of the one before that it has read.

use std::time::Instant;

use hotmod_protocol::Saved;

use crate::report::{Event, NotCarried, Note};

use super::carried::{NEXT_VALUE_TIMEOUT, READ_TIMEOUT};
use super::program::{Announcement, Program};
use super::{Core, Turn};

impl Core {
    /// Reports that the host was started, once its process is known and it has read the values
    /// that were saved, or has had enough time for that.
    pub(super) fn announce(&mut self, turn: &mut Turn) {
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let Some(Announcement { due, is_known, .. }) = running.unannounced else {
            return;
        };
        if is_known && (self.carried.is_complete() || turn.now >= due) {
            self.announce_now(turn);
        }
    }

    /// Whether the start of the host was reported, so that what it says of its values comes too late for that.
    fn is_announced(&self) -> bool {
        let running = self.program.running();
        running.is_some_and(|it| it.unannounced.is_none())
    }

    /// The host begins to read a value, which may take long.
    pub(super) fn read_began(&mut self, turn: &Turn) {
        self.announce_by(turn.now + READ_TIMEOUT);
    }

    pub(super) fn value_read(&mut self, name: String, dropped: Vec<String>, turn: &mut Turn) {
        if self.is_announced() {
            return turn.note(Note::ValueCarried { name, dropped });
        }
        self.carried.value_read(name, dropped);
        self.await_next_value(turn);
    }

    /// Reports the start of the host when no value is missing, or none has come for a while.
    pub(super) fn await_next_value(&mut self, turn: &mut Turn) {
        self.announce_by(turn.now + NEXT_VALUE_TIMEOUT);
        self.announce(turn);
    }

    fn announce_by(&mut self, due: Instant) {
        if let Program::Running(running) = &mut self.program
            && let Some(announcement) = &mut running.unannounced
        {
            announcement.due = due;
        }
    }

    /// Reports that the host was started, if that was not reported yet.
    pub(super) fn announce_now(&mut self, turn: &mut Turn) {
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let pid = running.pid;
        let Some(Announcement { reason, .. }) = running.unannounced.take() else {
            return;
        };
        match reason {
            Some(reason) => turn.tell(Event::Restarted {
                reason,
                pid,
                carried: self.carried.take(),
            }),
            None => turn.tell(Event::HostStarted { pid }),
        }
    }

    /// The host has reset a value.
    pub(super) fn reset(&mut self, value: NotCarried, turn: &mut Turn) {
        if self.is_announced() {
            return turn.note(Note::ValueReset(value));
        }
        self.carried.reset(value);
        self.await_next_value(turn);
    }

    /// The host has saved its values.
    pub(super) fn saved(&mut self, saved: Saved, turn: &mut Turn) {
        for value in saved.failed.iter().cloned() {
            turn.note(Note::ValueNotSaved(value.into()));
        }
        self.carried.saved(saved, turn.now);
        self.saved_while_stopping(turn);
    }
}

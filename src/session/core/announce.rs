//! Reports the start of a host, with the values that it took over from the one before.

use crate::report::{Event, NotCarried};

use super::carried::PATIENCE;
use super::program::{Announcement, Program};
use super::{Core, Turn};

impl Core {
    /// Reports that the host was started, once its process is known and it has taken over the values
    /// that were saved, or has had enough time for that.
    pub(super) fn announce(&mut self, turn: &mut Turn) {
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let Some(Announcement {
            since, is_known, ..
        }) = running.unannounced
        else {
            return;
        };
        if is_known && (self.carried.is_complete() || turn.now >= since + PATIENCE) {
            self.announce_now(turn);
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
        let running = self.program.running();
        if running.is_some_and(|it| it.unannounced.is_none()) {
            // Its start was reported without this.
            let NotCarried { name, reason } = value;
            return turn.note(&format!("the carried value `{name}` was reset: {reason}"));
        }
        self.carried.reset(value);
        self.announce(turn);
    }

    /// The host has saved its values.
    pub(super) fn saved(&mut self, names: Vec<String>, failed: Vec<NotCarried>, turn: &mut Turn) {
        for NotCarried { name, reason } in failed {
            turn.note(&format!(
                "the carried value `{name}` was not saved, so a restart takes it back to the last time it \
                 was: {reason}"
            ));
        }
        self.carried.saved(names, turn.now);
        self.saved_while_stopping(turn);
    }
}

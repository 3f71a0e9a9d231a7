//! Hosts that the session did not start: another process started them, or they replaced themselves.

use crate::report::{Event, Note};

use super::calls::Calls;
use super::edits::Occasion;
use super::program::{Link, Program, Running};
use super::{Core, Effect, Turn};

impl Core {
    /// A host joined that runs the code that it was built with, although generations have gone live since.
    pub(super) fn begin_at_baseline(&mut self, pid: u32, turn: &mut Turn) {
        let mut running = Running::new(pid, turn.now);
        running.link = Link::Joined { sent: None };
        self.program = Program::Running(running);
        self.calls = Calls::default();
        self.builds.host_replaced();
        self.outdate_check(turn);
        // A pending restart was for the previous host, unless a new one is being built already.
        self.restarts.pending = self.restarts.pending.take().filter(|it| it.is_told);
        turn.emit(Effect::WelcomeAtBaseline);
    }

    /// A generation that was offered to the previous host has no outcome yet.
    pub(super) fn decide_on_baseline(&mut self) {
        match self.program.is_at_rest() {
            true => self.edits.recheck(None),
            false => self.edits.decide(Occasion::save(None)),
        }
    }

    pub(super) fn replaced(&mut self, turn: &mut Turn) {
        let Some(pid) = self.pid() else { return };
        if self.old_replaced(turn) {
            return turn.note(Note::ReplacedByExec);
        }
        self.announce_now(turn);
        self.decide_on_baseline();
        turn.note(Note::ReplacedByExec);
        self.begin_at_baseline(pid, turn);
    }

    /// Takes a host that another process started. No other one is running.
    pub(super) fn adopt(&mut self, pid: u32, stopped: Option<u32>, turn: &mut Turn) {
        self.begin_carrying(turn);
        // Files may have been compared with what the previous host ran.
        self.edits.recheck(None);
        turn.emit(Effect::Adopt);
        turn.tell(Event::HostJoined { pid, stopped });
        self.begin_at_baseline(pid, turn);
    }
}

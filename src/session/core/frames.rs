//! Programs that call `hotmod::advance`: a generation waits for the call.
//!
//! The program may have stopped calling it. So the host says when a generation has waited for a second, and then questions are
//! answered, and an edit takes the generation back.

use crate::report::Note;

use super::program::{Link, Sent};
use super::requests::State;
use super::{Core, Effect, Turn};

impl Core {
    /// The host says that a generation waits.
    pub(super) fn waits_for_frame(&mut self, generation: u32, turn: &mut Turn) {
        let Some(Link::Joined { sent: Some(sent) }) = self.program.link_mut() else {
            return;
        };
        if sent.generation != generation {
            return;
        }
        sent.waits = true;
        let Sent { basis, earlier, .. } = &*sent;
        let (look, is_rollback) = (basis.look, earlier.is_some());
        turn.note(Note::WaitsForAdvance { generation });
        self.conclude_with(look, State::WaitsForAdvance);
        if is_rollback {
            self.rollback_waits(turn);
        }
    }

    /// A generation that waits makes way for what is wanted now. Returns whether there is one: then the host has yet to
    /// reply.
    pub(super) fn take_back(&mut self, turn: &mut Turn) -> bool {
        let taken = self.program.take_back(turn.now);
        if let Some(generation) = taken {
            turn.emit(Effect::TakeBack { generation });
        }
        taken.is_some()
    }
}

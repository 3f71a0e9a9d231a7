//! What happens when the full compilations that follow deltas end.

use crate::decide::Action;
use crate::report::{Comparison, Event};

use super::builds::{Build, Deltas};
use super::{Core, Failure, FollowEnd, Turn};

impl Core {
    /// The crates of which only a delta was compiled were compiled in full.
    pub(super) fn followed(&mut self, end: FollowEnd, build: &Build, turn: &mut Turn) {
        // The generation with the deltas may have ended with its host.
        if matches!(self.builds.live.deltas, Deltas::Unproven) {
            self.proven(end, build, turn);
        }
        if self.builds.is_delta_wrong() || self.is_outdated(build) {
            // The next decision says what to build. Without it, a save that changes nothing would be the
            // last word.
            self.edits.recheck_unless_due();
        } else {
            self.build_ahead(turn);
        }
    }

    fn proven(&mut self, end: FollowEnd, build: &Build, turn: &mut Turn) {
        let mut tell = |crates: Vec<String>, outcome| {
            if !crates.is_empty() {
                let ms = build.ms(turn.now);
                turn.tell(Event::DeltaCompared {
                    crates,
                    outcome,
                    ms,
                });
            }
        };
        match end {
            FollowEnd::Same { crates } => tell(crates, Comparison::Same),
            FollowEnd::Different { crates, symbol } => {
                let names = crates.join("`, `");
                tell(crates, Comparison::Different);
                let message = format!(
                    "the quick compilation (`--delta`) of `{names}` made other code for `{symbol}` \
                     than the full one"
                );
                let help = "this is a bug in hotmod, please report it; the crate is compiled in full \
                            from now on";
                let help = Some(help.to_owned());
                turn.tell(Event::Error {
                    message: message.clone(),
                    help: help.clone(),
                });
                self.builds.live.deltas = Deltas::Wrong(Failure::Other { message, help });
                return;
            }
            // If nothing was saved, it is compiled once more.
            FollowEnd::Failed(_) if self.is_outdated(build) => return,
            FollowEnd::Failed(failure) => {
                self.builds.live.deltas = Deltas::Failed(failure.clone());
                self.builds.last_failed = true;
                return self.fail_once(failure, build.basis.look, turn);
            }
            FollowEnd::Unknown => {}
        }
        if !build.is_cancelled {
            self.builds.live.deltas = Deltas::Right;
        }
    }

    /// Builds a generation of the inputs that are live, unless that is known to fail. Its outcome is the
    /// next one.
    pub(super) fn replace_wrong_delta(&mut self, turn: &mut Turn) {
        let would_fail = self.builds.would_fail_on(self.edits.seen());
        if !self.is_building() && !would_fail {
            self.act(Action::Reload, turn);
        }
    }
}

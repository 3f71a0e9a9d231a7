//! What happens when the full compilations that follow deltas end.

use crate::decide::Action;
use crate::report::{Comparison, Event};

use super::builds::Build;
use super::{Core, FollowEnd, Turn};

impl Core {
    /// The crates of which only a delta was compiled were compiled in full.
    pub(super) fn followed(&mut self, end: FollowEnd, build: &Build, turn: &mut Turn) {
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
                    "the delta of `{names}` differs from the full compilation in `{symbol}`"
                );
                let help = "this is an error of hotmod, please report it; the crate is compiled in full \
                            from now on";
                turn.tell(Event::Error {
                    message,
                    help: Some(help.to_owned()),
                });
                // If edits wait, the next generation has the right code, too.
                if !self.is_outdated(build) {
                    self.act(Action::Reload, turn);
                }
            }
            FollowEnd::Failed(_) if self.is_outdated(build) => {}
            FollowEnd::Failed(failure) => {
                self.builds.follow_failed = Some(failure.clone());
                self.builds.last_failed = true;
                self.fail_once(failure, build.basis.look, turn);
            }
            FollowEnd::Unknown => {}
        }
        self.builds.follows &= build.is_cancelled;
        if !self.is_outdated(build) {
            self.build_ahead(turn);
        }
    }
}

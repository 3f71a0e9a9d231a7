//! Back one step: the generation that was live before goes live again, until the next save.
//!
//! It gets a new number, because everything that knows generations relies on their order. The inputs stay those of the
//! generation that it replaces: what is saved next is compared with that one, and builds go on from its objects.

use crate::control::Outcome;
use crate::decide::Action;
use crate::report::Event;

use super::basis::Basis;
use super::builds::Deltas;
use super::program::{Link, Program, Sent};
use super::requests::State;
use super::{Core, Effect, Reply, Turn};

/// Why the host can't go back, and what to do about it.
struct Obstacle {
    why: String,
    help: &'static str,
}

impl Core {
    /// The number that the live generation had before, if it is live again.
    pub(in crate::session) fn earlier(&self) -> Option<u32> {
        self.program.running()?.history.earlier()
    }

    /// Makes the last generation before the live one live again. Nobody may have asked for an answer.
    pub(super) fn roll_back(&mut self, question: Option<u64>, turn: &mut Turn) {
        let earlier = match self.generation_to_go_back_to() {
            Ok(earlier) => earlier,
            Err(obstacle) => return self.not_rolled_back(question, obstacle, turn),
        };
        self.requests.rollback = question;
        // What is built while idle is about the generation that is left.
        self.builds.cancel(turn);
        self.announce_now(turn);
        let basis = self.edits.seen().clone();
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let generation = running.send(Some(earlier), basis, turn.now);
        turn.emit(Effect::RollBack {
            generation,
            earlier,
        });
    }

    fn generation_to_go_back_to(&self) -> Result<u32, Obstacle> {
        let obstacle = |why: &str, help| {
            Err(Obstacle {
                why: why.to_owned(),
                help,
            })
        };
        let running = match &self.program {
            Program::Missing | Program::Ended => {
                return obstacle("the program is not running", "save an edit to start it");
            }
            Program::Stopping(_) | Program::Spawning(_) => {
                return obstacle(
                    "the program is being restarted",
                    "wait until it runs: `cargo hotmod wait`",
                );
            }
            Program::Running(running) => running,
        };
        match running.link {
            Link::Joined { sent: None } => {}
            Link::Joined { sent: Some(_) } => {
                return obstacle(
                    "another generation is about to go live",
                    "wait for it: `cargo hotmod wait`",
                );
            }
            Link::Starting { .. } => {
                return obstacle(
                    "the program has not connected to the session",
                    "wait until it has started",
                );
            }
            Link::Leaving { .. } | Link::Left => {
                return obstacle(
                    "the program has left the session",
                    "restart it: `cargo hotmod restart`",
                );
            }
        }
        if running.behind.is_some() {
            return obstacle(
                "the program was rebuilt, and the new one can't be started",
                "save a fix, or run `cargo hotmod restart`",
            );
        }
        if self.is_building() || !self.is_at_rest() {
            return obstacle(
                "a save is being built",
                "wait for its outcome, and roll back then: `cargo hotmod wait`",
            );
        }
        match running.history.last() {
            Some(earlier) => Ok(earlier),
            None => obstacle(
                "no generation was live before this one",
                "since the program started, there has been no reload to take back",
            ),
        }
    }

    /// The host replied that an earlier generation is live again, or why not.
    pub(super) fn rolled_back(
        &mut self,
        generation: u32,
        reply: Reply,
        basis: &Basis,
        turn: &mut Turn,
    ) {
        let question = self.requests.rollback.take();
        let why = match reply {
            Reply::Live { .. } => None,
            Reply::Refused(reason) | Reply::Contract(reason) => Some(reason.to_string()),
            Reply::WrongBuild => Some("it is another build".to_owned()),
            Reply::Doubtful => Some("something newer came first".to_owned()),
        };
        if let Some(why) = why {
            let why = format!("the earlier generation can't go live again: {why}");
            let help =
                "take back the edit in the source: it is then reloaded, or restarts the program";
            return self.not_rolled_back(question, Obstacle { why, help }, turn);
        }
        let Program::Running(running) = &mut self.program else {
            return;
        };
        running.history.went_back();
        let retired = std::mem::replace(&mut running.generation, generation);
        let earlier = running.history.earlier().unwrap_or_default();
        let _ = self.calls.went_live(generation, turn.now);
        self.builds.live.deltas = Deltas::Right;
        turn.emit(Effect::WentBack {
            generation,
            earlier,
            retired,
        });
        self.conclude_with(basis.look, State::RolledBack { earlier });
        if let Some(question) = question {
            let answer = self.answer();
            turn.emit(Effect::Answer { question, answer });
        }
    }

    /// If the host was replaced, it does not reply any more.
    pub(super) fn await_rollback(&mut self, turn: &mut Turn) {
        let running = self.program.running();
        let link = running.map(|it| &it.link);
        let is_pending = matches!(
            link,
            Some(Link::Joined {
                sent: Some(Sent {
                    earlier: Some(_),
                    ..
                })
            })
        );
        if self.requests.rollback.is_some() && !is_pending {
            self.lose_rollback("the program was replaced", turn);
        }
    }

    /// The earlier generation goes live when the program calls `hotmod::advance`.
    pub(super) fn rollback_waits(&mut self, turn: &mut Turn) {
        if let Some(question) = self.requests.rollback.take() {
            let obstacle = Obstacle {
                why: "the program does not call `hotmod::advance`".to_owned(),
                help: "the earlier code goes live when it does",
            };
            self.not_rolled_back(Some(question), obstacle, turn);
        }
    }

    /// The host will not reply.
    pub(super) fn lose_rollback(&mut self, why: &str, turn: &mut Turn) {
        let question = self.requests.rollback.take();
        let why = format!("the earlier generation did not go live again: {why}");
        let help = "see what the program wrote to stderr";
        self.not_rolled_back(question, Obstacle { why, help }, turn);
    }

    fn not_rolled_back(&mut self, question: Option<u64>, obstacle: Obstacle, turn: &mut Turn) {
        let Obstacle { why, help } = obstacle;
        match question {
            // It is said where it was asked for.
            Some(question) => {
                let mut answer = self.answer();
                answer.outcome = match self.program.runs() {
                    true => Outcome::Refused,
                    false => Outcome::Ended,
                };
                answer.reasons = vec![why.clone()];
                answer.reason = Some(why);
                answer.help = Some(help.to_owned());
                (answer.rendered, answer.messages) = (String::new(), Vec::new());
                turn.emit(Effect::Answer { question, answer });
            }
            None => turn.tell(Event::Error {
                message: why,
                help: Some(help.to_owned()),
            }),
        }
    }

    /// Something was saved, with or without a change. After going back, it is loaded in any case, unless it is known
    /// to fail.
    pub(super) fn end_rollback(&mut self) {
        let would_fail = self.builds.would_fail_on(self.edits.seen());
        if self.earlier().is_some() && !self.requests.is_paused && !would_fail {
            self.requests.action = self.requests.action.max(Some(Action::Reload));
        }
    }
}

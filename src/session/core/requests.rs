//! Requests from other processes and the keyboard, and the outcomes that answer them.

use std::time::{Duration, Instant};

use crate::control::{self, Request};
use crate::decide::{Action, Reason};

use super::{Core, Effect, Failure, Turn};

pub(super) use crate::control::Answer;

/// How long a file event may take to arrive. With polling it may take longer, but then all inputs
/// are checked anyway.
const NOTICING: Duration = Duration::from_secs(1);

/// The requests that have not been begun or answered yet.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// Whether edits wait for a request.
    pub(super) is_paused: bool,
    /// The requested action, to begin even if nothing changed.
    pub(super) action: Option<Action>,
    cookies: Vec<Cookie>,
    questions: Vec<Question>,
}

/// A request that waits until all earlier saves have been noticed.
///
/// File events arrive late, but in order. So the session creates a cookie file in a watched folder:
/// when its event arrives, all earlier events have arrived.
#[derive(Debug)]
struct Cookie {
    question: u64,
    request: Request,
    due: Instant,
}

/// A question that waits for an outcome.
#[derive(Debug)]
struct Question {
    number: u64,
    /// An outcome of this look or a later one answers it. `None` until the requested action is begun.
    after: Option<u64>,
}

impl Requests {
    /// When the next cookie should have been noticed.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.cookies.iter().map(|it| it.due).min()
    }

    /// Takes out the requests whose cookies should have been noticed by now.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<(u64, Request)> {
        let overdue = self.cookies.extract_if(.., |it| it.due <= now);
        overdue.map(|it| (it.question, it.request)).collect()
    }

    /// The requested action was begun. Outcomes of this look and later ones answer it.
    pub(super) fn begin_action(&mut self, look: u64) {
        self.action = None;
        for question in &mut self.questions {
            question.after.get_or_insert(look);
        }
    }

    /// Takes out the questions that an outcome of this look answers.
    pub(super) fn answered(&mut self, look: u64) -> Vec<u64> {
        let is_answered = |it: &mut Question| it.after.is_some_and(|after| after <= look);
        let answered = self.questions.extract_if(.., is_answered);
        answered.map(|it| it.number).collect()
    }
}

/// How the saved code relates to the running code.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Counts the outcomes.
    pub(super) number: u64,
    /// The number of the look that it covers.
    pub(super) look: u64,
    pub(super) state: State,
}

#[derive(Debug, Default)]
pub(super) enum State {
    /// The saved code is live.
    Live,
    /// The saved code is live, except for edits that need a restart.
    RestartOwed,
    /// The saved code does not build.
    Failed(Failure),
    /// The host refused the saved code.
    Refused(Reason),
    /// The host does not join the session.
    NotJoined,
    /// Edits wait.
    Paused,
    /// No host runs.
    #[default]
    Ended,
}

impl State {
    pub(super) fn live(owes_restart: bool) -> Self {
        match owes_restart {
            true => State::RestartOwed,
            false => State::Live,
        }
    }
}

impl Outcome {
    /// The outcome as an answer to a request.
    pub(super) fn answer(&self, generation: Option<u32>, pid: Option<u32>) -> Answer {
        use control::Outcome as Told;
        let mut answer = Answer {
            outcome: Told::Live,
            generation,
            pid,
            reason: None,
            rendered: String::new(),
            messages: Vec::new(),
        };
        let (outcome, reason) = match &self.state {
            State::Live => return answer,
            State::RestartOwed => (
                Told::Refused,
                "some edits can't be reloaded and need a restart",
            ),
            State::Failed(Failure::Compile { rendered, messages }) => {
                answer.rendered.clone_from(rendered);
                answer.messages.clone_from(messages);
                (Told::Failed, "the saved code does not compile")
            }
            State::Failed(Failure::Other { message, .. }) => (Told::Failed, message.as_str()),
            State::Refused(reason) => {
                answer.outcome = Told::Refused;
                answer.reason = Some(reason.to_string());
                return answer;
            }
            State::NotJoined => (Told::Failed, "the program has not joined the session"),
            State::Paused => (
                Told::Paused,
                "the session is paused, so the code saved since then is not live",
            ),
            State::Ended => (Told::Ended, "the host is not running"),
        };
        answer.outcome = outcome;
        answer.reason = Some(reason.to_owned());
        answer
    }
}

impl Core {
    /// Records the outcome of a look.
    pub(super) fn conclude_with(&mut self, look: u64, state: State) {
        let number = self.outcome.number + 1;
        self.outcome = Outcome {
            number,
            look,
            state,
        };
    }

    /// Takes a question about all files that were saved before it.
    pub(super) fn asked(&mut self, question: u64, request: Request, turn: &mut Turn) {
        self.requests.cookies.push(Cookie {
            question,
            request,
            due: turn.now + NOTICING,
        });
        turn.emit(Effect::MakeCookie { question });
    }

    pub(super) fn cookie_seen(&mut self, question: u64, turn: &mut Turn) {
        let mut cookies = self.requests.cookies.iter();
        let Some(place) = cookies.position(|it| it.question == question) else {
            return;
        };
        let cookie = self.requests.cookies.remove(place);
        self.ask(cookie.question, cookie.request, turn);
    }

    /// Takes a question when all saves before it have been noticed.
    pub(super) fn ask(&mut self, question: u64, request: Request, turn: &mut Turn) {
        let action = match request {
            Request::Wait => None,
            Request::Reload => Some(Action::Reload),
            Request::Restart => Some(Action::Restart),
        };
        let after = self.edits.look() + 1;
        self.requests.questions.push(Question {
            number: question,
            after: action.is_none().then_some(after),
        });
        match action {
            Some(action) => self.act(action, turn),
            None => self.look_at_all(turn),
        }
    }

    /// Requests an action, even if nothing changed.
    pub(super) fn act(&mut self, action: Action, turn: &mut Turn) {
        // A restart includes a reload.
        self.requests.action = self.requests.action.max(Some(action));
        self.look_at_all(turn);
    }

    /// Looks at all inputs, because events may be missing.
    fn look_at_all(&mut self, turn: &mut Turn) {
        if self.edits.awaits_look() {
            return;
        }
        let at_all = true;
        let is_patient = self.edits.begin_look_at_all(turn.now);
        turn.emit(Effect::Look { at_all, is_patient });
    }

    pub(super) fn toggle_pause(&mut self, turn: &mut Turn) {
        self.requests.is_paused = !self.requests.is_paused;
        if self.requests.is_paused {
            turn.note("paused: edits wait until you press `r` to reload or `p` to resume");
        } else {
            turn.note("resumed");
            self.edits.recheck(None);
        }
    }
}

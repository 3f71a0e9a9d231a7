//! Requests from other processes and the keyboard, and the outcomes that answer them.

use std::time::{Duration, Instant};

use crate::control::{self, Request};
use crate::decide::{Action, Reason};
use crate::report::Note;

use super::basis::Basis;
use super::{Core, Effect, Failure, Turn};

pub(super) use crate::control::Answer;

/// How long a file event may take to arrive. With polling it may take longer, but then all inputs
/// are checked anyway.
const EVENT_TIMEOUT: Duration = Duration::from_secs(1);

/// The requests that have not been begun or answered yet.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// Whether edits wait for a request.
    pub(super) is_paused: bool,
    /// The requested action, to begin even if nothing changed.
    pub(super) action: Option<Action>,
    /// Who waits for an earlier generation to go live again.
    pub(super) rollback: Option<u64>,
    /// Whether the next host is to start without carried values.
    is_fresh: bool,
    /// The cookie that has yet to be noticed.
    cookie: Option<Cookie>,
    /// The requests that came after it was created.
    unflushed: Vec<(u64, Request)>,
    /// Counts the cookies.
    cookies: u64,
    questions: Vec<Question>,
    /// What the next question is answered, once it covers it.
    pub(super) outcome: Outcome,
}

/// Requests that wait until all earlier saves have been noticed.
///
/// File events arrive late, but in order. So the session creates a cookie file in a watched folder:
/// when its event arrives, all earlier events have arrived. One cookie serves all requests that came
/// before it was created.
#[derive(Debug)]
struct Cookie {
    number: u64,
    /// The last look before it was created.
    look: u64,
    requests: Vec<(u64, Request)>,
    due: Instant,
}

/// A question that waits for an outcome.
#[derive(Debug)]
struct Question {
    number: u64,
    /// The last look before it was asked.
    asked: u64,
    /// An outcome of this look or a later one answers it. `None` until the requested action is begun.
    after: Option<u64>,
    /// Whether a build that would have answered it has failed, but may have missed a later save.
    has_failed: bool,
    /// Whether it waits for the check of the workspace, too, if the saved code is live.
    wants_check: bool,
}

impl Question {
    /// Whether an outcome of this look comes late enough.
    fn is_covered_by(&self, look: u64) -> bool {
        self.after.is_some_and(|after| after <= look)
    }

    /// Whether an outcome of this look answers it, if the first look is the one before which nothing
    /// was read.
    fn is_answered_by(&self, look: u64, first_look: u64) -> bool {
        self.is_covered_by(look) && self.asked < first_look
    }
}

impl Requests {
    /// When the cookie should have been noticed.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.cookie.as_ref().map(|it| it.due)
    }

    /// The number of the cookie that should have been noticed by now.
    pub(super) fn overdue(&self, now: Instant) -> Option<u64> {
        let overdue = self.cookie.as_ref().filter(|it| it.due <= now);
        overdue.map(|it| it.number)
    }

    /// Whether a question waits for the outcome of this look.
    pub(super) fn wait_for(&self, look: u64) -> bool {
        self.questions.iter().any(|it| it.is_covered_by(look))
    }

    /// Records that a build failed. Returns whether it is the second failure for a question.
    pub(super) fn record_failure(&mut self, basis: &Basis) -> bool {
        let mut is_second = false;
        for question in &mut self.questions {
            if question.is_answered_by(basis.look, basis.first_look) {
                is_second |= std::mem::replace(&mut question.has_failed, true);
            }
        }
        is_second
    }

    /// The requested action was begun. Outcomes of this look and later ones answer it.
    pub(super) fn begin_action(&mut self, look: u64) {
        self.action = None;
        for question in &mut self.questions {
            question.after.get_or_insert(look);
        }
    }

    /// Whether the host that is about to start was requested to start without carried values.
    pub(super) fn take_fresh(&mut self) -> bool {
        std::mem::take(&mut self.is_fresh)
    }

    /// Takes out the questions that the outcome answers. Returns their numbers, and whether they waited for
    /// the check of the workspace.
    pub(super) fn answered(&mut self, is_checked: bool) -> Vec<(u64, bool)> {
        let outcome = &self.outcome;
        let lacks_check = !is_checked && matches!(outcome.state, State::Live);
        let is_answered = |it: &mut Question| {
            it.is_answered_by(outcome.look, outcome.first_look) && !(it.wants_check && lacks_check)
        };
        let answered = self.questions.extract_if(.., is_answered);
        answered.map(|it| (it.number, it.wants_check)).collect()
    }
}

/// How the saved code relates to the running code.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Counts the outcomes.
    pub(super) number: u64,
    /// The number of the look that it covers.
    pub(super) look: u64,
    /// The look before which nothing was read that is live. Usually the same; an earlier one if files
    /// were saved while they were read.
    pub(super) first_look: u64,
    pub(super) state: State,
}

#[derive(Clone, Debug, Default)]
pub(super) enum State {
    /// The saved code is live.
    Live,
    /// The saved code is live, except for edits that need a restart, for these reasons.
    PartlyLive(Vec<Reason>),
    /// The saved code does not build.
    Failed(Failure),
    /// The host refused the saved code.
    Refused(Reason),
    /// The host does not join the session.
    NotJoined,
    /// The program runs the code of an earlier generation again, the one that had this number.
    RolledBack { earlier: u32 },
    /// A generation waits until the program calls `hotmod::advance`.
    WaitsForAdvance,
    /// Edits wait.
    Paused,
    /// No host runs.
    #[default]
    Ended,
}

impl Outcome {
    /// The outcome as an answer to a request.
    pub(super) fn answer(&self, generation: Option<u32>, pid: Option<u32>) -> Answer {
        let mut answer = Answer {
            outcome: control::Outcome::Live,
            generation,
            pid,
            reason: None,
            reasons: Vec::new(),
            not_called: Vec::new(),
            check: None,
            help: None,
            rendered: String::new(),
            messages: Vec::new(),
        };
        let in_words = |reasons: &[Reason]| {
            let causes = reasons.iter().flat_map(Reason::causes);
            causes.map(Reason::to_string).collect()
        };
        let (outcome, reason) = match &self.state {
            State::Live => return answer,
            State::PartlyLive(reasons) => {
                answer.reasons = in_words(reasons);
                (
                    control::Outcome::Refused,
                    "some edits can't be reloaded and need a restart",
                )
            }
            State::Failed(Failure::Compile { rendered, messages }) => {
                answer.rendered.clone_from(rendered);
                answer.messages.clone_from(messages);
                (control::Outcome::Failed, "the saved code does not compile")
            }
            State::Failed(Failure::Other { message, .. }) => {
                (control::Outcome::Failed, message.as_str())
            }
            State::Refused(reason) => {
                answer.outcome = control::Outcome::Refused;
                answer.reason = Some(reason.to_string());
                answer.reasons = in_words(std::slice::from_ref(reason));
                return answer;
            }
            State::WaitsForAdvance => (
                control::Outcome::Refused,
                "the program does not call `hotmod::advance`, so the saved code is not live yet",
            ),
            State::RolledBack { earlier } => {
                answer.outcome = control::Outcome::RolledBack;
                answer.reason = Some(format!(
                    "the program runs the code of generation {earlier} again, until the next save"
                ));
                return answer;
            }
            State::NotJoined => (
                control::Outcome::Failed,
                "the program has not connected to the session",
            ),
            State::Paused => (
                control::Outcome::Paused,
                "the session is paused, so the code saved since then is not live",
            ),
            State::Ended => (control::Outcome::Ended, "the host is not running"),
        };
        answer.outcome = outcome;
        answer.reason = Some(reason.to_owned());
        answer
    }
}

impl Core {
    /// The state after a look whose code is live, except for edits that were refused.
    pub(super) fn live_state(&self, has_put_off: bool) -> State {
        match has_put_off {
            true => State::PartlyLive(self.restarts.put_off.clone()),
            false => State::Live,
        }
    }

    /// Records the outcome of a look.
    pub(super) fn conclude_with(&mut self, look: u64, state: State) {
        let number = self.requests.outcome.number + 1;
        self.requests.outcome = Outcome {
            number,
            look,
            first_look: look,
            state,
        };
    }

    /// Takes a question about all files that were saved before it.
    pub(super) fn asked(&mut self, question: u64, request: Request, turn: &mut Turn) {
        self.requests.unflushed.push((question, request));
        if self.requests.cookie.is_none() {
            self.make_cookie(turn);
        }
    }

    fn make_cookie(&mut self, turn: &mut Turn) {
        self.requests.cookies += 1;
        let number = self.requests.cookies;
        self.requests.cookie = Some(Cookie {
            number,
            look: self.edits.look(),
            requests: std::mem::take(&mut self.requests.unflushed),
            due: turn.now + EVENT_TIMEOUT,
        });
        turn.emit(Effect::MakeCookie { number });
    }

    /// A cookie was noticed, or should have been noticed by now.
    pub(super) fn cookie_seen(&mut self, number: u64, turn: &mut Turn) {
        let Some(cookie) = self.requests.cookie.take_if(|it| it.number == number) else {
            return;
        };
        for (question, request) in cookie.requests {
            self.ask(question, request, cookie.look, turn);
        }
        if !self.requests.unflushed.is_empty() {
            self.make_cookie(turn);
        }
    }

    /// Takes a question when all saves before it have been noticed.
    fn ask(&mut self, question: u64, request: Request, asked: u64, turn: &mut Turn) {
        let action = match request {
            Request::Rollback => return self.roll_back(Some(question), turn),
            Request::Wait | Request::WaitChecked => None,
            Request::Reload => Some(Action::Reload),
            Request::Restart => Some(Action::Restart),
            Request::RestartFresh => {
                self.requests.is_fresh = true;
                Some(Action::Restart)
            }
        };
        let after = self.edits.look() + 1;
        self.requests.questions.push(Question {
            number: question,
            asked,
            after: action.is_none().then_some(after),
            has_failed: false,
            wants_check: request == Request::WaitChecked,
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

    /// Requests a restart without carried values.
    pub(super) fn restart_fresh(&mut self, turn: &mut Turn) {
        self.requests.is_fresh = true;
        self.act(Action::Restart, turn);
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
            turn.note(Note::Paused);
        } else {
            turn.note(Note::Resumed);
            self.edits.recheck(None);
        }
    }
}

//! The questions about the saved code that this process asks the tool, and the tasks that wait for
//! answers.
//!
//! Questions are numbered. The tool answers with the number of a question as soon as everything that
//! was saved before it has an outcome. Outcomes come in separate messages, whenever they change. So one
//! outcome is enough for all tasks: the last one covers every question that was answered.
//!
//! # Why a call need not ask if nothing was saved
//! A call that finds no events in the queue of [`Watches`] takes the last question as its own, and if
//! that was answered, it returns at once. It must not miss a save that came before the call.
//!
//! - Each save in a watched folder puts an event into the queue, before the write returns. An event
//!   leaves the queue only when the tool reads it. The tool does that when it takes a question, before it
//!   begins to find out what was saved. So an event that is gone was read for some question, and its
//!   save came before the tool began to answer that question, or any later one.
//! - The last question is the latest one for which an event can have been read. So if the queue was
//!   empty before a call takes the last question, the answer to that covers all saves before the call.
//!   Whether the tool has answered it or has yet to read it makes no difference. Neither does a question
//!   that another thread asks in between.
//! - A folder in which a new input appears may not be watched from the start. But an input only becomes
//!   one by a save that has an event: of a file that names it, or of a folder. The answer to a question
//!   after that event comes when the folder is watched, and the tool adds an event after each new watch.
//!   So the first call after that answer finds an event, and asks again.
//! - If the queue overflows, the kernel adds an event for that. If some folder can't be watched, the tool
//!   adds an event before each answer. Where there is no queue, each call asks.
//! - The cookies with which the tool orders events are in a folder that this queue does not watch.
//! - Outcomes that change without a save, for example because a key was pressed, come as messages.
//!
//! A call that finds events takes a question that has not been sent yet as its own. Otherwise it asks a
//! new one.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use hotmod_protocol::Outcome;

use super::watches::Watches;

/// The questions of this process. A forked process has a copy and must not use it, because another
/// thread may have held the lock.
pub(super) static QUESTIONS: Questions = Questions::new();

/// The questions, and the tasks that wait.
pub(super) struct Questions {
    state: Mutex<State>,
    /// Outside of the lock, because looking at them takes two system calls.
    watches: OnceLock<Watches>,
    /// Notified when there is something to do for [`Questions::next`].
    changed: Condvar,
}

/// What a question got.
pub(super) enum Asked {
    /// An answer: it covers everything that was saved before the question.
    Answered(Outcome),
    /// Its number. The answer is yet to come.
    Open(u64),
}

struct State {
    /// The number of the last question.
    asked: u64,
    /// The last one that was sent.
    sent: u64,
    /// The last one that was answered.
    answered: u64,
    /// The last outcome that the tool sent.
    outcome: Outcome,
    /// Counts the outcomes.
    outcomes: u64,
    /// Whether the tool will answer no more.
    is_over: bool,
    waiting: BTreeMap<u64, Waiting>,
    /// Counts those who waited.
    places: u64,
}

impl State {
    fn answer(&self, question: u64) -> Option<Outcome> {
        let is_answered = self.is_over || self.answered >= question;
        is_answered.then(|| self.outcome.clone())
    }
}

struct Waiting {
    waker: Waker,
    deadline: Option<Instant>,
}

/// What the thread that serves the questions does next.
pub(super) enum Next {
    Send { question: u64 },
    End,
}

impl Questions {
    const fn new() -> Self {
        Questions {
            state: Mutex::new(State {
                asked: 0,
                sent: 0,
                answered: 0,
                outcome: Outcome::Live { generation: 0 },
                outcomes: 1,
                is_over: false,
                waiting: BTreeMap::new(),
                places: 0,
            }),
            watches: OnceLock::new(),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic can't leave a change half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks whether everything that has been saved has an outcome.
    pub(super) fn ask(&self) -> Asked {
        let may_have_saves = self.may_have_saves();
        let mut state = self.lock();
        let is_unsent = state.sent < state.asked;
        if !is_unsent && (state.asked == 0 || may_have_saves) {
            state.asked += 1;
            self.changed.notify_one();
        }
        let question = state.asked;
        state
            .answer(question)
            .map_or(Asked::Open(question), Asked::Answered)
    }

    /// Whether something may have been saved since the tool last read the queue.
    fn may_have_saves(&self) -> bool {
        self.watches.get().and_then(Watches::have_events) != Some(false)
    }

    /// From now on, these are the watches.
    pub(super) fn watch(&self, watches: Watches) {
        let _ = self.watches.set(watches);
    }

    /// The outcome, if the question has been answered.
    pub(super) fn answer(&self, question: u64) -> Option<Outcome> {
        self.lock().answer(question)
    }

    /// The last outcome and its number, if there is a later one than `seen`.
    pub(super) fn outcome_after(&self, seen: u64) -> Option<(u64, Outcome)> {
        let state = self.lock();
        (state.outcomes > seen).then(|| (state.outcomes, state.outcome.clone()))
    }

    /// Wakes a task at the next answer or outcome, or when the time is over. Returns its place.
    /// Check after the call whether there is one already.
    pub(super) fn wait(&self, place: Option<u64>, waker: &Waker, deadline: Option<Instant>) -> u64 {
        let waker = waker.clone();
        let mut state = self.lock();
        let place = place.unwrap_or_else(|| {
            state.places += 1;
            state.places
        });
        let before = state.waiting.insert(place, Waiting { waker, deadline });
        drop(state);
        self.changed.notify_one();
        // Not under the lock: dropping a waker may run the executor's code.
        drop(before);
        place
    }

    /// A task no longer waits.
    pub(super) fn leave(&self, place: u64) {
        let waiting = self.lock().waiting.remove(&place);
        // As above.
        drop(waiting);
    }

    /// The tool has answered a question.
    pub(super) fn answered(&self, question: u64) {
        let _ = self.change(|state| state.answered = state.answered.max(question));
    }

    /// The tool has sent another outcome. Returns whether a task waited for it.
    pub(super) fn outcome(&self, outcome: Outcome) -> bool {
        self.change(|state| {
            // The tool answers nothing more while it stops the process.
            state.is_over |= outcome == Outcome::Restarting;
            state.outcome = outcome;
            state.outcomes += 1;
        })
    }

    /// The session is over for this process.
    pub(super) fn close(&self) {
        let _ = self.change(|state| state.is_over = true);
        self.changed.notify_one();
    }

    /// Changes the state and wakes all tasks that wait. Returns whether there are any.
    fn change(&self, change: impl FnOnce(&mut State)) -> bool {
        let mut state = self.lock();
        change(&mut state);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        let is_any = !waiting.is_empty();
        wake(waiting.into_values().map(|it| it.waker).collect());
        is_any
    }

    /// Waits until there is something to do for the thread that serves the questions. Meanwhile,
    /// wakes those whose time is over.
    pub(super) fn next(&self) -> Next {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return Next::End;
            }
            if state.asked > state.sent {
                state.sent = state.asked;
                let question = state.sent;
                return Next::Send { question };
            }
            let now = Instant::now();
            let mut due = Vec::new();
            state.waiting.retain(|_, it| {
                let is_due = it.deadline.is_some_and(|it| it <= now);
                if is_due {
                    due.push(it.waker.clone());
                }
                !is_due
            });
            if !due.is_empty() {
                drop(state);
                wake(due);
                state = self.lock();
                continue;
            }
            let deadlines = state.waiting.values().filter_map(|it| it.deadline);
            let time = deadlines.min().map(|it| it.saturating_duration_since(now));
            state = self.wait_for_change(state, time);
        }
    }

    fn wait_for_change<'a>(
        &self,
        state: MutexGuard<'a, State>,
        time: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        match time {
            Some(time) => {
                let waited = self.changed.wait_timeout(state, time);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => {
                let waited = self.changed.wait(state);
                waited.unwrap_or_else(PoisonError::into_inner)
            }
        }
    }
}

/// Where to send wakers, once there is a thread that calls them.
static TO_WAKE: OnceLock<Sender<Vec<Waker>>> = OnceLock::new();

/// Starts the thread that calls wakers. They are the program's code, and write to its descriptors:
/// call this on a thread that has the program's descriptor table.
pub(super) fn wake_from_thread() -> io::Result<()> {
    let (sender, to_wake) = channel::<Vec<Waker>>();
    std::thread::Builder::new()
        .name("hotmod-wakers".to_owned())
        .spawn(move || {
            for waker in to_wake.into_iter().flatten() {
                // The panic hook has reported it, and other tasks wait.
                let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
            }
        })?;
    let _ = TO_WAKE.set(sender);
    Ok(())
}

fn wake(wakers: Vec<Waker>) {
    if let Some(thread) = TO_WAKE.get() {
        let _ = thread.send(wakers);
    }
}

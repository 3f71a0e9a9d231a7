//! The moment at which generations go live in a program that calls [`advance`](crate::advance).
//!
//! # Algorithm
//! Until the first call of `advance`, a generation goes live when it is set up. From then on, the thread that loads
//! generations first waits until a thread is *held* in `advance`. It sets the generation up, publishes it, and lets
//! the held thread go on. So nothing goes live between two calls of `advance`, and while values are migrated, the
//! frame that changes them has not begun.
//!
//! If setting up takes too long, the held thread goes on with the old code, and the generation is published when the
//! next one is held.
//!
//! # Orderings
//! A lock guards the phase, the number of held threads, and the publication: who returns from `advance` has taken it
//! after the publication. The flags only say whether it is worth taking the lock, and guard no other data: `Relaxed`.
//! The first call of `advance` sets its flag under the lock, so that nothing is published without it from then on.
//!
//! `tests/loom.rs` runs this file under loom.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering, const_unless_loom};

/// How long a thread is held at most.
const LONGEST_HOLD: Duration = Duration::from_secs(1);

/// After how long the tool is told that a generation waits.
const REPORT_AFTER: Duration = Duration::from_secs(1);

/// The frames of a process.
pub(super) struct Frames {
    /// Whether the program has ever called `advance`.
    is_used: AtomicBool,
    /// Whether a generation waits, or is being set up.
    has_news: AtomicBool,
    state: Mutex<State>,
    changes: Condvar,
}

struct State {
    phase: Phase,
    /// How many threads are held.
    held: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// A generation waits for a held thread, to be set up.
    Waits,
    /// It is being set up.
    SettingUp,
    /// The same, and that takes too long.
    Late,
    /// It waits for a held thread, to be published.
    Ready,
    /// It was taken back while it waited.
    TakenBack,
}

impl Phase {
    /// Whether to hold a thread.
    fn holds(self) -> bool {
        matches!(self, Phase::Waits | Phase::SettingUp | Phase::Ready)
    }
}

impl Frames {
    const_unless_loom! {
        /// No frame has begun.
        pub(super) fn new() -> Self {
            Frames {
                is_used: AtomicBool::new(false),
                has_news: AtomicBool::new(false),
                state: Mutex::new(State {
                    phase: Phase::Idle,
                    held: 0,
                }),
                changes: Condvar::new(),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is a single assignment, so a panic can't leave it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, limit: Duration) -> MutexGuard<'a, State> {
        let waited = self.changes.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A frame begins: what waits goes live now.
    #[inline]
    pub(super) fn advance(&self, is_host: impl FnOnce() -> bool) {
        if !self.is_used.load(Ordering::Relaxed) || self.has_news.load(Ordering::Relaxed) {
            self.begin_frame(is_host);
        }
    }

    #[cold]
    fn begin_frame(&self, is_host: impl FnOnce() -> bool) {
        // In a forked process nothing is loaded, and the lock may have been held by another thread.
        if !is_host() {
            return;
        }
        let mut state = self.lock();
        self.is_used.store(true, Ordering::Relaxed);
        if !state.phase.holds() {
            return;
        }
        state.held += 1;
        self.changes.notify_all();
        let begun = Instant::now();
        while state.phase.holds() {
            let left = LONGEST_HOLD.saturating_sub(begun.elapsed());
            if left.is_zero() {
                if state.phase == Phase::SettingUp {
                    state.phase = Phase::Late;
                }
                break;
            }
            state = self.wait(state, left);
        }
        state.held -= 1;
    }

    /// Waits until a generation may be set up. Calls `tell` if that takes long. Returns `false` if it was taken back.
    pub(super) fn may_set_up(&self, tell: &mut dyn FnMut()) -> bool {
        let state = self.lock();
        if !self.is_used.load(Ordering::Relaxed) {
            return true;
        }
        let mut state = self.await_frame(state, Phase::Waits, tell);
        let is_taken_back = state.phase == Phase::TakenBack;
        if is_taken_back {
            self.enter(&mut state, Phase::Idle);
        } else {
            self.enter(&mut state, Phase::SettingUp);
        }
        !is_taken_back
    }

    /// Publishes the generation that was set up, while a thread is held.
    pub(super) fn publish<T>(&self, tell: &mut dyn FnMut(), publish: impl FnOnce() -> T) -> T {
        let mut state = self.lock();
        if self.is_used.load(Ordering::Relaxed) && state.held == 0 {
            state = self.await_frame(state, Phase::Ready, tell);
        }
        let published = publish();
        self.enter(&mut state, Phase::Idle);
        published
    }

    /// The generation could not be set up.
    pub(super) fn give_up(&self) {
        self.enter(&mut self.lock(), Phase::Idle);
    }

    /// A generation that waits, and has not been set up, need not go live any more.
    pub(super) fn take_back(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Waits && state.held == 0 {
            self.enter(&mut state, Phase::TakenBack);
        }
    }

    /// Waits in this phase until a thread is held, or the phase ends otherwise.
    fn await_frame<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        phase: Phase,
        tell: &mut dyn FnMut(),
    ) -> MutexGuard<'a, State> {
        self.enter(&mut state, phase);
        let begun = Instant::now();
        let mut is_told = false;
        while state.phase == phase && state.held == 0 {
            if !is_told && begun.elapsed() >= REPORT_AFTER {
                is_told = true;
                drop(state);
                tell();
                state = self.lock();
                continue;
            }
            state = self.wait(state, REPORT_AFTER);
        }
        state
    }

    fn enter(&self, state: &mut State, phase: Phase) {
        state.phase = phase;
        self.has_news.store(phase != Phase::Idle, Ordering::Relaxed);
        self.changes.notify_all();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::thread;

    use super::*;

    fn at_once() -> impl FnMut() {
        || panic!("it waits")
    }

    #[test]
    fn without_frames_everything_goes_live_at_once() {
        let frames = Frames::new();
        assert!(frames.may_set_up(&mut at_once()));
        assert_eq!(frames.publish(&mut at_once(), || 7), 7);
        frames.advance(|| false);
        assert!(frames.may_set_up(&mut at_once()), "it is another process");
    }

    #[test]
    fn a_generation_that_waits_is_told_and_can_be_taken_back() {
        let frames = Frames::new();
        frames.advance(|| true);
        assert!(!frames.may_set_up(&mut || frames.take_back()));
        // It has an end for those that come later.
        frames.advance(|| true);
    }

    #[test]
    fn a_setup_that_takes_long_holds_the_program_once() {
        let frames = Frames::new();
        frames.advance(|| true);
        let live = AtomicU32::new(0);
        thread::scope(|scope| {
            let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
            let (frames, live) = (&frames, &live);
            let loader = scope.spawn(move || {
                assert!(frames.may_set_up(&mut || {}));
                may_go_on.recv().unwrap();
                frames.publish(&mut || {}, || live.store(1, Ordering::Relaxed));
            });
            while frames.lock().phase != Phase::Late {
                frames.advance(|| true);
            }
            let begun = Instant::now();
            frames.advance(|| true);
            assert!(begun.elapsed() < LONGEST_HOLD / 2, "it is held again");
            go_on.send(()).unwrap();
            while frames.lock().phase != Phase::Ready {
                thread::yield_now();
            }
            assert_eq!(
                live.load(Ordering::Relaxed),
                0,
                "it is live between two frames"
            );
            frames.advance(|| true);
            assert_eq!(live.load(Ordering::Relaxed), 1);
            loader.join().unwrap();
        });
    }
}

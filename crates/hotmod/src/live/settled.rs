//! Waiting for the saved code in a session.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Once, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{Thread, ThreadId};
use std::time::{Duration, Instant};

use hotmod_protocol::Outcome;

use super::call::live;
use super::globals::FRAMES;
use super::host::{self, is_joining, is_live};
use super::questions::{Asked, QUESTIONS};
use super::watches::Watches;
use crate::settled::Settled;

/// The thread that loads generations. If it waited, no generation could go live.
static LOADER: OnceLock<ThreadId> = OnceLock::new();

/// The calling thread is the one that loads generations.
pub(super) fn this_thread_loads() {
    let _ = LOADER.set(std::thread::current().id());
}

/// Whether the tool answers this process, or may do so once it is less busy.
fn is_answered() -> bool {
    is_live() || is_joining()
}

/// Whether the calling thread is the one that loads generations, and so must not wait for one.
fn is_loader() -> bool {
    LOADER.get() == Some(&std::thread::current().id())
}

/// A frame begins. A hook runs on the thread that loads, and must not wait for it.
#[inline]
pub(crate) fn advance() {
    FRAMES.advance(|| is_live() && !is_loader());
}

fn live_now() -> Settled {
    Settled::Live {
        generation: live().number,
    }
}

/// The outcome as this process sees it now.
fn seen_from_here(outcome: Outcome) -> Settled {
    match outcome {
        // A later one may be live by now, and new calls go there.
        Outcome::Live { .. } => live_now(),
        Outcome::Failed { diagnostics } => Settled::Failed { diagnostics },
        Outcome::Refused { reasons } => Settled::Refused { reasons },
        Outcome::Restarting => Settled::Restarting,
    }
}

/// Asks a question. The first one of a host also fetches the watches, which programs that never ask
/// don't need.
fn ask() -> Asked {
    static WATCHES: Once = Once::new();
    if !is_joining() {
        WATCHES.call_once(fetch_watches);
    }
    QUESTIONS.ask()
}

fn fetch_watches() {
    let thread = std::thread::Builder::new().name("hotmod-watches".to_owned());
    // Without them, each call asks the tool.
    let _ = thread.spawn(|| {
        if let Ok(watches) = Watches::fetch(host::channel_thread()) {
            QUESTIONS.watch(watches);
        }
    });
}

pub(crate) fn settled(timeout: Duration) -> Answer {
    Answer {
        timeout,
        open: None,
        place: Place(None),
    }
}

/// The answer to a question, which is asked at the first poll.
#[derive(Debug)]
pub(crate) struct Answer {
    timeout: Duration,
    open: Option<Open>,
    place: Place,
}

/// A question that had no answer when it was asked.
#[derive(Clone, Copy, Debug)]
struct Open {
    question: u64,
    /// `None` to wait without a limit.
    deadline: Option<Instant>,
}

impl Future for Answer {
    type Output = Settled;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Settled> {
        if !is_answered() {
            return Poll::Ready(live_now());
        }
        let open = match self.open {
            Some(open) => open,
            None => match ask() {
                Asked::Answered(outcome) => return Poll::Ready(seen_from_here(outcome)),
                Asked::Open(_) if is_loader() => return Poll::Ready(live_now()),
                Asked::Open(question) => Open {
                    question,
                    deadline: Instant::now().checked_add(self.timeout),
                },
            },
        };
        self.open = Some(open);
        self.place.wait(context.waker(), open.deadline);
        // The answer may have arrived since.
        if let Some(outcome) = QUESTIONS.answer(open.question) {
            return Poll::Ready(seen_from_here(outcome));
        }
        if open.deadline.is_some_and(|it| it <= Instant::now()) {
            return Poll::Ready(Settled::TimedOut);
        }
        Poll::Pending
    }
}

/// A place among those who wait, until it is dropped.
#[derive(Debug)]
struct Place(Option<u64>);

impl Place {
    fn wait(&mut self, waker: &Waker, deadline: Option<Instant>) {
        self.0 = Some(QUESTIONS.wait(self.0, waker, deadline));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A forked process must not use the lock.
        if let Some(place) = self.0.filter(|_| is_answered()) {
            QUESTIONS.leave(place);
        }
    }
}

pub(crate) fn settle(timeout: Duration) -> Settled {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut answer = pin!(settled(timeout));
    loop {
        if let Poll::Ready(settled) = answer.as_mut().poll(&mut Context::from_waker(&waker)) {
            return settled;
        }
        std::thread::park();
    }
}

/// The outcomes, and the number of the last one that was seen.
#[derive(Debug)]
pub(crate) struct Outcomes {
    seen: Option<u64>,
}

pub(crate) fn outcomes() -> Outcomes {
    Outcomes { seen: None }
}

impl Outcomes {
    pub(crate) async fn next(&mut self) -> Settled {
        let mut place = Place(None);
        poll_fn(|context| {
            if !is_answered() {
                return match self.seen.replace(u64::MAX) {
                    None => Poll::Ready(live_now()),
                    Some(_) => Poll::Pending,
                };
            }
            place.wait(context.waker(), None);
            let Some((number, outcome)) = QUESTIONS.outcome_after(self.seen.unwrap_or(0)) else {
                return Poll::Pending;
            };
            self.seen = Some(number);
            Poll::Ready(seen_from_here(outcome))
        })
        .await
    }
}

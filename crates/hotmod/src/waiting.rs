//! Waiting for the saved code.

use std::time::Duration;

use crate::runtime;
use crate::settled::Settled;

/// Waits until everything that was saved before the call has an outcome, and returns it: the code is
/// live, does not build, can't be loaded, or needs a restart that is about to happen.
///
/// Code that is saved after the call does not make it wait longer. If nothing has been saved since
/// the last call, it returns at once.
///
/// Call it in the host, before you call an entry point: a call in progress stays in its generation.
/// It needs no async runtime.
///
/// It returns [`Settled::Live`] at once
/// - in a plain build, with generation 0
/// - in a process that does not belong to a session, or whose session has ended
/// - on the thread that loads generations, that is in [`setup`](crate::setup)s,
///   [`teardown`](crate::teardown)s and [`on_reload`](crate::on_reload) callbacks: waiting there
///   would keep the generation from going live
///
/// # Examples
/// ```
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// use std::time::Duration;
///
/// # mod pages { pub async fn answer(path: &str) -> String { path.to_owned() } }
/// async fn handle(path: &str) -> String {
///     match hotmod::settled(Duration::from_secs(30)).await {
///         hotmod::Settled::Failed { diagnostics } => diagnostics,
///         _ => pages::answer(path).await,
///     }
/// }
/// # let answer = pin!(handle("/")).poll(&mut Context::from_waker(Waker::noop()));
/// # assert_eq!(answer, Poll::Ready("/".to_owned()));
/// ```
#[inline]
pub async fn settled(timeout: Duration) -> Settled {
    runtime::settled(timeout).await
}

/// Blocks the thread until everything that was saved before the call has an outcome, and returns it.
/// This is [`settled`] for code that is not async.
///
/// On a thread of an async executor, it would block the other tasks of that thread.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// let settled = hotmod::settle(Duration::from_secs(30));
/// assert_eq!(settled, hotmod::Settled::Live { generation: 0 });
/// ```
#[inline]
pub fn settle(timeout: Duration) -> Settled {
    runtime::settle(timeout)
}

/// Returns the outcomes of the session from now on, starting with the current one.
///
/// # Examples
/// ```
/// # use std::{future::Future, pin::pin, task::{Context, Waker}};
/// async fn watch() {
///     let mut outcomes = hotmod::outcomes();
///     loop {
///         if let hotmod::Settled::Failed { diagnostics } = outcomes.next().await {
///             eprintln!("{diagnostics}");
///         }
///     }
/// }
/// # assert!(pin!(watch()).poll(&mut Context::from_waker(Waker::noop())).is_pending());
/// ```
pub fn outcomes() -> Outcomes {
    Outcomes(runtime::outcomes())
}

/// The outcomes of a session, see [`outcomes`].
#[derive(Debug)]
pub struct Outcomes(runtime::Outcomes);

impl Outcomes {
    /// Waits for the next outcome. The first call returns the current one.
    ///
    /// If several outcomes came since the last call, it returns only the last one. If new code goes
    /// live while an earlier edit stays refused, it returns the same refusal again, and
    /// [`generation`](crate::generation) has changed. It is never
    /// [`Settled::TimedOut`]. In a plain build, there is no outcome after the first.
    pub async fn next(&mut self) -> Settled {
        self.0.next().await
    }
}

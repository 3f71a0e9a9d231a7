//! The states of the saved code as a stream of server-sent events.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_timer::Delay;

use hotmod::Settled;

use super::source::{Outcomes, Source, name, problem_name, version};

type NextOutcome = Pin<Box<dyn Future<Output = (Settled, Outcomes)> + Send>>;

/// Each state of the saved code. It ends before a restart, with the session, and after a time: a server
/// that shuts down waits for its responses.
pub struct Events {
    source: Source,
    next: Option<NextOutcome>,
    limit: Delay,
}

impl Events {
    pub(super) fn new(source: &Source, limit: Duration) -> Self {
        Events {
            next: Some(next(source.outcomes())),
            source: source.clone(),
            limit: Delay::new(limit),
        }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(future) = &mut self.next else {
            return Poll::Ready(None);
        };
        let (settled, outcomes) = match future.as_mut().poll(context) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending if !self.source.is_live() => return Poll::Ready(None),
            Poll::Pending => return Pin::new(&mut self.limit).poll(context).map(|()| None),
        };
        let is_last = settled == Settled::Restarting;
        self.next = (!is_last).then(|| next(outcomes));
        Poll::Ready(Some(event(&settled).into()))
    }
}

fn next(mut outcomes: Outcomes) -> NextOutcome {
    Box::pin(async move { (outcomes.next().await, outcomes) })
}

/// A state as an event: its name, the version of a page that is loaded now, and the name of the problem.
/// The next lines are the reasons, if the page stays usable.
fn event(settled: &Settled) -> String {
    let reasons: &[String] = match settled {
        Settled::Refused { reasons } => reasons,
        _ => &[],
    };
    let state = format!("{} {} {}", name(settled), version(), problem_name(settled));
    // A line of an event ends at each of these.
    let lines = reasons.iter().flat_map(|it| it.split(['\r', '\n']));
    let lines = std::iter::once(&*state).chain(lines);
    let fields: String = lines.map(|it| format!("data: {it}\n")).collect();
    fields + "\n"
}

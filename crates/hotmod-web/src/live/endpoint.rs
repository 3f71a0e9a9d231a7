//! The layer's own paths, `/.hotmod/…`, which only pages of the server itself may read.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_timer::Delay;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode, request};
use http_body::{Body, Frame};

use hotmod::Settled;

use super::body::{AnyBody, text};
use super::host_name;
use super::problem::{self, Place};
use super::script;
use super::session::Session;
use super::source::{Outcomes, Source, name, problem_name, version};

const FOLDER: &str = "/.hotmod/";

/// For nginx.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether a request is for the layer, and not for the service inside.
pub(super) fn is_for_layer(request: &request::Parts) -> bool {
    request.uri.path().starts_with(FOLDER)
}

/// The response to a request for the layer.
pub(super) async fn respond<E: 'static>(
    request: &request::Parts,
    session: &Session,
) -> Response<AnyBody<E>> {
    if !host_name::is_own(request) {
        let why = "hotmod-web answers only pages of this server, under a loopback host name\n";
        return response(StatusCode::FORBIDDEN, "text/plain", text(why));
    }
    let ok = StatusCode::OK;
    match request.uri.path() {
        script::PATH => response(ok, "text/javascript", text(script::TEXT)),
        "/.hotmod/events" => {
            let events = Events::new(session);
            let mut response = response(ok, "text/event-stream", AnyBody::new(events));
            let headers = response.headers_mut();
            // Proxies must pass each event on at once.
            headers.insert(
                CACHE_CONTROL,
                HeaderValue::from_static("no-store, no-transform"),
            );
            headers.insert(BUFFERING, HeaderValue::from_static("no"));
            response
        }
        "/.hotmod/problem" => {
            let settled = session.source.settled(session.limits.wait).await;
            match problem::page(&settled, &session.editor, Place::Overlay) {
                Some(page) => {
                    with_headers(response(ok, "text/html", text(page)), problem::headers())
                }
                None => response(ok, "text/plain", text(in_words(&settled))),
            }
        }
        _ => response(StatusCode::NOT_FOUND, "text/plain", text("not found\n")),
    }
}

/// What is shown of a state without errors.
fn in_words(settled: &Settled) -> String {
    match settled {
        Settled::Live { .. } => "the saved code is live\n".to_owned(),
        Settled::Refused { reasons } => {
            format!("some saved code is not live:\n{}\n", reasons.join("\n"))
        }
        Settled::Restarting => "the program is about to restart\n".to_owned(),
        _ => "the build of the saved code takes longer than this request waits\n".to_owned(),
    }
}

fn response<E>(status: StatusCode, kind: &'static str, body: AnyBody<E>) -> Response<AnyBody<E>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn with_headers<B>(mut response: Response<B>, headers: HeaderMap) -> Response<B> {
    response.headers_mut().extend(headers);
    response
}

type NextOutcome = Pin<Box<dyn Future<Output = (Settled, Outcomes)> + Send>>;

/// Each state of the saved code, as a server-sent event. It ends before a restart, with the session,
/// and after a time: a server that shuts down waits for its responses.
struct Events<E> {
    source: Source,
    next: Option<NextOutcome>,
    limit: Delay,
    error: std::marker::PhantomData<fn() -> E>,
}

impl<E> Events<E> {
    fn new(session: &Session) -> Self {
        Events {
            next: Some(next(session.source.outcomes())),
            source: session.source.clone(),
            limit: Delay::new(session.limits.stream),
            error: std::marker::PhantomData,
        }
    }
}

fn next(mut outcomes: Outcomes) -> NextOutcome {
    Box::pin(async move { (outcomes.next().await, outcomes) })
}

impl<E> Body for Events<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
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
        Poll::Ready(Some(Ok(Frame::data(event(&settled).into()))))
    }
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

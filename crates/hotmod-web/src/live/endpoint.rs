//! The layer's own paths, `/.hotmod/…`, which only pages of the server itself may read.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode, request};

use hotmod::Settled;

use super::body::{AnyBody, text};
use super::events::Events;
use super::host_name;
use super::problem::{self, Place};
use super::script;
use super::session::Session;

const FOLDER: &str = "/.hotmod/";

/// For nginx.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether a request is for the layer, and not for the service inside.
pub(super) fn is_for_layer(request: &request::Parts) -> bool {
    request.uri.path().starts_with(FOLDER)
}

/// The response to a request for the layer.
pub(super) async fn respond<B>(
    request: &request::Parts,
    session: &Session,
) -> Response<AnyBody<B>> {
    if !host_name::is_own(request) {
        let why = "hotmod-web answers only pages of this server, under a loopback host name\n";
        return response(StatusCode::FORBIDDEN, "text/plain", text(why));
    }
    let ok = StatusCode::OK;
    match request.uri.path() {
        script::PATH => response(ok, "text/javascript", text(script::TEXT)),
        "/.hotmod/events" => {
            let events = Events::new(&session.source, session.limits.stream);
            let mut response = response(ok, "text/event-stream", AnyBody::Events { events });
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
        _ => {
            "the build of the saved code is taking longer than this request will wait\n".to_owned()
        }
    }
}

fn response<B>(status: StatusCode, kind: &'static str, body: B) -> Response<B> {
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

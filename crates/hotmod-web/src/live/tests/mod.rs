//! The layer around real services, in each state of the saved code.

mod bodies;
mod endpoint;
mod left_alone;
mod limits;
mod problems;
mod restarts;
mod servers;

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::any;
use futures_executor::block_on;
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use hotmod::Settled;

use super::layered::Layered;
use super::limits::Limits;
use super::locations::Editor;
use super::session::Session;
use super::source::Source;

const LIVE: Settled = Settled::Live { generation: 0 };

/// What the browser sends for a page load.
const PAGE_LOAD: &str = "host: localhost:3000\n\
                         accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\n\
                         accept-encoding: gzip\n\
                         sec-fetch-dest: document\n\
                         sec-fetch-site: none";

/// A request such as `GET /path`, with headers one a line; later ones replace earlier ones, and an
/// empty value removes a header.
fn request(line: &str, headers: &[&str]) -> Request<Body> {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap();
    for line in headers.iter().flat_map(|it| it.lines()) {
        let (name, value) = line.trim().split_once(':').unwrap();
        let name: http::HeaderName = name.parse().unwrap();
        match value.trim() {
            "" => drop(request.headers_mut().remove(name)),
            value => drop(request.headers_mut().insert(name, value.parse().unwrap())),
        }
    }
    request
}

/// A response, with its whole body.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

/// A service in a session whose saved code has this state.
fn layered<S>(service: S, state: Settled) -> Layered<S> {
    let session = Session {
        source: Source::Fixed(state),
        editor: Editor::new(None, "/shop"),
        limits: Limits {
            stream: Duration::from_millis(50),
            ..Limits::default()
        },
        restarts_since: OnceLock::new(),
    };
    Layered::new(service, Box::leak(Box::new(session)))
}

/// Sends a request to a service in such a session.
fn send(service: Router, state: Settled, request: Request<Body>) -> Answer {
    let response = block_on(layered(service, state).oneshot(request)).unwrap();
    let (parts, body) = response.into_parts();
    let body = block_on(body.collect()).unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// A service that gives one response to all requests.
fn service<R: IntoResponse>(response: impl Fn() -> R + Clone + Send + Sync + 'static) -> Router {
    Router::new().fallback(any(move || {
        let response: Response = response().into_response();
        async move { response }
    }))
}

/// A service whose every page is this one.
fn page() -> Router {
    service(|| Html("<h1>old</h1>"))
}

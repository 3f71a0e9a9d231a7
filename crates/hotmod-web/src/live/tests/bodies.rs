//! Responses with the script, and those of requests that are left alone.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{Html, IntoResponse as _};
use axum::routing::any;
use bytes::Bytes;
use futures_executor::block_on;
use http::{HeaderMap, Response};
use http_body::{Body as _, Frame};
use http_body_util::BodyExt as _;

use super::{LIVE, PAGE_LOAD, page, request, send, service};
use crate::live::body::ServiceBody;
use crate::live::source::version_of;

fn tag() -> String {
    let version = version_of(0);
    format!("<script src=\"/.hotmod/script.js\" data-version=\"{version}\"></script>\n")
}

#[test]
fn the_script_follows_the_last_byte() {
    let answer = send(page(), LIVE, request("GET /", &[PAGE_LOAD]));
    assert_eq!(answer.body, "<h1>old</h1>".to_owned() + &tag());
    assert_eq!(answer.header("hotmod-state"), "live");
    assert_eq!(answer.header("hotmod-generation"), "0");
    assert_eq!(answer.header("cache-control"), "no-cache");
}

#[test]
fn a_length_counts_the_script_and_nothing_names_the_page_without_it() {
    let service = service(|| {
        Response::builder()
            .header("content-type", "text/html")
            .header("content-length", "3")
            .header("etag", "\"1\"")
            .header("last-modified", "Thu, 26 Nov 2026 14:00:00 GMT")
            .header("content-digest", "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:")
            .header("cache-control", "max-age=3600")
            .body(Body::from("<p>"))
            .unwrap()
    });
    let answer = send(service, LIVE, request("GET /", &[PAGE_LOAD]));
    assert_eq!(
        answer.header("content-length"),
        answer.body.len().to_string()
    );
    assert_eq!(answer.body.len(), 3 + tag().len());
    for name in ["content-digest", "etag", "last-modified"] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
    assert_eq!(answer.header("cache-control"), "no-cache");
}

#[test]
fn what_the_service_forbids_to_store_stays_forbidden() {
    for (allowed, expected) in [
        ("max-age=3600", "no-cache"),
        ("public, immutable", "no-cache"),
        ("no-cache", "no-cache"),
        ("No-Store", "no-store"),
        ("private, no-store", "no-store"),
        ("private", "private, no-cache"),
        ("max-age=60, private=\"set-cookie\"", "private, no-cache"),
        ("max-age=60\nno-store", "no-store"),
    ] {
        let lines: &'static [&str] = allowed.lines().collect::<Vec<_>>().leak();
        let service = service(move || {
            let mut response = Html("<p>").into_response();
            for line in lines {
                let value = line.parse().unwrap();
                response.headers_mut().append("cache-control", value);
            }
            response
        });
        let answer = send(service, LIVE, request("GET /", &[PAGE_LOAD]));
        assert_eq!(answer.header("cache-control"), expected, "{allowed}");
        assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1);
    }
}

/// Answers with the names of the headers of its request.
fn echo() -> Router {
    Router::new().fallback(any(|request: Request| async move {
        let names: Vec<&str> = request.headers().keys().map(|it| it.as_str()).collect();
        Html(names.join(" "))
    }))
}

#[test]
fn a_page_load_is_asked_for_whole_and_uncompressed() {
    let conditions = "if-none-match: \"1\"\nif-modified-since: Thu, 26 Nov 2026 14:00:00 GMT";
    let names = |asked: &[&str]| send(echo(), LIVE, request("GET /", asked)).body;
    let body = names(&[PAGE_LOAD, conditions]);
    assert!(
        !body.contains("accept-encoding") && !body.contains("if-"),
        "{body}"
    );
    let body = names(&[PAGE_LOAD, conditions, "sec-fetch-dest: empty"]);
    for name in ["accept-encoding", "if-none-match", "if-modified-since"] {
        assert!(body.contains(name), "{body}");
    }
}

#[test]
fn a_response_to_head_stays_empty() {
    let answer = send(page(), LIVE, request("HEAD /", &[PAGE_LOAD]));
    assert_eq!(
        answer.header("hotmod-script"),
        "left out: the request is not a GET"
    );
    assert_eq!(answer.body, "");
    assert_eq!(answer.header("content-length"), "12");
}

/// A body that must not be polled after its end, as those of `futures::stream::unfold`.
struct Frames {
    frames: Vec<Frame<Bytes>>,
    is_over: bool,
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        assert!(!self.is_over, "polled after its end");
        let next = self.frames.pop();
        self.is_over = next.is_none();
        Poll::Ready(next.map(Ok))
    }
}

#[test]
fn a_body_ends_once_and_trailers_follow_the_end() {
    let trailers = HeaderMap::from_iter([(http::header::ETAG, "1".parse().unwrap())]);
    for (has_trailers, end) in [(false, ""), (false, "end"), (true, ""), (true, "end")] {
        let mut frames = vec![Frame::data("page".into())];
        if has_trailers {
            frames.insert(0, Frame::trailers(trailers.clone()));
        }
        let is_over = false;
        let mut body = ServiceBody::new(Frames { frames, is_over });
        if !end.is_empty() {
            body = body.with_end(end.into());
        }
        let mut body = Box::pin(body);
        let collected = block_on(body.as_mut().collect()).unwrap();
        assert_eq!(collected.trailers(), has_trailers.then_some(&trailers));
        assert_eq!(collected.to_bytes(), "page".to_owned() + end);
        // Servers may ask once more.
        assert!(body.is_end_stream());
        assert!(block_on(body.frame()).is_none());
    }
}

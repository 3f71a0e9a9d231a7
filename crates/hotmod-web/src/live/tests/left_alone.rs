//! Which responses get the script, and why the others don't.

use std::convert::Infallible;

use axum::body::Body;
use futures_util::stream;
use http::Response;

use super::{LIVE, PAGE_LOAD, request, send, service};

const TAG: &str = "<script src=\"/.hotmod/script.js\" data-version=";

/// Headers of a response, one a line.
fn respond(headers: &'static str, body: fn() -> Body) -> Response<Body> {
    let mut response = Response::builder();
    for line in headers.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        response = match name {
            "status" => response.status(value.parse::<u16>().unwrap()),
            _ => response.header(name, value),
        };
    }
    response.body(body()).unwrap()
}

/// What `hotmod-script` says of this response to this request. If the script is left out, the
/// response must be the service's own.
fn note(line: &str, asked: &str, headers: &'static str, body: fn() -> Body) -> String {
    let service = service(move || respond(headers, body));
    let answer = send(service, LIVE, request(line, &[PAGE_LOAD, asked]));
    let note = answer.header("hotmod-script").to_owned();
    assert_eq!(answer.body.contains(TAG), note == "added", "{note}");
    if note != "added" {
        let expected = if note.contains("has no body") {
            ""
        } else {
            "<p>"
        };
        assert_eq!(answer.body, expected, "{note}");
        for line in headers.lines().filter(|it| !it.starts_with("status")) {
            let (name, value) = line.split_once(": ").unwrap();
            assert_eq!(answer.header(name), value, "{note}");
        }
    }
    note
}

const HTML: &str = "content-type: text/html; charset=utf-8\netag: \"1\"";

fn whole() -> Body {
    Body::from("<p>")
}

/// As of a handler that sends a page bit by bit.
fn streamed() -> Body {
    Body::from_stream(stream::iter([Ok::<_, Infallible>("<p>")]))
}

#[test]
fn requests() {
    for (line, asked, expected) in [
        ("GET /", "", "added"),
        ("GET /", "host: 127.0.0.1", "added"),
        ("GET /", "host: [::1]:3000", "added"),
        ("GET /", "host: shop.localhost:3000", "added"),
        ("GET http://localhost/", "host:", "added"),
        (
            "GET /",
            "sec-fetch-dest: empty",
            "left out: the request has no `Sec-Fetch-Dest: document`",
        ),
        (
            "GET /",
            "sec-fetch-dest: iframe",
            "left out: the request has no `Sec-Fetch-Dest: document`",
        ),
        (
            "GET /",
            "sec-fetch-dest:",
            "left out: the request has no `Sec-Fetch-Dest: document`",
        ),
        ("POST /", "", "left out: the request is not a GET"),
        (
            "GET /",
            "range: bytes=0-2",
            "left out: the request is for a range of the page",
        ),
        (
            "GET /",
            "host: shop.test",
            "left out: `shop.test` is not a loopback host name",
        ),
        (
            "GET /",
            "host: localhost.shop.test:80",
            "left out: `localhost.shop.test` is not a loopback host name",
        ),
        (
            "GET /",
            "host: 192.168.0.7:3000",
            "left out: `192.168.0.7` is not a loopback host name",
        ),
        // A proxy has replaced the host.
        ("GET /", "x-forwarded-host: localhost:8080", "added"),
        (
            "GET /",
            "forwarded: for=192.168.0.7;host=\"[::1]:80\"",
            "added",
        ),
        (
            "GET /",
            "x-forwarded-host: localhost, shop.test:8080",
            "left out: `shop.test` is not a loopback host name",
        ),
        (
            "GET /",
            "x-original-host: shop.test",
            "left out: `shop.test` is not a loopback host name",
        ),
        (
            "GET /",
            "forwarded: for=127.0.0.1; Host=localhost, for=127.0.0.1;proto=https;host=\"shop.test:80\"",
            "left out: `shop.test` is not a loopback host name",
        ),
    ] {
        assert_eq!(note(line, asked, HTML, whole), expected, "{line} {asked}");
    }
}

#[test]
fn responses() {
    for (headers, body, expected) in [
        (HTML, whole as fn() -> Body, "added"),
        ("content-type: Text/HTML", whole, "added"),
        ("content-type: text/html\nstatus: 404", whole, "added"),
        (
            "content-type: text/html\ncontent-length: 3",
            streamed,
            "added",
        ),
        (
            "content-type: text/html\ncontent-encoding: identity",
            whole,
            "added",
        ),
        (
            "content-type: text/html\ncontent-disposition: inline",
            whole,
            "added",
        ),
        (
            "content-type: text/html",
            streamed,
            "left out: the length of the response is unknown",
        ),
        (
            "content-type: text/plain",
            whole,
            "left out: the response is not HTML",
        ),
        (
            "content-type: application/xhtml+xml",
            whole,
            "left out: the response is not HTML",
        ),
        ("etag: \"1\"", whole, "left out: the response is not HTML"),
        (
            "content-type: text/html\ncontent-encoding: br",
            whole,
            "left out: the response is compressed",
        ),
        (
            "content-type: text/html\nstatus: 206",
            whole,
            "left out: the request is for a range of the page",
        ),
        (
            "content-type: text/html\ncontent-disposition: Attachment; filename=a.html",
            whole,
            "left out: the response is a download",
        ),
        (
            "content-type: text/html\nstatus: 304",
            Body::empty,
            "left out: the response has no body",
        ),
        (
            "content-type: text/html\nstatus: 204",
            Body::empty,
            "left out: the response has no body",
        ),
        (
            "content-type: text/html; charset=UTF-16LE",
            whole,
            "left out: the page is not in UTF-8",
        ),
    ] {
        assert_eq!(note("GET /", "", headers, body), expected, "{headers}");
    }
}

#[test]
fn policies() {
    const FORBIDDEN: &str = "left out: the page's Content-Security-Policy forbids it";
    for (policy, expected) in [
        ("default-src 'self'", "added"),
        ("Default-Src *; img-src 'none'", "added"),
        ("img-src 'none'", "added"),
        (
            "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'",
            "added",
        ),
        ("script-src 'none'; script-src-elem 'self'", "added"),
        ("default-src 'none'", FORBIDDEN),
        (
            "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic' 'self'",
            FORBIDDEN,
        ),
        ("default-src 'self'; script-src https://cdn.test", FORBIDDEN),
        ("default-src 'self'; connect-src", FORBIDDEN),
        ("default-src 'self'; frame-src 'none'", FORBIDDEN),
        ("default-src 'self'; child-src 'none'", FORBIDDEN),
        ("sandbox allow-forms", FORBIDDEN),
        // All policies must allow it.
        ("default-src 'self', script-src 'none'", FORBIDDEN),
    ] {
        let headers = format!("content-type: text/html\ncontent-security-policy: {policy}");
        let headers: &'static str = headers.leak();
        assert_eq!(note("GET /", "", headers, whole), expected, "{policy}");
    }
}

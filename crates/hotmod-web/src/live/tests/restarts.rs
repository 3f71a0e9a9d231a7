//! Requests to a program that is about to restart.

use std::time::{Duration, Instant};

use futures_executor::block_on;
use tower::ServiceExt as _;

use hotmod::Settled;

use super::{PAGE_LOAD, layered, page, request, send};

#[test]
fn a_page_load_comes_again_over_a_new_connection() {
    let answer = send(
        page(),
        Settled::Restarting,
        request("GET /a?b=c", &[PAGE_LOAD]),
    );
    assert_eq!(answer.status, 307);
    assert_eq!(answer.header("location"), "/a?b=c");
    assert_eq!(answer.header("connection"), "close");
    assert_eq!(answer.header("hotmod-state"), "restarting");
}

#[test]
fn http_2_has_no_connection_header() {
    let mut request = request("GET /", &[PAGE_LOAD]);
    *request.version_mut() = http::Version::HTTP_2;
    let answer = send(page(), Settled::Restarting, request);
    assert_eq!((answer.status, answer.header("connection")), (307, ""));
}

#[test]
fn other_requests_get_the_old_code() {
    for (line, asked) in [
        ("POST /", ""),
        ("HEAD /", ""),
        ("GET /", "accept: */*"),
        // A browser would go to another host.
        ("GET //shop.test/", ""),
        ("GET /\\shop.test/", ""),
    ] {
        let answer = send(
            page(),
            Settled::Restarting,
            request(line, &[PAGE_LOAD, asked]),
        );
        assert_eq!(answer.status, 200, "{line} {asked}");
        assert_eq!(answer.header("hotmod-state"), "restarting");
    }
}

#[test]
fn a_request_that_waited_too_long_gets_the_old_code() {
    let answer = send(page(), Settled::TimedOut, request("GET /", &[PAGE_LOAD]));
    assert_eq!(
        (answer.status, answer.header("hotmod-state")),
        (200, "timed-out")
    );
}

#[test]
fn a_browser_does_not_give_up_while_a_process_stops_slowly() {
    let service = layered(page(), Settled::Restarting);
    let begun = Instant::now();
    let mut redirects = 0;
    while begun.elapsed() < Duration::from_secs(1) {
        let request = request("GET /", &[PAGE_LOAD]);
        let response = block_on(service.clone().oneshot(request)).unwrap();
        assert_eq!(response.status(), 307);
        redirects += 1;
    }
    // After that, each redirect takes a second.
    assert!(redirects < 8, "{redirects}");
}

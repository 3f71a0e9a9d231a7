//! Who may ask for states and errors, and what the answers are.

use futures_executor::block_on;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use hotmod::Settled;

use crate::live::source::version_of;

use super::{LIVE, layered, page, request, send};

/// What the browser sends for the script's own requests.
const OWN: &str = "host: localhost:3000\nsec-fetch-site: same-origin";

#[test]
fn only_pages_of_the_server_itself_may_ask() {
    for (asked, expected) in [
        ("", 200),
        ("origin: http://localhost:3000", 200),
        ("origin: https://localhost:3000", 200),
        ("host: 127.0.0.1:3000\norigin: http://127.0.0.1:3000", 200),
        ("sec-fetch-site: none", 200),
        ("sec-fetch-site:", 200),
        // A proxy that replaces the host.
        (
            "x-forwarded-host: app.localhost\norigin: http://app.localhost",
            200,
        ),
        ("referer: http://localhost:8080/a", 200),
        ("x-forwarded-host: shop.test", 403),
        ("x-forwarded-host: shop.test\norigin: http://shop.test", 403),
        ("forwarded: host=shop.test", 403),
        ("referer: http://shop.test/a", 403),
        // Another site, by a script, a frame or an image.
        ("origin: http://shop.test", 403),
        ("origin: http://localhost:4000", 403),
        ("origin: null", 403),
        ("sec-fetch-site: cross-site", 403),
        ("sec-fetch-site: same-site", 403),
        // DNS rebinding: the name of another site resolves to this machine, and so all of this is
        // of the same origin.
        ("host: shop.test:3000\norigin: http://shop.test:3000", 403),
        ("host: localhost.shop.test:3000", 403),
        ("host: 127.0.0.1.shop.test:3000", 403),
        ("host: notlocalhost:3000", 403),
        ("host: 0.0.0.0:3000", 403),
        ("host:", 403),
    ] {
        for path in ["problem", "script.js"] {
            let line = format!("GET /.hotmod/{path}");
            let answer = send(page(), LIVE, request(&line, &[OWN, asked]));
            assert_eq!(answer.status, expected, "{path} {asked}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
        assert_eq!(
            first_event(LIVE, asked).is_some(),
            expected == 200,
            "{asked}"
        );
    }
    let answer = send(page(), LIVE, request("GET /.hotmod/other", &[OWN]));
    assert_eq!(answer.status, 404);
}

/// The first event, if there is a stream of them.
fn first_event(state: Settled, asked: &str) -> Option<String> {
    let request = request("GET /.hotmod/events", &[OWN, asked]);
    let response = block_on(layered(page(), state).oneshot(request)).unwrap();
    let mut body = response.into_body();
    let frame = block_on(body.frame())?.unwrap().into_data().unwrap();
    let text = String::from_utf8(frame.to_vec()).unwrap();
    text.starts_with("data: ").then_some(text)
}

#[test]
fn the_first_event_is_the_present_state() {
    let version = version_of(0);
    let event = first_event(LIVE, "").unwrap();
    assert!(event.starts_with(&format!("data: live {version} live-")));
    let failed = |text: &str| {
        let diagnostics = text.to_owned();
        first_event(Settled::Failed { diagnostics }, "").unwrap()
    };
    assert!(failed("a").starts_with(&format!("data: failed {version} failed-")));
    assert_eq!(failed("a"), failed("a"));
    assert_ne!(failed("a"), failed("b"));
}

#[test]
fn a_refusal_comes_with_the_version_to_load_and_its_reasons() {
    let reasons = vec!["one\r\nevent: x\rdata: y".to_owned(), "two".to_owned()];
    let event = first_event(Settled::Refused { reasons }, "").unwrap();
    let (first, reasons) = event.split_once('\n').unwrap();
    let expected = format!("data: refused {} refused-", version_of(0));
    assert!(first.starts_with(&expected), "{event}");
    // No line of a reason is a field of its own.
    assert_eq!(
        reasons,
        "data: one\ndata: \ndata: event: x\ndata: data: y\ndata: two\n\n"
    );
}

#[test]
fn later_code_has_a_greater_version() {
    assert!(version_of(1) > version_of(0) && version_of(u32::MAX) > version_of(1));
    // JavaScript's integers.
    assert!(version_of(u32::MAX) < 1 << 53);
}

#[test]
fn the_overlay_says_what_is_known() {
    for (state, expected) in [
        (LIVE, "the saved code is live\n"),
        (
            Settled::TimedOut,
            "the build of the saved code is taking longer than this request will wait\n",
        ),
        (Settled::Restarting, "the program is about to restart\n"),
    ] {
        let answer = send(page(), state, request("GET /.hotmod/problem", &[OWN]));
        assert_eq!(answer.body, expected);
    }
}

#[test]
fn pages_with_an_embedder_policy_may_show_the_errors() {
    let failed = Settled::Failed {
        diagnostics: "error: x".to_owned(),
    };
    for (path, embedder) in [("problem", "require-corp"), ("script.js", "")] {
        let line = format!("GET /.hotmod/{path}");
        let answer = send(page(), failed.clone(), request(&line, &[OWN]));
        assert_eq!(answer.header("cross-origin-embedder-policy"), embedder);
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    }
}

#[test]
fn events_end_before_a_restart() {
    // All of the body was read.
    let answer = send(
        page(),
        Settled::Restarting,
        request("GET /.hotmod/events", &[OWN]),
    );
    assert!(answer.body.contains("data: restarting "), "{}", answer.body);
}

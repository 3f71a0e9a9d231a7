//! The limits of waits and event streams.

use std::ffi::OsStr;
use std::time::Duration;

use super::{LIVE, page, request, send};
use crate::live::limits::seconds;

#[test]
fn a_wait_is_a_number_of_seconds() {
    for (value, expected) in [
        ("120", Some(120_000)),
        ("0.5", Some(500)),
        ("0", Some(0)),
        ("", None),
        ("-1", None),
        ("NaN", None),
        ("inf", None),
        ("30s", None),
    ] {
        let expected = expected.map(Duration::from_millis);
        assert_eq!(seconds(OsStr::new(value)), expected, "{value}");
    }
}

#[test]
fn an_event_stream_ends_although_nothing_happens() {
    let own = "host: localhost:3000\nsec-fetch-site: same-origin";
    // All of the body was read.
    let answer = send(page(), LIVE, request("GET /.hotmod/events", &[own]));
    assert_eq!(answer.body.matches("data: ").count(), 1);
}

//! The hosts and origins to which the layer shows anything.
//!
//! Errors contain source code. A page of another site must not read them, which a browser prevents
//! as long as the origins differ. If the other site lets its own name resolve to 127.0.0.1 (DNS
//! rebinding), they don't, but the host name in the request is still the other site's.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri, request};

/// The host and port that a request names, or nothing.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let named = || headers.get(HOST)?.to_str().ok();
    let of_uri = uri.authority().map(|it| it.as_str());
    of_uri.or_else(named).unwrap_or_default()
}

/// The host that a request names, without its port.
pub(super) fn host(request: &request::Parts) -> &str {
    let authority = authority(&request.uri, &request.headers);
    // The colons of an IPv6 address are in brackets.
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Whether a host is this machine whatever a name server says.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse().is_ok_and(|it: IpAddr| it.is_loopback())
}

/// Whether a request comes from a page of the server itself, under a loopback name.
pub(super) fn is_own(request: &request::Parts) -> bool {
    let origin = request.headers.get(ORIGIN).map(|it| it.as_bytes());
    let site = request.headers.get("sec-fetch-site");
    let authority = authority(&request.uri, &request.headers).as_bytes();
    let is_origin = |scheme: &[u8]| {
        let named = origin.and_then(|origin| origin.strip_prefix(scheme));
        named == Some(authority)
    };
    is_loopback(host(request))
        && (origin.is_none() || is_origin(b"http://") || is_origin(b"https://"))
        // `none` is an address that the user typed.
        && site.is_none_or(|it| it == "same-origin" || it == "none")
}

//! The hosts and origins to which the layer shows anything.
//!
//! Errors contain source code. A page of another site must not read them, which a browser prevents
//! as long as the origins differ. If the other site lets its own name resolve to 127.0.0.1 (DNS
//! rebinding), they don't, but the host name in the request is still the other site's.
//!
//! A proxy may replace the host name in the request by that of the server behind it. Then the name that
//! the client sent is in another header. All names must be this machine's.

use std::net::IpAddr;

use http::header::{FORWARDED, HOST, ORIGIN, REFERER};
use http::uri::Authority;
use http::{HeaderName, Uri, request};

/// Headers in which proxies pass on the host that the client named.
const PASSED_ON: [HeaderName; 2] = [
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-original-host"),
];

/// The host and port that a request names, or nothing.
fn named(request: &request::Parts) -> &str {
    let in_header = || request.headers.get(HOST)?.to_str().ok();
    let in_uri = request.uri.authority().map(|it| it.as_str());
    in_uri.or_else(in_header).unwrap_or_default()
}

/// The hosts and ports that proxies have replaced.
fn replaced(request: &request::Parts) -> Vec<String> {
    let values = |name: &HeaderName| {
        let values = request.headers.get_all(name).iter();
        let values = values.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        values.collect::<Vec<String>>()
    };
    let mut all = Vec::new();
    for list in PASSED_ON.iter().flat_map(values) {
        all.extend(list.split(',').map(|it| it.trim().to_owned()));
    }
    for list in values(&FORWARDED) {
        let pairs = list.split([',', ';']).filter_map(|it| it.split_once('='));
        let hosts = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"));
        all.extend(hosts.map(|(_, host)| host.trim().trim_matches('"').to_owned()));
    }
    all
}

/// A host without its port.
fn without_port(authority: &str) -> &str {
    // The colons of an IPv6 address are in brackets.
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The first host that a request names and that may be another machine.
pub(super) fn foreign(request: &request::Parts) -> Option<String> {
    let replaced = replaced(request);
    let replaced = replaced.iter().map(String::as_str);
    let mut hosts = std::iter::once(named(request))
        .chain(replaced)
        .map(without_port);
    hosts.find(|it| !is_loopback(it)).map(str::to_owned)
}

/// Whether a host is this machine whatever a name server says.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let last = host.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|it: IpAddr| it.is_loopback())
}

/// The host and port of the address in a header, if the header is there, and an address.
fn authority(request: &request::Parts, name: HeaderName) -> Option<Option<Authority>> {
    let address = request.headers.get(name)?.to_str().ok();
    Some(address.and_then(|it| it.parse::<Uri>().ok()?.into_parts().authority))
}

/// Whether a request comes from no page, as far as the browser says, or from a page of the server itself.
pub(super) fn has_own_origin(request: &request::Parts) -> bool {
    let is_own = |it: Authority| {
        it.as_str() == named(request) || replaced(request).iter().any(|own| it.as_str() == own)
    };
    // An origin is the start of an address.
    authority(request, ORIGIN).is_none_or(|it| it.is_some_and(is_own))
}

/// Whether a request comes from a page of the server itself, under a loopback name.
pub(super) fn is_own(request: &request::Parts) -> bool {
    let site = request.headers.get("sec-fetch-site");
    foreign(request).is_none()
        && has_own_origin(request)
        // A proxy may have replaced the host and told nobody.
        && authority(request, REFERER).is_none_or(|it| it.is_some_and(|it| is_loopback(it.host())))
        // `none` is an address that the user typed.
        && site.is_none_or(|it| it == "same-origin" || it == "none")
}

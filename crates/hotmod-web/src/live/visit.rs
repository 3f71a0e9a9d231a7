//! The properties of a request that decide how the layer treats it.

use http::header::{ACCEPT, ACCEPT_ENCODING, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, request};

use super::host_name;

/// What the browser does with the response.
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Why a response gets no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LeftAlone {
    NoPageLoad,
    Method,
    Range,
    NoBody,
    HostName(String),
    NoHtml,
    Download,
    Compressed,
    Streamed,
    Charset,
    Policy,
}

impl LeftAlone {
    /// What a header says of it. Almost all responses get one: the values are made at compile time.
    pub(super) fn note(&self) -> HeaderValue {
        macro_rules! left_out {
            ($why:literal) => {
                const { HeaderValue::from_static(concat!("left out: ", $why)) }
            };
        }
        match self {
            LeftAlone::NoPageLoad => left_out!("the request has no `Sec-Fetch-Dest: document`"),
            LeftAlone::Method => left_out!("the request is not a GET"),
            LeftAlone::Range => left_out!("the request is for a range of the page"),
            LeftAlone::NoBody => left_out!("the response has no body"),
            LeftAlone::HostName(host) => {
                let note = format!("left out: `{host}` is not a loopback host name");
                HeaderValue::from_str(&note)
                    .unwrap_or(left_out!("the host name is not a loopback host name"))
            }
            LeftAlone::NoHtml => left_out!("the response is not HTML"),
            LeftAlone::Download => left_out!("the response is a download"),
            LeftAlone::Compressed => left_out!("the response is compressed"),
            LeftAlone::Streamed => left_out!("the length of the response is unknown"),
            LeftAlone::Charset => left_out!("the page is not in UTF-8"),
            LeftAlone::Policy => left_out!("the page's Content-Security-Policy forbids it"),
        }
    }
}

/// Whether the client shows HTML.
pub(super) fn accepts_html(request: &request::Parts) -> bool {
    let values = request.headers.get_all(ACCEPT).iter();
    let mut ranges = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    ranges.any(|range| {
        let kind = range.split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"text/html")
    })
}

/// Whether the response may contain source code.
pub(super) fn may_show_source(request: &request::Parts) -> bool {
    host_name::foreign(request).is_none() && host_name::has_own_origin(request)
}

/// Where to redirect a request, if it is a page load that can be redirected to itself.
pub(super) fn again(request: &request::Parts) -> Option<HeaderValue> {
    let path = request.uri.path_and_query()?.as_str();
    // Browsers take `//name` and `/\name` for the address of another host.
    let is_other_host = matches!(path.as_bytes().get(1), Some(b'/' | b'\\'));
    let is_again = request.method == Method::GET && accepts_html(request) && !is_other_host;
    is_again.then(|| HeaderValue::from_str(path).ok())?
}

/// Whether a header can close the connection.
pub(super) fn has_connection_header(request: &request::Parts) -> bool {
    request.version <= Version::HTTP_11
}

/// Whether the response may get the script.
pub(super) fn may_have_script(request: &request::Parts) -> Result<(), LeftAlone> {
    let destination = request.headers.get(DESTINATION);
    let foreign_host = || host_name::foreign(request);
    match () {
        () if destination.is_none_or(|it| it != "document") => Err(LeftAlone::NoPageLoad),
        () if request.method != Method::GET => Err(LeftAlone::Method),
        () if request.headers.contains_key(RANGE) => Err(LeftAlone::Range),
        () => foreign_host().map_or(Ok(()), |host| Err(LeftAlone::HostName(host))),
    }
}

/// Requests a complete, uncompressed response, to which the script can be added.
pub(super) fn prepare(headers: &mut HeaderMap) {
    for name in [ACCEPT_ENCODING, IF_NONE_MATCH, IF_MODIFIED_SINCE] {
        headers.remove(name);
    }
}

//! The properties of a request that decide how the layer treats it.

use http::header::{ACCEPT, ACCEPT_ENCODING, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};
use http::{HeaderMap, HeaderValue, Method, Version, request};

use super::host_name;

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
    /// What a header says of it.
    pub(super) fn note(&self) -> HeaderValue {
        HeaderValue::from_static(match self {
            LeftAlone::NoPageLoad => "left out: the request has no `Sec-Fetch-Dest: document`",
            LeftAlone::Method => "left out: the request is not a GET",
            LeftAlone::Range => "left out: the request is for a range of the page",
            LeftAlone::NoBody => "left out: the response has no body",
            LeftAlone::HostName(host) => {
                let note = format!("left out: `{host}` is not a loopback host name");
                let unnamed = || {
                    HeaderValue::from_static("left out: the host name is not a loopback host name")
                };
                return HeaderValue::from_str(&note).unwrap_or_else(|_| unnamed());
            }
            LeftAlone::NoHtml => "left out: the response is not HTML",
            LeftAlone::Download => "left out: the response is a download",
            LeftAlone::Compressed => "left out: the response is compressed",
            LeftAlone::Streamed => "left out: the length of the response is unknown",
            LeftAlone::Charset => "left out: the page is not in UTF-8",
            LeftAlone::Policy => "left out: the page's Content-Security-Policy forbids it",
        })
    }
}

/// A request.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) accepts_html: bool,
    pub(super) is_get: bool,
    /// Whether the response may contain source code.
    pub(super) may_show_source: bool,
    /// Where to redirect it, if it is a page load that can be redirected to itself.
    pub(super) again: Option<HeaderValue>,
    /// Whether the connection can be closed by a header.
    pub(super) has_connection_header: bool,
    /// Whether the response may get the script.
    pub(super) may_have_script: Result<(), LeftAlone>,
}

impl Visit {
    pub(super) fn new(request: &request::Parts) -> Self {
        let accepts_html = accepts_html(&request.headers);
        let foreign_host = host_name::foreign(request);
        let may_show_source = foreign_host.is_none() && host_name::has_own_origin(request);
        let is_get = request.method == Method::GET;
        let path = request.uri.path_and_query().map(|it| it.as_str());
        // Browsers take `//name` and `/\name` for the address of another host.
        let again = path.filter(|path| {
            let second = path.as_bytes().get(1);
            is_get && accepts_html && second.is_none_or(|it| !matches!(it, b'/' | b'\\'))
        });
        let is_document = request.headers.get("sec-fetch-dest");
        let is_document = is_document.is_some_and(|it| it == "document");
        let may_have_script = match () {
            () if !is_document => Err(LeftAlone::NoPageLoad),
            () if !is_get => Err(LeftAlone::Method),
            () if request.headers.contains_key(RANGE) => Err(LeftAlone::Range),
            () => foreign_host.map_or(Ok(()), |host| Err(LeftAlone::HostName(host))),
        };
        Visit {
            accepts_html,
            is_get,
            may_show_source,
            again: again.and_then(|path| HeaderValue::from_str(path).ok()),
            has_connection_header: request.version <= Version::HTTP_11,
            may_have_script,
        }
    }

    /// Requests a complete, uncompressed response, to which the script can be added.
    pub(super) fn prepare(&self, headers: &mut HeaderMap) {
        if self.may_have_script.is_ok() {
            for name in [ACCEPT_ENCODING, IF_NONE_MATCH, IF_MODIFIED_SINCE] {
                headers.remove(name);
            }
        }
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let mut ranges = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    ranges.any(|range| {
        let kind = range.split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"text/html")
    })
}

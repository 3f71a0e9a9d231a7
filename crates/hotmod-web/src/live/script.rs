//! The script at the end of a page, which reloads the page and shows problems.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    HeaderName, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue, StatusCode, response};
use http_body::SizeHint;

use super::policy;
use super::visit::LeftAlone;

/// Where the script is, and its text.
pub(super) const PATH: &str = "/.hotmod/script.js";
pub(super) const TEXT: &str = include_str!("script.js");

/// Headers that describe the page without the script.
const OF_THE_BYTES: [HeaderName; 6] = [
    ETAG,
    LAST_MODIFIED,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("repr-digest"),
];

/// The element at the end of a page that the service made.
fn tag(version: u64) -> String {
    format!("<script src=\"{PATH}\" data-version=\"{version}\"></script>\n")
}

/// The element at the end of a page that shows a problem.
pub(super) fn tag_of_problem(version: u64, problem: &str) -> String {
    format!(
        "<script src=\"{PATH}\" data-version=\"{version}\" data-problem=\"{problem}\"></script>\n"
    )
}

/// Whether the script may be added to a response to a page load.
pub(super) fn may_be_added(response: &response::Parts, size: &SizeHint) -> Result<(), LeftAlone> {
    let headers = &response.headers;
    let (kind, parameters) = content_type(headers);
    let charset = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name.trim() == "charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    let disposition = headers.get(CONTENT_DISPOSITION).map(|it| it.as_bytes());
    let is_download = disposition.is_some_and(|it| !it.to_ascii_lowercase().starts_with(b"inline"));
    let encoding = headers.get(CONTENT_ENCODING);
    let has_length = size.exact().is_some() || headers.contains_key(CONTENT_LENGTH);
    match () {
        () if kind != "text/html" => Err(LeftAlone::NoHtml),
        () if response.status == StatusCode::PARTIAL_CONTENT => Err(LeftAlone::Range),
        () if has_no_body(response.status) => Err(LeftAlone::NoBody),
        () if is_download => Err(LeftAlone::Download),
        () if encoding.is_some_and(|it| it != "identity") => Err(LeftAlone::Compressed),
        () if !has_length => Err(LeftAlone::Streamed),
        () if charset.is_some_and(|it| it != "utf-8") => Err(LeftAlone::Charset),
        () if !policy::allows_script(headers) => Err(LeftAlone::Policy),
        () => Ok(()),
    }
}

/// Whether responses with this status never have a body.
fn has_no_body(status: StatusCode) -> bool {
    let ends_early = [
        StatusCode::NO_CONTENT,
        StatusCode::RESET_CONTENT,
        StatusCode::NOT_MODIFIED,
    ];
    status.is_informational() || ends_early.contains(&status)
}

/// The media type and its parameters, in lower case.
fn content_type(headers: &HeaderMap) -> (String, String) {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let value = value.unwrap_or_default().to_ascii_lowercase();
    let (kind, parameters) = value.split_once(';').unwrap_or((&value, ""));
    (kind.trim().to_owned(), parameters.to_owned())
}

/// Whether a response is a page.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
    content_type(headers).0 == "text/html"
}

/// Adjusts the headers of a response to the page with its script, and returns the script.
pub(super) fn add(headers: &mut HeaderMap, version: u64) -> Bytes {
    let tag = Bytes::from(tag(version));
    let length = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let length: Option<u64> = length.and_then(|it| it.parse().ok());
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length + tag.len() as u64));
    }
    // A cached copy would be of an old version.
    for name in OF_THE_BYTES {
        headers.remove(name);
    }
    let caching = cache_control(headers);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    tag
}

/// The caching that the service allows, but not without asking the server each time.
fn cache_control(headers: &HeaderMap) -> &'static str {
    let values = headers.get_all(CACHE_CONTROL).iter();
    let values = values.map(|it| String::from_utf8_lossy(it.as_bytes()).to_ascii_lowercase());
    let values: Vec<String> = values.collect();
    let directives: Vec<&str> = values.iter().flat_map(|it| it.split(',')).collect();
    let has = |name: &str| {
        let mut names = directives.iter().map(|it| it.split('=').next());
        names.any(|it| it.is_some_and(|it| it.trim() == name))
    };
    match () {
        () if has("no-store") => "no-store",
        () if has("private") => "private, no-cache",
        () => "no-cache",
    }
}

//! The page that says why the saved code is not live. It is the response to a page load, or it is
//! shown above the page of the old code.

use std::fmt::Write as _;

use anstyle_svg::Term;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use hotmod::Settled;

use super::locations::Editor;
use super::script;
use super::source::version;

const STYLE: &str = include_str!("problem.css");

const FAILED: &str = "The saved code does not compile";

/// Where the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Above a page of the old code.
    Overlay,
    /// In place of a page that the browser may load again.
    Page,
    /// In place of the response to another request, such as a form's.
    Response,
    /// At another host name, where no source may be shown.
    OtherHost,
}

/// The page about a state, if there is a problem.
pub(super) fn page(settled: &Settled, editor: &Editor, place: Place) -> Option<String> {
    let (title, text) = match settled {
        Settled::Failed { diagnostics } => (FAILED, editor.link(diagnostics)),
        Settled::Refused { reasons } => ("The saved code can't be loaded", reasons.join("\n")),
        _ => return None,
    };
    let script = || script::tag_of_problem(&version(settled));
    Some(match place {
        Place::Overlay => html(title, "The page behind this runs the old code.", &text, ""),
        Place::Page => html(title, "The page loads once it does.", &text, &script()),
        Place::Response => html(
            title,
            "The request was not handled: send it again.",
            &text,
            "",
        ),
        Place::OtherHost => {
            let hint = "The errors are on the session's screen. To see them here, open the page \
                        under a loopback host name, such as localhost.";
            html(title, hint, "", "")
        }
    })
}

/// The headers of both.
pub(super) fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; \
                 connect-src 'self'; frame-ancestors 'self'",
            ),
        ),
    ])
}

fn html(title: &str, hint: &str, text: &str, script: &str) -> String {
    let fragments = Term::new().render_html_fragments(text);
    let (style, body) = (fragments.style(), fragments.body());
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write!(
        page,
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n\
         <style>\n{style}{STYLE}</style>\n\
         <h1>{title}</h1>\n\
         {body}\
         <p>{hint}</p>\n\
         {script}"
    );
    page
}

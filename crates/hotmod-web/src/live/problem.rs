//! The page that says why the saved code does not build. It is the response to a page load, or it is
//! shown above the page of the old code.

use std::fmt::Write as _;

use anstyle_svg::Term;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use hotmod::Settled;

use super::locations::Editor;
use super::script;
use super::source::{problem_name, version};

const STYLE: &str = include_str!("problem.css");

const TITLE: &str = "The build failed";

/// Where the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Above a page of the old code.
    Overlay,
    /// In place of a page that the browser may load again.
    Page,
    /// In place of the response to another request, such as a form's.
    Response,
    /// At another host name, or for a page of another site: no source may be shown.
    Elsewhere,
}

/// The page about a state, if the build failed.
pub(super) fn page(settled: &Settled, editor: &Editor, place: Place) -> Option<String> {
    let Settled::Failed { diagnostics } = settled else {
        return None;
    };
    let text = editor.link(diagnostics);
    let script = || script::tag_of_problem(version(), &problem_name(settled));
    Some(match place {
        Place::Overlay => html("The server still runs the old code.", &text, ""),
        Place::Page => {
            let hint = "This page reloads when the build succeeds.";
            html(hint, &text, &script())
        }
        Place::Response => {
            let hint = "The request was not handled. Send it again once the build succeeds.";
            html(hint, &text, "")
        }
        Place::Elsewhere => {
            let hint = "The terminal of `cargo hotmod run` shows the errors. To see them here, open \
                        the page under a loopback host name, such as localhost.";
            html(hint, "", "")
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
        // A page with this header allows only frames that have it, too.
        (
            HeaderName::from_static("cross-origin-embedder-policy"),
            HeaderValue::from_static("require-corp"),
        ),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; \
                 connect-src 'self'; frame-ancestors 'self'",
            ),
        ),
    ])
}

fn html(hint: &str, text: &str, script: &str) -> String {
    let fragments = Term::new().render_html_fragments(text);
    let (style, body) = (fragments.style(), fragments.body());
    let mut page = String::new();
    // The page may be in a frame of a page whose policy does not let the frame open an editor: links
    // leave the frame. Writing to a string can't fail.
    let _ = write!(
        page,
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <base target=\"_top\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{TITLE}</title>\n\
         <style>\n{style}{STYLE}</style>\n\
         <h1>{TITLE}</h1>\n\
         {body}\
         <p>{hint}</p>\n\
         {script}"
    );
    page
}

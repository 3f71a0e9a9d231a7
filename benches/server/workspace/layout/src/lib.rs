//! The parts that all pages share.

pub mod filler;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    title: &'a str,
    body: &'a str,
}

/// A whole page.
pub fn page(title: &str, body: &impl Template) -> Response {
    match body.render() {
        Ok(body) => Html(whole(title, &body)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn whole(title: &str, body: &str) -> String {
    let title = format!("{title} - {}", model::name());
    Page { title: &title, body }.render().unwrap_or_default()
}

//! Files that are compiled into the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

pub async fn file(Path(name): Path<String>) -> Response {
    match Files::get(&name) {
        Some(file) => ([(header::CONTENT_TYPE, "text/css")], file.data).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

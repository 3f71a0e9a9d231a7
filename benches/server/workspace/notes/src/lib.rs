//! The pages of notes.

pub mod filler;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use model::Note;
use serde::Deserialize;
use store::Store;

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    heading: String,
    notes: Vec<Note>,
}

pub fn router() -> Router<Store> {
    Router::new().route("/", get(list).post(add))
}

async fn list(State(store): State<Store>) -> Response {
    match queries::notes(&store).await {
        Ok(notes) => {
            let heading = format!("{} notes", notes.len());
            layout::page("All", &List { heading, notes })
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct New {
    author: String,
    text: String,
}

async fn add(State(store): State<Store>, Form(new): Form<New>) -> Response {
    match queries::add(&store, &new.author, &new.text).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

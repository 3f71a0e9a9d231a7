//! The pages of users.

pub mod filler;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::User;
use store::Store;

#[derive(Template)]
#[template(path = "users.html")]
struct Users {
    users: Vec<User>,
}

pub fn router() -> Router<Store> {
    Router::new().route("/users", get(list))
}

async fn list(State(store): State<Store>) -> Response {
    match queries::users(&store).await {
        Ok(users) => layout::page("Users", &Users { users }),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

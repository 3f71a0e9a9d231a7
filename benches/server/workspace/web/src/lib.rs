//! The routes of the server.

pub mod filler;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use store::Store;
use tower::ServiceExt;

/// Answers a request by the routes as they are now.
pub async fn answer(store: Store, request: Request) -> Response {
    tracing::debug!("{} {}", request.method(), request.uri());
    let Ok(response) = router().with_state(store).oneshot(request).await;
    response
}

fn router() -> Router<Store> {
    Router::new()
        .merge(notes::router())
        .merge(users::router())
        .route("/static/{name}", get(assets::file))
}

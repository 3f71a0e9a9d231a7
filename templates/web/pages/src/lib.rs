//! The routes and the pages: edit this file while the server is running.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{Html, Response};
use axum::routing::get;
use model::Site;
use tower::ServiceExt;

/// Answers all requests. `#[hotmod::hot]` makes it the entry point: the server always calls its
/// newest version, so everything behind it can change, including routes and layers.
#[hotmod::hot]
pub async fn answer(site: Arc<Site>, request: Request) -> Response {
    // A reload resets this static, so each version of the code builds its own router.
    static ROUTER: OnceLock<Router> = OnceLock::new();
    let router = ROUTER.get_or_init(|| router(site)).clone();
    let Ok(response) = router.oneshot(request).await;
    response
}

fn router(site: Arc<Site>) -> Router {
    Router::new().route("/", get(home)).with_state(site)
}

async fn home(State(site): State<Arc<Site>>) -> Html<String> {
    let visit = site.visit();
    tracing::info!(number = visit.number, "home");
    let title = "Hello from pages";
    let counter = widgets::card(
        "Visits",
        &format!(
            "This is visit {} of process {}.",
            visit.number,
            std::process::id()
        ),
    );
    let version = widgets::card(
        "Version",
        &format!("Generation {} rendered this page.", hotmod::generation()),
    );
    Html(widgets::layout(title, &[counter, version]))
}

//! The host: it owns the connections and the state, and runs for as long as you edit the rest.

mod door;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Html;
use axum::routing::get;
use model::Site;

use crate::door::Door;

#[hotmod::main]
#[tokio::main]
async fn main() -> io::Result<()> {
    let colours = io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).init();
    let door = Door::open()?;
    let router = Router::new()
        .route("/", get(home))
        .with_state(Arc::new(Site::default()))
        .layer(map_response(door::farewell));
    let closed = door::closed()?;
    axum::serve(door, router)
        .with_graceful_shutdown(closed)
        .await
}

async fn home(State(site): State<Arc<Site>>) -> Html<String> {
    Html(pages::home(&site.visit()))
}

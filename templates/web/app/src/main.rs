//! The host: it owns the connections and the state, and keeps running while you edit the other
//! crates.

mod listen;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Html;
use axum::routing::get;
use model::Site;

use crate::listen::Listeners;

#[hotmod::main]
#[tokio::main]
async fn main() -> io::Result<()> {
    let colours = io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).init();
    let listeners = Listeners::open()?;
    let router = Router::new()
        .route("/", get(home))
        .with_state(Arc::new(Site::default()))
        .layer(map_response(listen::close_connection));
    let shutdown = listen::shutdown()?;
    axum::serve(listeners, router)
        .with_graceful_shutdown(shutdown)
        .await
}

async fn home(State(site): State<Arc<Site>>) -> Html<String> {
    Html(pages::home(&site.visit()))
}

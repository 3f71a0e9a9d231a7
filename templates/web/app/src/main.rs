//! The host: it owns the connections and the state, and runs for as long as you edit the rest.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use model::Site;
use tokio::net::TcpListener;

#[hotmod::main]
#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt().init();
    let port = std::env::var("PORT")
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    tracing::info!("listening on http://{}/", listener.local_addr()?);
    let router = Router::new()
        .route("/", get(home))
        .with_state(Arc::new(Site::default()));
    axum::serve(listener, router).await
}

async fn home(State(site): State<Arc<Site>>) -> Html<String> {
    Html(pages::home(&site.visit()))
}

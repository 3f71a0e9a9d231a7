//! The host: it owns the connections and the state, and keeps running while you edit the other
//! crates.

mod listen;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::map_response;
use axum::{Extension, Router, ServiceExt};
use model::Site;
use tower::Layer;

use crate::listen::Listeners;

#[hotmod::main]
#[tokio::main]
async fn main() -> io::Result<()> {
    let colours = io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).init();
    // Each connection has a clone of the service, and so of this.
    let open = Arc::new(());
    let listeners = Listeners::open(Arc::downgrade(&open))?;
    // Under `cargo hotmod run`, the site survives restarts.
    let site = hotmod::carry("site", Site::default);
    let answer = move |request: Request| pages::answer(Arc::clone(&site), request);
    let service = Router::new().fallback(answer);
    // Under `cargo hotmod run`, each request waits for the code that you saved before it.
    let router = Router::new()
        .fallback_service(hotmod_web::wrap(service))
        .layer(map_response(listen::close_connection));
    let shutdown = listen::shutdown(Arc::downgrade(&open))?;
    let service = Extension(open).layer(router);
    axum::serve(listeners, ServiceExt::<Request>::into_make_service(service))
        .with_graceful_shutdown(shutdown)
        .await
}

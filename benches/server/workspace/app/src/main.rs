//! The server: opens the database, listens, and hands each request to the routes.

use axum::Router;
use axum::extract::Request;
use store::Store;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(std::io::stderr).init();
    let store = Store::open().await.expect("a database");
    let port: u16 = std::env::var("PORT").expect("PORT").parse().expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
    let name = store.name();
    let app = Router::new()
        .route("/store", axum::routing::get(move || async move { name }))
        .fallback(move |request: Request| web::answer(store.clone(), request));
    axum::serve(listener, app).await.expect("a server");
}

//! A server with one handler, without the layer and with it. It prints the ports of both.

use std::future::IntoFuture;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

#[hotmod::main]
#[tokio::main]
async fn main() {
    let app = || Router::new().route("/", get(|| async { hot::page() }));
    let without = Router::new().fallback_service(app());
    let with = Router::new().fallback_service(hotmod_web::wrap(app()));
    let [first, second] = [open().await, open().await];
    tokio::spawn(axum::serve(first, without).into_future());
    axum::serve(second, with).await.unwrap();
}

async fn open() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    listener
}

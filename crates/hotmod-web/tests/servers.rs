//! `wrap` in the servers that the documentation names, in both kinds of build.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tonic::Status;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower::Service;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A response over HTTP/2.
async fn response(address: SocketAddr, path: &str) -> (HeaderMap, Bytes) {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (mut sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("http://localhost{path}"));
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    (parts.headers, body.collect().await.unwrap().to_bytes())
}

#[test]
fn axum_and_hyper() {
    let inner = Router::new().route("/", get(|| async { "home" }));
    let router: Router = Router::new().fallback_service(hotmod_web::wrap(inner.clone()));
    block_on(async {
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(router);
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        assert_eq!(response(address, "/").await.1, "home");
    });
    // hyper takes any type of body.
    fn is_service<B>(_: impl Service<Request<Incoming>, Response = Response<B>>) {}
    is_service(hotmod_web::wrap(inner));
}

/// As `tonic-build` generates it.
#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = "hello.Greeter";
}

impl Service<Request<tonic::body::Body>> for Greeter {
    type Response = Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<tonic::body::Body>) -> Self::Future {
        std::future::ready(Ok(Status::already_exists("here").into_http()))
    }
}

#[test]
fn tonic() {
    block_on(async {
        let (listener, address) = listen().await;
        let routes = Routes::new(Greeter);
        let server = Server::builder()
            .serve_with_incoming(hotmod_web::wrap(routes), TcpIncoming::from(listener));
        tokio::spawn(server);
        let (headers, _) = response(address, "/hello.Greeter/Greet").await;
        assert_eq!(headers["grpc-message"], "here");
    });
}

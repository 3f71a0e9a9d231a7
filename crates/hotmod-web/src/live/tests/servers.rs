//! The layer in hyper's server, as clients see it over HTTP/1 and HTTP/2.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{self, Runtime};
use tower::service_fn;

use hotmod::Settled;

use super::{LIVE, layered};

fn runtime() -> Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Serves responses in a session whose saved code has this state, until the process ends.
fn serve<B>(state: Settled, respond: fn(Request<Incoming>) -> Response<B>) -> SocketAddr
where
    B: http_body::Body<Data = Bytes, Error = std::io::Error> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let service = service_fn(move |request| async move { Ok::<_, Infallible>(respond(request)) });
    let service = TowerToHyperService::new(layered(service, state));
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let stream = TokioIo::new(stream);
                    let _ = builder
                        .serve_connection_with_upgrades(stream, service)
                        .await;
                });
            }
        });
    });
    address
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).unwrap();
    stream.set_write_timeout(limit).unwrap();
    stream
}

/// Sends a request over a new connection, and returns all that the server sends.
fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    write!(
        stream,
        "{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    // A server that gives up in the middle of a body resets the connection.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

const PAGE_LOAD: &str = "GET / HTTP/1.1\r\nSec-Fetch-Dest: document\r\nAccept: text/html";

fn failed() -> Settled {
    Settled::Failed {
        diagnostics: "error: mismatched types".to_owned(),
    }
}

/// A page whose length only its body tells, not a header.
fn page(
    _: Request<Incoming>,
) -> Response<impl http_body::Body<Data = Bytes, Error = std::io::Error>> {
    let body = Full::new(Bytes::from("<h1>old</h1>")).map_err(|never| match never {});
    Response::builder()
        .header("content-type", "text/html")
        .body(body)
        .unwrap()
}

#[test]
fn a_body_that_tells_its_length_keeps_it() {
    let address = serve(LIVE, page);
    let answer = exchange(address, "GET / HTTP/1.1");
    assert!(answer.contains("\r\ncontent-length: 12\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n<h1>old</h1>"), "{answer}");
    let answer = exchange(address, PAGE_LOAD);
    assert!(answer.contains("\r\nhotmod-script: added\r\n"), "{answer}");
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = format!("\r\ncontent-length: {}", body.len());
    assert!(headers.contains(&length), "{answer}");
    let answer = exchange(address, "HEAD / HTTP/1.1\r\nSec-Fetch-Dest: document");
    assert!(answer.contains("\r\ncontent-length: 12\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = exchange(address, "GET / HTTP/1.0\r\nSec-Fetch-Dest: document");
    assert!(answer.contains("</script>\n"), "{answer}");
}

/// More than the sockets' buffers hold.
const UPLOAD: usize = 16 << 20;

#[test]
fn a_large_form_that_is_not_handled_gets_the_errors() {
    let address = serve(failed(), page);
    let mut stream = connect(address);
    let headers = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\
         Content-Length: {UPLOAD}\r\n\r\n"
    );
    stream.write_all(headers.as_bytes()).unwrap();
    stream.write_all(&vec![b'x'; UPLOAD]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.contains("mismatched types"), "{answer}");
}

#[test]
fn a_client_that_waits_to_send_its_form_gets_the_errors() {
    let address = serve(failed(), page);
    let mut stream = connect(address);
    let headers = "POST / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\
                   Expect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    stream.write_all(headers.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    stream.write_all(b"a=b").unwrap();
    let mut answer = String::new();
    reader.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 500 "), "{answer}");
}

type Frames = StreamBody<stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, std::io::Error>>>>;

/// As gRPC answers: messages, and a status in the trailers.
fn with_trailers(_: Request<Incoming>) -> Response<Frames> {
    let trailers = HeaderMap::from_iter([(
        http::HeaderName::from_static("grpc-status"),
        HeaderValue::from_static("0"),
    )]);
    let frames = vec![
        Ok(Frame::data(Bytes::from("one"))),
        Ok(Frame::data(Bytes::from("two"))),
        Ok(Frame::trailers(trailers)),
    ];
    Response::builder()
        .header("content-type", "application/grpc")
        .header("trailer", "grpc-status")
        .body(StreamBody::new(stream::iter(frames)))
        .unwrap()
}

#[test]
fn trailers_pass_in_http_1() {
    let answer = exchange(serve(LIVE, with_trailers), "GET / HTTP/1.1\r\nTE: trailers");
    assert!(
        answer.ends_with("3\r\ntwo\r\n0\r\ngrpc-status: 0\r\n\r\n"),
        "{answer}"
    );
}

/// A response over HTTP/2, with its trailers.
fn over_http_2(address: SocketAddr, accept: &str) -> (u16, HeaderMap, Bytes, Option<HeaderMap>) {
    runtime().block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let executor = TokioExecutor::new();
        let handshake = hyper::client::conn::http2::handshake(executor, TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let request = Request::builder()
            .uri("http://localhost/")
            .header("accept", accept)
            .header("sec-fetch-dest", "document")
            .body(Empty::<Bytes>::new())
            .unwrap();
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        let collected = body.collect().await.unwrap();
        let trailers = collected.trailers().cloned();
        (
            parts.status.as_u16(),
            parts.headers,
            collected.to_bytes(),
            trailers,
        )
    })
}

#[test]
fn http_2_gets_pages_errors_and_trailers() {
    let (status, headers, body, _) = over_http_2(serve(LIVE, page), "text/html");
    assert_eq!(
        (status, &headers["hotmod-script"]),
        (200, &HeaderValue::from_static("added"))
    );
    assert_eq!(headers["content-length"], body.len().to_string());

    let (status, ..) = over_http_2(serve(failed(), page), "text/html");
    assert_eq!(status, 500);
    let (status, headers, ..) = over_http_2(serve(Settled::Restarting, page), "text/html");
    assert_eq!(
        (status, &headers["location"]),
        (307, &HeaderValue::from_static("/"))
    );

    // While the saved code does not compile, too.
    for state in [LIVE, failed()] {
        let address = serve(state, with_trailers);
        let (status, _, body, trailers) = over_http_2(address, "application/grpc");
        assert_eq!((status, &*body), (200, &b"onetwo"[..]));
        assert_eq!(trailers.unwrap()["grpc-status"], "0");
    }
}

/// A page of six bytes that fails after three, which were sent.
fn broken(
    _: Request<Incoming>,
) -> Response<impl http_body::Body<Data = Bytes, Error = std::io::Error>> {
    let mut polls = 0;
    let frames = stream::poll_fn(move |context| {
        polls += 1;
        match polls {
            1 => Poll::Ready(Some(Ok(Frame::data(Bytes::from("<p>"))))),
            2 => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(Some(Err(std::io::Error::other("no more")))),
        }
    });
    Response::builder()
        .header("content-type", "text/html")
        .header("content-length", "6")
        .body(StreamBody::new(frames))
        .unwrap()
}

#[test]
fn a_body_that_fails_ends_its_response_without_the_script() {
    let address = serve(LIVE, broken);
    for _ in 0..2 {
        let answer = exchange(address, PAGE_LOAD);
        assert!(answer.contains("hotmod-script: added"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n<p>"), "{answer}");
    }
}

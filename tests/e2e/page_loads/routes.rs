//! Routes that call the reloadable crate several times, with pauses in which a reload can happen.

use std::convert::Infallible;
use std::future::poll_fn;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub fn router() -> Router {
    Router::new()
        .route("/whole", get(whole))
        .route("/slow", get(slow))
        .route("/three", get(three))
        .route("/stream", get(stream_of_versions))
        .route("/upgrade", get(upgrade))
        .route("/panic", get(panic))
        .route("/panicking-body", get(panicking_body))
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// Three calls: two of the handler, and one of the body. It waits for a file in between.
async fn whole() -> impl IntoResponse {
    let first = pages::version();
    std::fs::write("begun", "").unwrap();
    while !Path::new("go").exists() {
        pause().await;
    }
    let text = format!("{first} {} ", pages::version());
    let length = text.len() + first.len();
    let frames = stream::iter([text, String::new()]).map(|text| {
        let text = if text.is_empty() { pages::version() } else { text };
        Ok::<_, Infallible>(text)
    });
    ([("content-length", length.to_string())], Body::from_stream(frames))
}

/// Ends some time after it may, which is longer than the session waits for programs without requests.
async fn slow() -> &'static str {
    std::fs::write("begun", "").unwrap();
    while !Path::new("go").exists() {
        pause().await;
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    "slow"
}

async fn three() -> String {
    let mut versions = Vec::new();
    for _ in 0..3 {
        versions.push(pages::version());
        pause().await;
    }
    versions.join(" ")
}

/// A line for each version that it sees.
async fn stream_of_versions() -> Body {
    Body::from_stream(stream::unfold(String::new(), |last| async move {
        loop {
            let next = hotmod::live!(pages::version)();
            if next != last {
                break Some((Ok::<_, Infallible>(format!("{next}\n")), next));
            }
            pause().await;
        }
    }))
}

/// Upgrades the connection, as WebSockets do. It answers whatever arrives there with the version.
async fn upgrade(mut request: Request) -> Response {
    tokio::spawn(async move {
        answer_all(hyper::upgrade::on(&mut request).await.unwrap()).await;
    });
    let headers = [("connection", "upgrade"), ("upgrade", "lines")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

async fn answer_all(connection: Upgraded) {
    let mut connection = pin!(TokioIo::new(connection));
    loop {
        let mut bytes = [0; 64];
        let mut buffer = ReadBuf::new(&mut bytes);
        let read = poll_fn(|context| connection.as_mut().poll_read(context, &mut buffer)).await;
        if read.is_err() || buffer.filled().is_empty() {
            break;
        }
        let answer = format!("{}\n", pages::version());
        poll_fn(|context| connection.as_mut().poll_write(context, answer.as_bytes())).await.unwrap();
    }
}

async fn panic() {
    pages::version();
    panic!("as asked");
}

async fn panicking_body() -> impl IntoResponse {
    let frames = stream::iter([0, 1]).map(|number| {
        assert!(number == 0, "as asked");
        Ok::<_, Infallible>(pages::version())
    });
    ([("content-length", "18")], Body::from_stream(frames))
}

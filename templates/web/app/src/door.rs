//! Where clients come in. Under `cargo hotmod run --listen` the sockets are the session's, and each
//! program in turn is handed them; else there is one, this program's own.
//!
//! A program that is asked to end first accepts nobody more: whoever comes then waits in a socket
//! for the next program. Those that it did accept get their answers, and are told to come anew.

use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener as Socket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use axum::serve::Listener;
use futures_util::future::select_all;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long clients may yet send requests once the program was asked to end. A connection on which
/// nothing came by then is idle, and is closed.
const GRACE: Duration = Duration::from_millis(100);

/// Read and written `Relaxed`: no other memory is handed over by it.
static IS_CLOSING: AtomicBool = AtomicBool::new(false);

pub struct Door {
    listeners: Vec<TcpListener>,
    closing: Signal,
}

impl Door {
    pub fn open() -> io::Result<Self> {
        let mut handed = ListenFd::from_env();
        let mut listeners = Vec::new();
        for number in 0..handed.len().max(1) {
            let socket = match handed.take_tcp_listener(number)? {
                Some(socket) => socket,
                None => Socket::bind(("127.0.0.1", port()))?,
            };
            tracing::info!("listening on http://{}/", socket.local_addr()?);
            socket.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(socket)?);
        }
        Ok(Door {
            listeners,
            closing: asked_to_end()?,
        })
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let listeners = self.listeners.iter_mut();
        let clients = listeners.map(|it| Box::pin(Listener::accept(it)));
        tokio::select! {
            biased;
            _ = self.closing.recv() => pending().await,
            (client, ..) = select_all(clients) => client,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }
}

/// Waits until the program was asked to end, and clients that are at it have sent their requests.
pub fn closed() -> io::Result<impl Future<Output = ()>> {
    let mut closing = asked_to_end()?;
    Ok(async move {
        closing.recv().await;
        IS_CLOSING.store(true, Ordering::Relaxed);
        tokio::time::sleep(GRACE).await;
    })
}

/// Tells the client of a program that ends that this was the last answer on its connection.
pub async fn farewell(mut answer: Response) -> Response {
    if IS_CLOSING.load(Ordering::Relaxed) {
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(CONNECTION, close);
    }
    answer
}

fn asked_to_end() -> io::Result<Signal> {
    signal(SignalKind::terminate())
}

fn port() -> u16 {
    let port = std::env::var("PORT").ok();
    port.and_then(|port| port.parse().ok()).unwrap_or(3000)
}

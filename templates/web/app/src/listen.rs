//! Listening sockets and graceful shutdown.
//!
//! Under `cargo hotmod run --listen`, the session owns the sockets and passes them to each process
//! of this program. Otherwise, the program opens one of its own.
//!
//! On SIGTERM, the server stops accepting connections. New clients then wait for the next process.
//! Clients that are connected still get their answers, and are asked to close the connection. The
//! server ends when all have done so, or soon after.

use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener as Socket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use axum::serve::Listener;
use futures_util::future::select_all;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{sleep, timeout};

/// How long connected clients may still send requests after SIGTERM. Then the server closes idle
/// connections.
const GRACE: Duration = Duration::from_millis(100);

/// How often to check whether a connection is open.
const INTERVAL: Duration = Duration::from_millis(1);

/// Read and written `Relaxed`: it synchronises no other memory.
static IS_SHUTTING_DOWN: AtomicBool = AtomicBool::new(false);

/// Accepts connections on all sockets until SIGTERM.
pub struct Listeners {
    listeners: Vec<TcpListener>,
    terminate: Signal,
    open: Weak<()>,
    /// Counts the newest connection until the server has made its service, which counts it from then
    /// on. Otherwise, a shutdown at that moment would close it before its request is read.
    newest: Option<Arc<()>>,
}

impl Listeners {
    /// Each connection holds a clone of what `open` points to.
    pub fn open(open: Weak<()>) -> io::Result<Self> {
        let mut inherited = ListenFd::from_env();
        let mut listeners = Vec::new();
        for index in 0..inherited.len().max(1) {
            let socket = match inherited.take_tcp_listener(index)? {
                Some(socket) => socket,
                None => Socket::bind(("127.0.0.1", port()))?,
            };
            tracing::info!("listening on http://{}/", socket.local_addr()?);
            socket.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(socket)?);
        }
        Ok(Listeners {
            listeners,
            terminate: terminate()?,
            open,
            newest: None,
        })
    }
}

impl Listener for Listeners {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        self.newest = None;
        let listeners = self.listeners.iter_mut();
        let clients = listeners.map(|it| Box::pin(Listener::accept(it)));
        let (client, ..) = tokio::select! {
            biased;
            _ = self.terminate.recv() => pending().await,
            client = select_all(clients) => client,
        };
        self.newest = self.open.upgrade();
        client
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }
}

/// Completes after SIGTERM, when no connection is open or connected clients have had time to send
/// their requests. The server and each connection have a clone of what `open` points to.
pub fn shutdown(open: Weak<()>) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = terminate()?;
    Ok(async move {
        terminate.recv().await;
        IS_SHUTTING_DOWN.store(true, Ordering::Relaxed);
        let closed = async {
            while open.strong_count() > 1 {
                sleep(INTERVAL).await;
            }
        };
        // The connections that are still open are idle.
        let _ = timeout(GRACE, closed).await;
    })
}

/// During shutdown, asks the client to open a new connection for its next request.
pub async fn close_connection(mut response: Response) -> Response {
    if IS_SHUTTING_DOWN.load(Ordering::Relaxed) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

fn terminate() -> io::Result<Signal> {
    signal(SignalKind::terminate())
}

fn port() -> u16 {
    let port = std::env::var("PORT").ok();
    port.and_then(|port| port.parse().ok()).unwrap_or(3000)
}

//! Where clients come in. Under `cargo hotmod run --listen` the socket is the session's, and each
//! program in turn is handed it; else it is this program's own.
//!
//! A program that is asked to end first accepts nobody more: whoever comes then waits in the socket
//! for the next program. Those that it did accept get their answers.

use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener as Socket};
use std::time::Duration;

use axum::serve::Listener;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long a client may take to send its request once it was accepted. A connection on which
/// nothing came by then is closed with the idle ones.
const GREETING: Duration = Duration::from_millis(100);

pub struct Door {
    listener: TcpListener,
    closing: Signal,
}

impl Door {
    pub fn open() -> io::Result<Self> {
        let socket = match ListenFd::from_env().take_tcp_listener(0)? {
            Some(socket) => socket,
            None => Socket::bind(("127.0.0.1", port()))?,
        };
        socket.set_nonblocking(true)?;
        Ok(Door {
            listener: TcpListener::from_std(socket)?,
            closing: asked_to_end()?,
        })
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        tokio::select! {
            biased;
            _ = self.closing.recv() => pending().await,
            client = Listener::accept(&mut self.listener) => client,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Waits until the program was asked to end, and those that it accepted have sent their requests.
pub fn closed() -> io::Result<impl Future<Output = ()>> {
    let mut closing = asked_to_end()?;
    Ok(async move {
        closing.recv().await;
        tokio::time::sleep(GREETING).await;
    })
}

fn asked_to_end() -> io::Result<Signal> {
    signal(SignalKind::terminate())
}

fn port() -> u16 {
    let port = std::env::var("PORT").ok();
    port.and_then(|port| port.parse().ok()).unwrap_or(3000)
}

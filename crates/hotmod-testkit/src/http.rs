//! A client that keeps its connection open, as a browser does.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// A port that nobody listens on, below those that the kernel gives to clients: a client that
/// asks again and again could otherwise connect to itself.
pub fn free_port() -> u16 {
    // Tests of one process ask at the same time; each process has ports of its own to begin with.
    const EACH: u32 = 20;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = 20_000 + (std::process::id() * EACH % 10_000) as u16;
    loop {
        let port = begin + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// One connection.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
    /// Whether the server said that it answers nothing more on it.
    pub is_over: bool,
}

impl Client {
    /// Connects to a server that may be about to listen.
    pub fn connect(port: u16) -> Self {
        let begun = Instant::now();
        loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => {
                    let limit = Some(Duration::from_secs(30));
                    stream.set_read_timeout(limit).unwrap();
                    return Client {
                        stream: BufReader::new(stream),
                        is_over: false,
                    };
                }
                Err(error) if begun.elapsed() > Duration::from_secs(30) => panic!("{error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// Loads the start page over this connection.
    pub fn page(&mut self) -> io::Result<String> {
        let stream = self.stream.get_mut();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let bad = |what: &str| io::Error::other(format!("no good answer: {what:?}"));
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if line != "HTTP/1.1 200 OK\r\n" {
            return Err(bad(&line));
        }
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok();
                }
                Some((name, "close")) if name.eq_ignore_ascii_case("connection") => {
                    self.is_over = true;
                }
                Some(_) => {}
                None if line == "\r\n" => break,
                None => return Err(bad(&line)),
            }
        }
        let mut body = vec![0; length.ok_or_else(|| bad("no length"))?];
        self.stream.read_exact(&mut body)?;
        String::from_utf8(body).map_err(io::Error::other)
    }
}

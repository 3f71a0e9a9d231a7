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
        let response = self.get("/", "")?;
        match response.status {
            200 => Ok(response.body),
            _ => Err(io::Error::other(format!("no good answer: {response:?}"))),
        }
    }

    /// Sends a request with further headers, each of which ends with `\r\n`.
    pub fn send(&mut self, path: &str, headers: &str) -> io::Result<()> {
        self.write(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        ))
    }

    /// Sends a text as it is.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(text.as_bytes())
    }

    /// The next line of a response.
    pub fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Sends a request, and reads its response.
    pub fn get(&mut self, path: &str, headers: &str) -> io::Result<Response> {
        self.send(path, headers)?;
        self.response()
    }

    /// Reads a response.
    pub fn response(&mut self) -> io::Result<Response> {
        let line = self.line()?;
        let status = line.strip_prefix("HTTP/1.1 ").and_then(|it| it.get(..3));
        let bad = |what: &str| io::Error::other(format!("no good answer: {what:?}"));
        let status = status.and_then(|it| it.parse().ok());
        let status = status.ok_or_else(|| bad(&line))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None if line.is_empty() => break,
                None => return Err(bad(&line)),
            }
        }
        let mut response = Response {
            status,
            headers,
            body: String::new(),
        };
        self.is_over |= response.header("connection") == "close";
        let length = response.header("content-length").parse();
        let length = length.map_err(|_| bad(&format!("{response:?}")))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        response.body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(response)
    }
}

/// A whole response.
#[derive(Debug)]
pub struct Response {
    /// Its status code.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// Its text.
    pub body: String,
}

impl Response {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let found = headers.find(|it| it.0.eq_ignore_ascii_case(name));
        found.map_or("", |it| &it.1)
    }
}

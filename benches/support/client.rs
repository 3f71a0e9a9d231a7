//! A client that polls a page until it shows the saved code.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How often the page is loaded.
const POLL: Duration = Duration::from_millis(5);
/// When to give up.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Client {
    port: u16,
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Client { port }
    }

    /// Polls until the first page has this text.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_for_page("/", text);
    }

    /// Polls until the answer of this path has this text, in its headers or its body.
    pub(crate) fn wait_for_page(&self, path: &str, text: &str) {
        let begun = Instant::now();
        while !self.page(path).is_some_and(|page| page.contains(text)) {
            assert!(begun.elapsed() < PATIENCE, "`{path}` never shows `{text}`");
            std::thread::sleep(POLL);
        }
    }

    fn page(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut page = String::new();
        stream.read_to_string(&mut page).ok()?;
        Some(page)
    }
}

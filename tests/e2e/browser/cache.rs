//! A proxy that returns the first page for ever, as a service worker may do.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

pub(super) struct Cache {
    pub(super) address: String,
    server: u16,
    page: OnceLock<Vec<u8>>,
    /// How often the page was loaded.
    loads: AtomicU32,
}

impl Cache {
    /// In front of the server at a port.
    pub(super) fn start(server: u16) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let cache = Arc::new(Cache {
            address: format!("http://localhost:{port}/"),
            server,
            page: OnceLock::new(),
            loads: AtomicU32::new(0),
        });
        let shared = Arc::clone(&cache);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // Browsers close connections whenever they like.
                std::thread::spawn(move || shared.serve(client));
            }
        });
        cache
    }

    pub(super) fn loads(&self) -> u32 {
        self.loads.load(Ordering::SeqCst)
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte)?;
            request.push(byte[0]);
        }
        let request = String::from_utf8(request).map_err(io::Error::other)?;
        // One request per connection, so that each passes here.
        let request = request.replacen("Connection: keep-alive", "Connection: close", 1);
        if !request.starts_with("GET / ") {
            let mut server = self.ask(&request)?;
            let mut answers = server.try_clone()?;
            let mut to_client = client.try_clone()?;
            std::thread::spawn(move || {
                let _ = io::copy(&mut answers, &mut to_client);
                to_client.shutdown(Shutdown::Both)
            });
            // Until the client closes the connection.
            let _ = io::copy(&mut client, &mut server);
            return server.shutdown(Shutdown::Both);
        }
        self.loads.fetch_add(1, Ordering::SeqCst);
        let page = self.page.get_or_init(|| {
            let mut page = Vec::new();
            let mut server = self.ask(&request).unwrap();
            server.read_to_end(&mut page).unwrap();
            page
        });
        client.write_all(page)?;
        client.shutdown(Shutdown::Both)
    }

    fn ask(&self, request: &str) -> io::Result<TcpStream> {
        let mut server = TcpStream::connect(("127.0.0.1", self.server))?;
        server.write_all(request.as_bytes())?;
        Ok(server)
    }
}

//! The session's side of the control socket. Only this user can enter the socket's directory.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use super::running::{rendezvous, socket_in};
use super::{Answer, Request};

/// How long a client may take to send its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum length of a request, in bytes.
const MAX_REQUEST: u64 = 4096;

/// A request, and where to send the answer. Dropping it closes the client's connection, which means
/// that the session ended.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) answer: Sender<Answer>,
}

/// Tries to create a socket where sessions create theirs.
pub(crate) fn probe() -> io::Result<()> {
    let directory = rendezvous()?;
    UnixListener::bind(socket_in(directory.path())).map(drop)
}

/// Opens the socket, and forwards requests to the session's loop.
pub(crate) fn serve<T: From<Asked> + Send + 'static>(
    directory: &Path,
    requests: Sender<T>,
) -> io::Result<()> {
    let listener = UnixListener::bind(socket_in(directory))?;
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                let requests = requests.clone();
                std::thread::spawn(move || {
                    // A client that is gone, or that sent an invalid request, gets no answer.
                    let _ = converse(stream, &requests);
                });
            }
        })?;
    Ok(())
}

fn converse<T: From<Asked>>(mut stream: UnixStream, requests: &Sender<T>) -> io::Result<()> {
    stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    let mut line = String::new();
    BufReader::new((&stream).take(MAX_REQUEST)).read_line(&mut line)?;
    let request = serde_json::from_str(&line)?;
    let (answer, answers) = channel();
    // The receiver is gone only when the session is about to end.
    let _ = requests.send(Asked { request, answer }.into());
    if let Ok(answer) = answers.recv() {
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        stream.write_all(&text)?;
    }
    Ok(())
}

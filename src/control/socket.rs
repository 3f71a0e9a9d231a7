//! The session's end of the control socket. It lies in a directory that only this user can enter.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use super::running::{rendezvous, socket_in};
use super::{Answer, Request};

/// How long somebody who connects may take to ask.
const ASKING: Duration = Duration::from_secs(5);
/// No request is longer, in bytes.
const LONGEST: u64 = 4096;

/// A request, and where its answer goes. If it is dropped, the other end learns that the session
/// ended.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) answer: Sender<Answer>,
}

/// Whether a socket can be made where sessions make theirs.
pub(crate) fn probe() -> io::Result<()> {
    let directory = rendezvous()?;
    UnixListener::bind(socket_in(directory.path())).map(drop)
}

/// Opens the socket, and passes on what is asked.
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
                    // Whoever asked what can't be read, or is gone, gets no answer.
                    let _ = converse(stream, &requests);
                });
            }
        })?;
    Ok(())
}

fn converse<T: From<Asked>>(mut stream: UnixStream, requests: &Sender<T>) -> io::Result<()> {
    stream.set_read_timeout(Some(ASKING))?;
    let mut line = String::new();
    BufReader::new((&stream).take(LONGEST)).read_line(&mut line)?;
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

//! The sockets on which a host joins the session and gets offers of generations.
//!
//! Only this user can enter the sockets' directory, and the kernel reports the user of each
//! connection. A connection from another user, or one that does not start with a greeting, is
//! rejected, and the session continues.

use std::fs::{self, Permissions};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use hotmod_protocol::{
    Back, FrameError, MAX_FRAME, Message, Offer, Trace, read_message, write_message,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::geteuid;

use crate::base::library::Library;

use super::{Image, Signal, backtrace};

/// How long a new connection may take to send its greeting.
const GREETING_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the session's two sockets in a directory that only this user can enter, and reports
/// connections and messages.
pub(crate) fn open_channel<T: From<Signal> + Send + 'static>(
    directory: &Path,
    signals: Sender<T>,
) -> io::Result<()> {
    for (path, is_invited) in [(socket(directory), false), (join_socket(directory), true)] {
        let listener = UnixListener::bind(path)?;
        let signals = signals.clone();
        std::thread::Builder::new()
            .name("channel".to_owned())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    let signals = signals.clone();
                    // A connection that sends nothing must not block others.
                    std::thread::spawn(move || serve(stream, is_invited, &signals));
                }
            })?;
    }
    Ok(())
}

/// The path of the socket for hosts that the session starts. A child process of such a host
/// inherits the path, but is not a host, even if it runs the same program.
pub(crate) fn socket(directory: &Path) -> PathBuf {
    directory.join("socket")
}

/// The path of the socket for hosts that other processes start.
pub(crate) fn join_socket(directory: &Path) -> PathBuf {
    directory.join("join")
}

fn serve<T: From<Signal>>(mut stream: UnixStream, is_invited: bool, signals: &Sender<T>) {
    /// A process that calls `exec` joins again with the same process id.
    static CHANNELS: AtomicU64 = AtomicU64::new(0);
    let channel = CHANNELS.fetch_add(1, Ordering::Relaxed);
    match greet(&mut stream) {
        Ok(Greeting::Trace(trace)) => answer_trace(&mut stream, &trace),
        Ok(Greeting::Watch(pid)) => {
            let _ = signals.send(Signal::WantsWatch { pid, stream }.into());
        }
        Ok(Greeting::Hello(pid, writer)) => {
            // The receiver is dropped only when the tool is about to end.
            let _ = signals.send(
                Signal::Joined {
                    connection: Connection {
                        pid,
                        channel,
                        stream: writer,
                    },
                    is_invited,
                }
                .into(),
            );
            loop {
                match read_message(&mut stream) {
                    Ok(Some(message)) => {
                        let _ = signals.send(Signal::Received { channel, message }.into());
                    }
                    // A host that ends or disconnects may leave an offer unanswered.
                    Ok(None) | Err(FrameError::Io(_)) => break,
                    Err(error) => {
                        turn_away(signals, &error.to_string());
                        break;
                    }
                }
            }
            let _ = signals.send(Signal::Left { channel }.into());
        }
        Err(reason) => turn_away(signals, &reason),
    }
}

fn turn_away<T: From<Signal>>(signals: &Sender<T>, reason: &str) {
    let reason = reason.to_owned();
    let _ = signals.send(Signal::TurnedAway { reason }.into());
}

/// Sends the text of a backtrace, split into messages.
fn answer_trace(stream: &mut UnixStream, trace: &Trace) {
    const MOST_BYTES: usize = MAX_FRAME as usize / 2;
    let text = backtrace::render(trace);
    let mut rest = &text[..];
    loop {
        let (part, more) = rest.split_at(rest.floor_char_boundary(MOST_BYTES));
        let part = Message::Rendered {
            text: part.to_owned(),
            is_last: more.is_empty(),
        };
        // A program that no longer waits for the rest has ended, or has printed what it has.
        if write_message(stream, &part).is_err() || more.is_empty() {
            return;
        }
        rest = more;
    }
}

/// Sends a descriptor with the message that announces it.
pub(crate) fn send_watch(stream: &UnixStream, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut frame = Vec::new();
    write_message(&mut frame, &Message::Watching)?;
    let descriptors = [descriptor];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    // So few bytes are sent at once.
    sendmsg(
        stream,
        &[IoSlice::new(&frame)],
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

/// The start of a connection.
enum Greeting {
    Hello(u32, UnixStream),
    Trace(Trace),
    /// From this process.
    Watch(u32),
}

/// Reads the greeting, if the peer is a host of this user.
fn greet(stream: &mut UnixStream) -> Result<Greeting, String> {
    let peer = socket_peercred(&*stream).map_err(|error| error.to_string())?;
    if peer.uid != geteuid() {
        return Err(format!("user {} is not the session's", peer.uid.as_raw()));
    }
    let io = |error: io::Error| error.to_string();
    stream
        .set_read_timeout(Some(GREETING_TIMEOUT))
        .map_err(io)?;
    let greeting = read_message(stream).map_err(|error| error.to_string())?;
    let sender = u32::try_from(peer.pid.as_raw_nonzero().get()).unwrap_or_default();
    let pid = match greeting {
        Some(Message::Hello { pid, .. }) => pid,
        Some(Message::Trace(trace)) => return Ok(Greeting::Trace(trace)),
        Some(Message::Watch) => return Ok(Greeting::Watch(sender)),
        _ => return Err("it does not begin as a host does".to_owned()),
    };
    if pid != sender {
        return Err(format!("process {sender} says that it is {pid}"));
    }
    stream.set_read_timeout(None).map_err(io)?;
    Ok(Greeting::Hello(pid, stream.try_clone().map_err(io)?))
}

/// The result of the check of a library's types.
#[derive(Debug, Default)]
pub(crate) struct Types {
    /// Whether the types of all entry points were compared.
    pub(crate) are_compared: bool,
    /// Kept statics whose types changed.
    pub(crate) changed_statics: Vec<String>,
    /// The digest of the host's redirects, and where the library has their functions.
    pub(crate) redirects: (u64, Vec<i32>),
}

/// The connection to a process that joined.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) pid: u32,
    /// Unique for each connection, even of the same process.
    pub(crate) channel: u64,
    stream: UnixStream,
}

impl Connection {
    /// Sends a message. If the process has ended, its end is reported elsewhere.
    pub(crate) fn send(&mut self, message: &Message) {
        let _ = write_message(&mut self.stream, message);
    }

    /// Has the process make an earlier generation live again.
    pub(crate) fn go_back(&mut self, back: Back) -> io::Result<()> {
        write_message(&mut self.stream, &Message::Back(back))
    }

    /// Whether a message of any length can be sent without waiting for the process to read it. A
    /// process that a debugger has stopped reads nothing.
    pub(crate) fn has_room(&self) -> bool {
        poll_for_room(&self.stream, Some(Timespec::default()))
    }

    /// Reports when a message of any length can be sent.
    pub(crate) fn await_room<T: From<Signal> + Send + 'static>(
        &self,
        signals: Sender<T>,
    ) -> io::Result<()> {
        let (stream, channel) = (self.stream.try_clone()?, self.channel);
        let thread = std::thread::Builder::new().name("channel-room".to_owned());
        thread.spawn(move || {
            while !poll_for_room(&stream, None) {}
            let _ = signals.send(Signal::HasRoom { channel }.into());
        })?;
        Ok(())
    }

    /// Offers a library with this loaded part as a generation.
    pub(crate) fn offer(
        &mut self,
        generation: u32,
        library: &Library,
        image: Image,
        types: Types,
    ) -> io::Result<()> {
        // The host may have changed its user since it started.
        let _ = fs::set_permissions(&library.path, Permissions::from_mode(0o755));
        let path = library
            .path
            .to_str()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "its path is not UTF-8"))?
            .to_owned();
        let offer = Offer {
            generation,
            build: library.build,
            identity: library.identity,
            length: image.length,
            digest: image.digest,
            path,
            has_compared_types: types.are_compared,
            changed_statics: types.changed_statics,
            redirects_digest: types.redirects.0,
            redirects: types.redirects.1,
        };
        write_message(&mut self.stream, &Message::Offer(offer))
    }
}

/// Whether a socket has room for a message of any length within a time, or without a limit.
fn poll_for_room(stream: &UnixStream, limit: Option<Timespec>) -> bool {
    // The kernel says so while no more than a quarter of its buffer is in use, and if the other end is
    // closed.
    let mut room = [PollFd::new(stream, PollFlags::OUT)];
    poll(&mut room, limit.as_ref()).is_ok_and(|ready| ready > 0)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_full_socket_reports_when_the_process_has_read_from_it() {
        let (stream, mut host) = UnixStream::pair().unwrap();
        let mut connection = Connection {
            pid: 1,
            channel: 7,
            stream,
        };
        let text = "x".repeat(MAX_FRAME as usize / 2);
        while connection.has_room() {
            connection.send(&Message::TurnedAway {
                reason: text.clone(),
            });
        }
        let (sender, signals) = std::sync::mpsc::channel::<Signal>();
        connection.await_room(sender).unwrap();
        assert!(signals.try_recv().is_err());
        let reader = std::thread::spawn(move || host.read_to_end(&mut Vec::new()));
        let signal = signals.recv_timeout(Duration::from_secs(20));
        assert!(matches!(signal, Ok(Signal::HasRoom { channel: 7 })));
        drop(connection);
        reader.join().unwrap().unwrap();
    }
}

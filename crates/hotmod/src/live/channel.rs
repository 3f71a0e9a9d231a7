//! The conversation with the tool: one thread that reads offers and answers each.

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use hotmod_protocol::{Message, Offer, SOCKET_VARIABLE, read_message, write_message};

use super::load::{self, Swap};
use super::memory;
use super::refusal::Refusal;

/// Set once the tool was greeted, cleared when it is gone. It guards no other data: `Relaxed`.
static CONNECTED: AtomicBool = AtomicBool::new(false);

pub(crate) fn is_live() -> bool {
    CONNECTED.load(Ordering::Relaxed)
}

/// Connects to the session that the environment names, if any, and serves it from a thread.
///
/// `identity` is what the host was built with.
pub(super) fn join_session(identity: u64) -> io::Result<()> {
    let Some(socket) = std::env::var_os(SOCKET_VARIABLE) else {
        return Ok(());
    };
    let mut stream = UnixStream::connect(socket)?;
    require_same_user(&stream)?;
    write_message(
        &mut stream,
        &Message::Hello {
            pid: std::process::id(),
            identity,
        },
    )?;
    CONNECTED.store(true, Ordering::Relaxed);
    std::thread::Builder::new()
        .name("hotmod".to_owned())
        .spawn(move || {
            // The tool may die, or send what is no message: the host goes on as it is.
            let end = serve(&mut stream, identity);
            CONNECTED.store(false, Ordering::Relaxed);
            if let Err(error) = end {
                super::start::say(&format!("the session's channel is closed: {error}"));
            }
        })?;
    Ok(())
}

fn serve(stream: &mut UnixStream, identity: u64) -> Result<(), hotmod_protocol::FrameError> {
    while let Some(message) = read_message(stream)? {
        let offer = match message {
            Message::Offer(offer) => offer,
            Message::TurnedAway { reason } => {
                super::start::say(&format!("this program can't join its session: {reason}"));
                return Ok(());
            }
            // A tool of this protocol sends nothing else; what it means is not known.
            _ => continue,
        };
        let arrived = Instant::now();
        let outcome = catch_unwind(|| load::make_live(&offer, identity))
            .unwrap_or_else(|_| Err(Refusal::library("loading it panicked".to_owned())));
        let sent = write_message(stream, &answer(&offer, arrived, &outcome));
        // It is live, whether the tool hears of it or not.
        if let Ok(swap) = outcome {
            swap.complete();
        }
        sent?;
    }
    Ok(())
}

fn answer(offer: &Offer, arrived: Instant, outcome: &Result<Swap, Refusal>) -> Message {
    let Offer {
        generation, build, ..
    } = *offer;
    match outcome {
        Ok(_) => {
            let micros = u64::try_from(arrived.elapsed().as_micros()).unwrap_or(u64::MAX);
            let (kept_generations, kept_bytes) = memory::kept();
            Message::Live {
                generation,
                build,
                micros,
                kept_generations,
                kept_bytes,
            }
        }
        Err(Refusal { cause, reason }) => Message::Refused {
            generation,
            build,
            cause: *cause,
            reason: reason.clone(),
        },
    }
}

/// Refuses a socket that another user serves: it would tell this process what code to load.
fn require_same_user(stream: &UnixStream) -> io::Result<()> {
    let mut peer = libc::ucred {
        pid: 0,
        uid: 0,
        gid: 0,
    };
    let mut length = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the pointers are to a `ucred` and to its length, as `SO_PEERCRED` asks for.
    let status = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut length,
        )
    };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it has no preconditions.
    if peer.uid != unsafe { libc::geteuid() } {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("the session belongs to user {}", peer.uid),
        ));
    }
    Ok(())
}

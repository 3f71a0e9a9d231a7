//! The conversation with the tool.
//!
//! The thread that reads messages and replies to offers has a descriptor table of its own
//! ([`Socket::isolate`]) and runs no code of the user's. The threads that send messages share that
//! table. The threads that load generations, call wakers and save carried values share the program's
//! table: setups and constructors may open files for the rest of the program, and an executor's
//! wakers write to its descriptors.

#![expect(
    unsafe_code,
    reason = "only this thread knows that an offer was verified"
)]

use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hotmod_protocol::{
    Back, BuildId, CARRIED_FILE, Carry, FOLLOWS_VARIABLE, FrameError, Message, Offer, Outcome,
    SOCKET_VARIABLE, read_message, write_message,
};

use super::carried;
use super::generation::Generation;
use super::globals::FRAMES;
use super::host;
use super::image::Directory;
use super::load;
use super::memory;
use super::outbox;
use super::panics;
use super::peer::require_same_user;
use super::questions::{self, Next, QUESTIONS};
use super::refusal::Refusal;
use super::reporter;
use super::settled;
use super::socket::Socket;
use super::stderr::say;
use super::stopping::{self, Request};

/// How long `main` waits to be told whether this process is the session's host.
const GREETING_TIMEOUT: Duration = Duration::from_secs(1);

/// Connects to the session that the environment names, if any, and serves it from a thread.
///
/// `identity` is what the host was built with.
pub(super) fn join_session(identity: u64) -> io::Result<()> {
    let Some(path) = std::env::var_os(SOCKET_VARIABLE) else {
        return Ok(());
    };
    // Otherwise the program would wait for a tool that does not answer.
    join(&path, identity).inspect_err(|_| leave())
}

/// The session is over for this process.
fn leave() {
    host::disconnected();
    QUESTIONS.close();
}

fn join(path: &OsStr, identity: u64) -> io::Result<()> {
    let stream = UnixStream::connect(path)?;
    require_same_user(&stream)?;
    let mut socket = Socket::new(stream)?;
    let pid = std::process::id();
    write_message(&mut socket, &Message::Hello { pid, identity })?;
    host::joins();
    carried::open(Path::new(path).with_file_name(CARRIED_FILE));
    let mut is_host = false;
    let mut is_held = false;
    // A tool that is busy answers later. While another process runs `main`, there is no limit: the tool's end
    // closes the channel.
    let limit = (!follows()).then_some(GREETING_TIMEOUT);
    if socket.is_readable_within(limit)? {
        match read_message(&mut socket).map_err(io::Error::other)? {
            Some(Message::Welcome) => is_host = true,
            Some(Message::Hold { runs }) => {
                host::hold();
                is_held = !runs;
            }
            Some(Message::TurnedAway { reason }) => return Err(io::Error::other(reason)),
            // The host started this process, and keeps the session.
            _ => {
                leave();
                return Ok(());
            }
        }
    }
    serve_from_threads(socket, identity, is_host)?;
    if is_held {
        // The threads are there by now, so that `main` goes on at once when the other process has ended.
        host::is_live_after_joining();
    }
    Ok(())
}

/// Whether the tool started this very process while another one was the host.
fn follows() -> bool {
    let tool = std::env::var(FOLLOWS_VARIABLE);
    tool.is_ok_and(|tool| tool == std::os::unix::process::parent_id().to_string())
}

fn serve_from_threads(socket: Socket, identity: u64, is_host: bool) -> io::Result<()> {
    let (work, to_do) = channel();
    let (answers, answered) = channel();
    let (told, is_isolated) = channel();
    let mut own = socket.in_other_table();
    questions::wake_from_thread()?;
    stopping::start()?;
    std::thread::Builder::new()
        .name("hotmod".to_owned())
        .spawn(move || work_through(&to_do, &answers, identity))?;
    std::thread::Builder::new()
        .name("hotmod-channel".to_owned())
        .spawn(move || {
            // SAFETY: this thread has just begun and has opened nothing. Of the descriptors so far, it uses
            // only that of `own`.
            let isolated = unsafe { own.isolate() };
            host::this_thread_talks();
            // Not before there is a thread that can say when it is over.
            if is_host {
                welcome();
            }
            // Before `main` goes on, which may become another user.
            let directory = Directory::open();
            let asks = ask_from_thread(own.in_other_table());
            report_from_thread(own.in_other_table());
            // If there can be no thread, the tool does not learn what is carried.
            let _ = send_from_thread(own.in_other_table());
            let _ = told.send(isolated);
            let end = asks
                .map_err(FrameError::Io)
                .and_then(|()| serve(&mut own, &directory, &work, &answered));
            leave();
            reporter::end();
            // This thread's stderr is empty. The tool sees the end when the words are out.
            if let Err(error) = end {
                let _ = work.send(Work::Say(format!(
                    "the session's channel is closed: {error}"
                )));
                drop(work);
                let _ = answered.recv_timeout(GREETING_TIMEOUT);
            }
        })?;
    if is_isolated.recv() == Ok(false) {
        // Both are the same descriptor, and the thread's is the one in use.
        std::mem::forget(socket);
    }
    panics::install();
    Ok(())
}

/// This process is the session's host from now on.
fn welcome() {
    carried::begin();
    host::connected();
}

/// Sends questions from a thread that has the calling thread's descriptor table.
fn ask_from_thread(mut socket: Socket) -> io::Result<()> {
    std::thread::Builder::new()
        .name("hotmod-questions".to_owned())
        .spawn(move || {
            while let Next::Send { question } = QUESTIONS.next() {
                // A tool that is gone ends the other thread, which ends this one.
                let _ = send(&mut socket, &Message::Ask { question });
            }
            // The other thread closes it.
            std::mem::forget(socket);
        })?;
    Ok(())
}

/// Reports calls from a thread that has the calling thread's descriptor table. If there can be no
/// thread, the tool says nothing of calls.
fn report_from_thread(socket: Socket) {
    // The other thread closes it.
    let mut socket = std::mem::ManuallyDrop::new(socket);
    let _ = reporter::start(move |message| send(&mut socket, message));
}

/// Sends messages of all other threads from a thread that has the calling thread's descriptor table.
fn send_from_thread(socket: Socket) -> io::Result<()> {
    // The other thread closes it.
    let mut socket = std::mem::ManuallyDrop::new(socket);
    outbox::start(move |message| send(&mut socket, message))
}

/// Writes a message. Several threads write to the socket.
fn send(socket: &mut Socket, message: &Message) -> io::Result<()> {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    write_message(socket, message)
}

/// What the thread that runs the user's code is asked to do.
enum Work {
    Load {
        offer: Offer,
        library: PathBuf,
        arrived: Instant,
    },
    GoBack {
        back: Back,
        arrived: Instant,
    },
    Say(String),
}

/// Reads offers and answers each, until the tool is gone or sends what is no message: the host goes
/// on as it is.
fn serve(
    socket: &mut Socket,
    directory: &Directory,
    work: &Sender<Work>,
    answered: &Receiver<Message>,
) -> Result<(), FrameError> {
    // When tasks were told that the program is restarted.
    let mut told = None;
    while let Some(message) = read_message(socket)? {
        let arrived = Instant::now();
        let task = match message {
            Message::Offer(offer) => match directory.verify(&offer) {
                Ok(library) => Work::Load {
                    offer,
                    library,
                    arrived,
                },
                Err(refusal) => {
                    send(socket, &refused((offer.generation, offer.build), refusal))?;
                    continue;
                }
            },
            Message::Back(back) => Work::GoBack { back, arrived },
            Message::TakeBack { .. } => {
                FRAMES.take_back();
                continue;
            }
            Message::Outcome(outcome) => {
                let is_restarting = outcome == Outcome::Restarting;
                let is_heard = QUESTIONS.outcome(outcome);
                told = (is_restarting && is_heard).then(Instant::now);
                continue;
            }
            Message::Carry(Carry::Stop { signal }) => {
                stopping::request(Request::Stop { signal, told });
                continue;
            }
            Message::Carry(Carry::Save) => {
                stopping::request(Request::Save);
                continue;
            }
            Message::Settled { question } => {
                QUESTIONS.answered(question);
                continue;
            }
            // The tool was busy when this process joined, or another host was running.
            Message::Welcome => {
                welcome();
                continue;
            }
            Message::Hold { .. } => {
                host::hold();
                continue;
            }
            Message::NotHost => return Ok(()),
            Message::TurnedAway { reason } => {
                let words = format!("this program can't join its session: {reason}");
                let _ = work.send(Work::Say(words));
                return Ok(());
            }
            // A tool of this protocol sends nothing else; what it means is not known.
            _ => continue,
        };
        let _ = work.send(task);
        match answered.recv() {
            Ok(answer) => send(socket, &answer)?,
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Runs on the thread that may run the user's code.
fn work_through(to_do: &Receiver<Work>, answers: &Sender<Message>, identity: u64) {
    settled::this_thread_loads();
    for work in to_do {
        // Whether the tool was told that the generation waits for a frame.
        let mut waited = false;
        let mut waits = |generation| {
            if !std::mem::replace(&mut waited, true) {
                let _ = answers.send(Message::Waits { generation });
            }
        };
        let (asked, arrived, outcome) = match work {
            Work::Load {
                offer,
                library,
                arrived,
            } => {
                // SAFETY: the session's tool sent the offer, and `serve` verified the file.
                let load = || unsafe {
                    let mut waits = || waits(offer.generation);
                    load::make_live(&offer, &library, identity, &mut waits)
                };
                let outcome = catch_unwind(AssertUnwindSafe(load));
                ((offer.generation, offer.build), arrived, outcome)
            }
            Work::GoBack { back, arrived } => {
                // SAFETY: the session's tool sent the message.
                let load = || unsafe {
                    let mut waits = || waits(back.generation);
                    load::make_live_again(&back, &mut waits)
                };
                let outcome = catch_unwind(AssertUnwindSafe(load));
                ((back.generation, back.build), arrived, outcome)
            }
            Work::Say(words) => {
                say(&words);
                continue;
            }
        };
        let answer = |message| match waited {
            // The thread that waits for an answer to an offer has one.
            true => outbox::post(message),
            false => drop(answers.send(message)),
        };
        let panicked = |_| Err(Refusal::library("loading it panicked".to_owned()));
        match outcome.unwrap_or_else(panicked) {
            Ok(swap) => {
                // It is live, whether the tool hears of it or not.
                answer(live(swap.generation, arrived));
                reporter::wake();
                swap.complete();
                // If the program crashes, the next process gets these values. A lock of the program's may delay
                // this, so another thread does it.
                stopping::request(Request::SaveIfUp);
            }
            Err(refusal) => answer(refused(asked, refusal)),
        }
    }
}

fn live(generation: &Generation, arrived: Instant) -> Message {
    let (kept_generations, kept_bytes) = memory::kept(generation.origin);
    Message::Live {
        generation: generation.number,
        build: BuildId(generation.origin.build),
        micros: u64::try_from(arrived.elapsed().as_micros()).unwrap_or(u64::MAX),
        kept_generations,
        kept_bytes,
    }
}

fn refused((generation, build): (u32, BuildId), refusal: Refusal) -> Message {
    Message::Refused {
        generation,
        build,
        cause: refusal.cause,
        reason: refusal.reason,
    }
}

//! Sends messages to the tool from any thread. Only some of the runtime's threads have the socket in
//! their descriptor table.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use hotmod_protocol::{Carry, Message};

use super::host::{is_joining, is_live};

/// How long to wait for the tool to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

type Letter = (Message, SyncSender<()>);

static OUTBOX: OnceLock<Sender<Letter>> = OnceLock::new();

/// Starts the thread, with a function that sends a message. It has the calling thread's descriptors.
pub(super) fn start(
    mut send: impl FnMut(&Message) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let (outbox, letters) = channel::<Letter>();
    let thread = thread::Builder::new().name("hotmod-outbox".to_owned());
    thread.spawn(move || {
        for (message, sent) in letters {
            // The thread that reads from the tool handles the end of the session.
            let _ = send(&message);
            let _ = sent.send(());
        }
    })?;
    let _ = OUTBOX.set(outbox);
    Ok(())
}

/// Sends a message, and returns when it is on its way: the process may end then.
pub(super) fn send(message: Carry) {
    post(Message::Carry(message));
}

/// The same of any message.
pub(super) fn post(message: Message) {
    // In a forked process, there is no thread.
    let Some(outbox) = OUTBOX.get().filter(|_| is_live() || is_joining()) else {
        return;
    };
    let (sent, is_sent) = sync_channel(1);
    if outbox.send((message, sent)).is_ok() {
        let _ = is_sent.recv_timeout(SEND_TIMEOUT);
    }
}

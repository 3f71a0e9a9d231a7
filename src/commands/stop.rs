//! `cargo hotmod stop`: ends the running session, and its program with it.

use rustix::process::Signal;

use crate::base::process_end::ProcessEnd;
use crate::control::{Chosen, Running};
use crate::error::Error;
use crate::report::Screen;

/// Ends a session as Ctrl-C does, and waits until it has ended.
pub(crate) fn stop(chosen: &Chosen, screen: &mut Screen) -> Result<u8, Error> {
    let running = Running::find(chosen)?;
    let pid = running.record.pid;
    let session = ProcessEnd::of(pid).ok_or(Error::SessionEnded)?;
    // It still holds its lock, so its id was not given to another process before.
    Running::of_process(pid).ok_or(Error::SessionEnded)?;
    session
        .signal(Signal::TERM)
        .map_err(|_| Error::SessionEnded)?;
    session.wait();
    screen.say(
        "Stopped",
        &format!("`{}` · pid {pid}", running.record.target),
    );
    Ok(0)
}

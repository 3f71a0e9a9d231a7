//! Restores the terminal's mode after each host, at the end of the session, when the tool panics,
//! and while the session is suspended.
//!
//! A host that draws on the whole terminal changes how the terminal reads keys. It also sends
//! escape codes that switch to the alternate screen, hide the cursor, and enable the mouse. A host
//! that is killed undoes neither. The mode can be read and restored. The effect of the escape codes
//! can't be read, so they are undone if the mode was changed.
//!
//! While the session is in the background, the shell owns the terminal, and nothing is changed.

use std::fs::File;
use std::io::{self, IsTerminal, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::base::process_ids;

/// Undoes what a host may have left: the alternate screen (leaving it restores a saved cursor
/// position, so the position is saved first), a hidden cursor, mouse and focus reports, bracketed
/// paste, colours.
const RESET: &str = "\x1b7\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\
                     \x1b[?1006l\x1b[?2004l\x1b[0m";

/// The session's terminal. Dropping it restores the original mode.
#[derive(Debug)]
pub(crate) struct Terminal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: File,
    modes: Mutex<Modes>,
}

#[derive(Debug)]
struct Modes {
    /// The original mode; `None` until the session is in the foreground.
    found: Option<Termios>,
    /// How the tool's own mode differs from it, if it does.
    change: Option<fn(&mut Termios)>,
}

impl Modes {
    /// The mode while the tool uses the terminal.
    fn own(&self) -> Option<Termios> {
        let mut own = self.found.clone()?;
        if let Some(change) = self.change {
            change(&mut own);
        }
        Some(own)
    }
}

impl Terminal {
    /// The terminal that the tool was started in, if any.
    pub(crate) fn find() -> Option<Self> {
        let streams = (io::stderr(), io::stdout(), io::stdin());
        let candidates = [
            (streams.0.is_terminal(), streams.0.as_fd()),
            (streams.1.is_terminal(), streams.1.as_fd()),
            (streams.2.is_terminal(), streams.2.as_fd()),
        ];
        let (_, terminal) = candidates.iter().find(|(is_terminal, _)| *is_terminal)?;
        Self::of(*terminal).ok()
    }

    fn of(terminal: BorrowedFd<'_>) -> io::Result<Self> {
        let terminal = Terminal(Arc::new(Inner {
            file: File::from(terminal.try_clone_to_owned()?),
            modes: Mutex::new(Modes {
                found: None,
                change: None,
            }),
        }));
        terminal.0.look();
        Ok(terminal)
    }

    /// Changes the mode while the tool uses the terminal. [`restore`](Self::restore) returns to
    /// this mode. The original mode returns at the end, and while the session is suspended.
    pub(crate) fn set_own(&self, change: fn(&mut Termios)) -> io::Result<()> {
        self.0.modes().change = Some(change);
        self.0.take()
    }

    /// After a host: restores the tool's mode. If the host left another mode, also undoes the
    /// escape codes that it may have sent.
    pub(crate) fn restore(&self) {
        // A session that was started in the background may be in the foreground now.
        self.0.look();
        let modes = self.0.modes();
        self.0.bring_back(modes.own().as_ref());
    }

    /// Waits for a key, for this long at most. The key is not passed on, unless it sends a signal. In the
    /// background, it does not wait.
    pub(crate) fn await_key(&self, at_most: Duration) {
        let file = &self.0.file;
        let Some(mode) = tcgetattr(file).ok().filter(|_| self.0.is_ours()) else {
            return;
        };
        let mut keys = mode.clone();
        keys.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        if tcsetattr(file, OptionalActions::Now, &keys).is_err() {
            return;
        }
        let seconds = Timespec::try_from(at_most).ok();
        // A signal ends this, too.
        let pressed = poll(&mut [PollFd::new(file, PollFlags::IN)], seconds.as_ref());
        if pressed.is_ok_and(|count| count > 0) {
            let _ = tcflush(file, QueueSelector::IFlush);
        }
        let _ = tcsetattr(file, OptionalActions::Now, &mode);
    }

    /// From now on, Ctrl-Z restores the terminal before the session stops, and `fg` takes it again.
    pub(crate) fn follow_stops(&self) -> io::Result<()> {
        let mut caught = Signals::new([SIGTSTP, SIGCONT])?;
        let inner = Arc::downgrade(&self.0);
        let follow = move || {
            for signal in caught.forever() {
                let inner = inner.upgrade();
                if signal == SIGCONT {
                    // If the terminal was closed, the session ends by SIGHUP.
                    let _ = inner.map(|inner| inner.take());
                } else if process_ids::session() != process_ids::group() {
                    // A shell with job control started it, and can continue it. The kernel would
                    // not stop an orphaned process group. The guard is held until the session
                    // continues, so that no other thread takes the terminal before.
                    let modes = inner.as_ref().map(|inner| inner.modes());
                    if let (Some(inner), Some(modes)) = (&inner, &modes) {
                        inner.bring_back(modes.found.as_ref());
                    }
                    // This fails only for an unknown signal.
                    let _ = emulate_default_handler(SIGTSTP);
                }
            }
        };
        let thread = std::thread::Builder::new().name("stops".to_owned());
        thread.spawn(follow).map(drop)
    }

    /// Restores the terminal before a panic of this thread is reported, so that the report is
    /// readable.
    pub(crate) fn give_back_on_panic(&self) {
        let inner = Arc::downgrade(&self.0);
        let thread = std::thread::current().id();
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == thread
                && let Some(inner) = inner.upgrade()
            {
                inner.give_back();
            }
            report(panic);
        }));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl Inner {
    fn modes(&self) -> MutexGuard<'_, Modes> {
        // Each change writes one field, so a panic leaves no partial change.
        self.modes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        let mut modes = self.modes();
        if modes.found.is_none() && self.is_ours() {
            modes.found = tcgetattr(&self.file).ok();
        }
    }

    /// Whether this is the foreground process group, or the terminal has none.
    fn is_ours(&self) -> bool {
        tcgetpgrp(&self.file).map_or(true, |group| {
            Some(group.as_raw_pid()) == process_ids::group()
        })
    }

    /// Sets the tool's own mode, if it has one and the session is in the foreground.
    fn take(&self) -> io::Result<()> {
        self.look();
        let modes = self.modes();
        match modes.own() {
            Some(own) if modes.change.is_some() && self.is_ours() => {
                Ok(tcsetattr(&self.file, OptionalActions::Now, &own)?)
            }
            _ => Ok(()),
        }
    }

    fn give_back(&self) {
        let found = self.modes().found.clone();
        self.bring_back(found.as_ref());
    }

    fn bring_back(&self, mode: Option<&Termios>) {
        let (Some(mode), Ok(now)) = (mode, tcgetattr(&self.file)) else {
            // The terminal is closed, or the session was never in the foreground.
            return;
        };
        if !self.is_ours() || is_same(mode, &now) {
            return;
        }
        // If this fails, there is no terminal to report it on.
        let _ = tcsetattr(&self.file, OptionalActions::Now, mode);
        let _ = (&self.file).write_all(RESET.as_bytes());
    }
}

fn is_same(one: &Termios, other: &Termios) -> bool {
    let modes = |it: &Termios| {
        (
            it.input_modes,
            it.output_modes,
            it.control_modes,
            it.local_modes,
        )
    };
    modes(one) == modes(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    /// Both ends of a terminal.
    fn terminal() -> (File, File) {
        let front = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&front).unwrap();
        unlockpt(&front).unwrap();
        let name = ptsname(&front, Vec::new()).unwrap();
        let back = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        (File::from(front), back)
    }

    /// What a host does that draws on the whole terminal.
    fn make_raw(back: &File) {
        let mut mode = tcgetattr(back).unwrap();
        mode.make_raw();
        tcsetattr(back, OptionalActions::Now, &mode).unwrap();
    }

    fn is_at(back: &File, mode: &Termios) -> bool {
        is_same(&tcgetattr(back).unwrap(), mode)
    }

    #[test]
    fn what_a_host_left_is_taken_back() {
        let (mut front, back) = terminal();
        let found = tcgetattr(&back).unwrap();
        let session = Terminal::of(back.as_fd()).unwrap();
        make_raw(&back);
        assert!(!is_at(&back, &found));
        session.restore();
        assert!(is_at(&back, &found));
        let mut written = vec![0; RESET.len()];
        front.read_exact(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), RESET);

        // A host that left nothing is followed by nothing.
        session.restore();
        (&back).write_all(b"x").unwrap();
        let mut next = [0];
        front.read_exact(&mut next).unwrap();
        assert_eq!(&next, b"x");
    }

    #[test]
    fn the_tools_own_mode_comes_back_after_hosts_and_goes_in_the_end() {
        let (_front, back) = terminal();
        let found = tcgetattr(&back).unwrap();
        let session = Terminal::of(back.as_fd()).unwrap();
        session
            .set_own(|mode| mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO)
            .unwrap();
        let own = tcgetattr(&back).unwrap();
        assert!(!is_same(&own, &found));
        make_raw(&back);
        session.restore();
        assert!(is_at(&back, &own));
        drop(session);
        assert!(is_at(&back, &found));
    }

    #[test]
    fn a_panic_gives_it_back_before_it_is_reported() {
        let (_front, back) = terminal();
        let found = tcgetattr(&back).unwrap();
        let session = Terminal::of(back.as_fd()).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (watched, at_report) = (back.try_clone().unwrap(), Arc::clone(&seen));
        let thread = std::thread::current().id();
        let others = std::panic::take_hook();
        // Tests of other threads may panic meanwhile.
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == thread {
                at_report.lock().unwrap().push(tcgetattr(&watched).unwrap());
            } else {
                others(panic);
            }
        }));
        session.give_back_on_panic();
        make_raw(&back);
        let end = catch_unwind(AssertUnwindSafe(|| panic!("as a defect would")));
        assert!(end.is_err());
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        assert!(is_same(&seen[0], &found), "the report is read in raw mode");
        assert!(is_at(&back, &found));
    }

    #[test]
    fn a_terminal_that_is_closed_is_left_alone() {
        let (front, back) = terminal();
        let session = Terminal::of(back.as_fd()).unwrap();
        drop(front);
        session.restore();
    }
}

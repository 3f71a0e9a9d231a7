//! The process between the session and a runner.
//!
//! With `target.*.runner`, the program may be a child of the process that the session starts, and
//! would keep running when that process ends. So the session starts this binary as a supervisor. It
//! starts the runner, adopts orphaned processes (as a subreaper), and stops all of them on SIGTERM
//! or when the session ends. The second SIGTERM kills them.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};

use procfs::process::{Process, all_processes};
use rustix::process::{
    Pid, PidfdFlags, Signal as Unix, WaitOptions, getpid, getppid, kill_process, pidfd_open,
    pidfd_send_signal, set_child_subreaper, set_parent_process_death_signal, waitpid,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::base::process_ids;
use crate::host::{Stop, descends_from};

/// Runs the command, and ends with its exit code or signal.
///
/// # Errors
/// Fails if the command can't be started.
pub(crate) fn supervise(command: &mut Command, stop: Stop) -> io::Result<u8> {
    let session = getppid();
    let mut signals = Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    set_child_subreaper(Some(getpid()))?;
    set_parent_process_death_signal(Some(Unix::TERM))?;
    let child = command.spawn()?;
    let mut ended = None;
    let mut is_ending = false;
    for signal in signals.forever() {
        match signal {
            SIGTERM if is_ending => send(child.id(), Unix::KILL),
            SIGTERM => {
                is_ending = true;
                end_all(&child, session, stop);
            }
            SIGCHLD => ended = reap(&child).or(ended),
            // The terminal sends these signals to the program too, which decides what to do.
            _ => {}
        }
        let Some(status) = ended else { continue };
        if !is_ending {
            is_ending = true;
            end_all(&child, session, stop);
        }
        if descendants(child.id()).is_empty() {
            return Ok(end_as(status));
        }
    }
    Ok(1)
}

/// Reaps ended processes. Returns the status of the child if it is among them.
fn reap(child: &Child) -> Option<ExitStatus> {
    let mut ended = None;
    while let Ok(Some((pid, status))) = waitpid(None, WaitOptions::NOHANG) {
        if pid == Pid::from_child(child) {
            ended = Some(ExitStatus::from_raw(status.as_raw()));
        }
    }
    ended
}

/// Stops all processes that the runner started. A process in another session, such as a daemon, is not
/// part of the program.
///
/// The session has them killed if they don't end. It may wait longer than usual while the program saves
/// its values. If there is no session any more, they are killed after the usual time.
fn end_all(child: &Child, session: Option<Pid>, stop: Stop) {
    send(child.id(), stop.signal.signal());
    let child = child.id();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(stop.timeout);
            if getppid() != session {
                return send(child, Unix::KILL);
            }
        }
    });
}

fn send(child: u32, signal: Unix) {
    for pid in descendants(child) {
        // The process may end at any moment, and its id may be reused. So open the descriptor
        // first, and then check which process it refers to.
        let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else {
            continue;
        };
        if is_descendant(pid, child) {
            let _ = pidfd_send_signal(pidfd, signal);
        }
    }
}

/// The runner and its descendants in the same session, including ended processes that are not
/// reaped yet.
fn descendants(child: u32) -> Vec<Pid> {
    let all = all_processes().into_iter().flatten().flatten();
    all.filter_map(|process| Pid::from_raw(process.pid))
        .filter(|pid| is_descendant(*pid, child))
        .collect()
}

/// Whether a process is the runner or one of its descendants in the same session.
fn is_descendant(pid: Pid, child: u32) -> bool {
    let number = pid.as_raw_pid().cast_unsigned();
    let stat = Process::new(pid.as_raw_pid()).and_then(|it| it.stat());
    stat.is_ok_and(|it| number == child || Some(it.session) == process_ids::session())
        && descends_from(number, std::process::id())
}

/// Ends this process with the signal of another one, or returns its exit code.
fn end_as(status: ExitStatus) -> u8 {
    match status.signal() {
        Some(SIGKILL) => {
            let _ = kill_process(getpid(), Unix::KILL);
        }
        Some(signal) => {
            let _ = emulate_default_handler(signal);
        }
        None => {}
    }
    status
        .code()
        .and_then(|it| u8::try_from(it).ok())
        .unwrap_or(1)
}

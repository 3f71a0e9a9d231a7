//! `cargo hotmod run --detach`: starts a session in the background.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::ask::{MessageFormat, Question, ask_of};
use crate::base::process_end::ProcessEnd;
use crate::control::{Chosen, Request, Running};
use crate::error::Error;
use crate::report::Screen;

/// Starts this command again without its terminal. Returns when its program runs, or can't be built, with
/// the exit code of `wait`; or when the session could not start, with its own.
pub(crate) fn detach(screen: &mut Screen) -> Result<u8, Error> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("ready");
    let listener = UnixListener::bind(&socket)?;
    let mut child = Command::new(env::current_exe()?)
        .args(attached(env::args_os().skip(1), socket.as_os_str()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    // Until the session prints to its file.
    let mut errors = child.stderr.take().expect("a pipe was asked for");
    let shown = thread::spawn(move || io::copy(&mut errors, &mut io::stderr()));
    if !begins(&child, &listener)? {
        let status = child.wait()?;
        let _ = shown.join();
        return Ok(status
            .code()
            .and_then(|it| u8::try_from(it).ok())
            .unwrap_or(Error::FAILED));
    }
    let running = Running::of_process(child.id()).ok_or(Error::SessionEnded)?;
    let record = &running.record;
    let output = record
        .output
        .strip_prefix(env::current_dir()?)
        .unwrap_or(&record.output);
    let text = format!(
        "`{}` · pid {} · output: {}",
        record.target,
        record.pid,
        output.display()
    );
    screen.say("Detached", &text);
    screen.building();
    let question = Question {
        chosen: Chosen::default(),
        request: Request::Wait,
        format: MessageFormat::Human,
        timeout: None,
    };
    ask_of(&running, &question, screen)
}

/// The arguments of the session: these, with the socket in place of the tool's own `--detach`.
fn attached(arguments: impl Iterator<Item = OsString>, socket: &OsStr) -> Vec<OsString> {
    let mut is_own = true;
    let mut replaced = OsString::from("--detached=");
    replaced.push(socket);
    arguments
        .map(|argument| {
            is_own &= argument != "--";
            match is_own && argument == "--detach" {
                true => replaced.clone(),
                false => argument,
            }
        })
        .collect()
}

/// Waits until the session can be asked; false if it ended before.
fn begins(child: &Child, listener: &UnixListener) -> io::Result<bool> {
    let end = ProcessEnd::of(child.id()).ok_or(io::ErrorKind::NotFound)?;
    let mut events = [
        PollFd::new(listener, PollFlags::IN),
        PollFd::new(&end, PollFlags::IN),
    ];
    while let Err(error) = poll(&mut events, None) {
        if error != Errno::INTR {
            return Err(error.into());
        }
    }
    Ok(!events[0].revents().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_flag_of_the_tool_is_replaced() {
        let replaced = |arguments: &str| {
            let arguments = arguments.split(' ').map(OsString::from);
            let replaced = attached(arguments, OsStr::new("S"));
            let replaced: Vec<_> = replaced.iter().map(|it| it.to_str().unwrap()).collect();
            replaced.join(" ")
        };
        assert_eq!(
            replaced("hotmod run --detach -p app"),
            "hotmod run --detached=S -p app"
        );
        assert_eq!(
            replaced("run --detach -- --detach"),
            "run --detached=S -- --detach"
        );
    }
}

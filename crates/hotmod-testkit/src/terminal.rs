//! A session in a pseudo-terminal of its own, or in a pipe.

#![expect(
    unsafe_code,
    reason = "code that runs between `fork` and `exec` is unsafe"
)]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, ioctl_tiocsctty, kill_process, setsid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use crate::places::tool;
use crate::workspace::Workspace;

/// Long enough for a build on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where `cargo hotmod run` was typed. Dropping it ends the session.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    keyboard: Option<File>,
    output: Option<Receiver<Vec<u8>>>,
    /// What was read, and how much of that was waited for.
    read: Vec<u8>,
    waited: usize,
}

impl Terminal {
    /// Runs a session in a terminal of the usual size, with these environment variables.
    pub fn run(workspace: &Workspace, variables: &[(&str, &str)]) -> Self {
        Self::with_size(workspace, (24, 80), &[], variables)
    }

    /// The same with so many rows and columns, and these arguments of the tool.
    pub fn with_size(
        workspace: &Workspace,
        size: (u16, u16),
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self::of_command(&mut session(workspace, arguments, variables), size)
    }

    /// Runs a session as a job of a script of the shell, where `"$@"` is the command.
    pub fn as_job(workspace: &Workspace, script: &str, arguments: &[&str]) -> Self {
        let session = session(workspace, arguments, &[]);
        let mut shell = workspace.command("bash");
        shell.args(["--norc", "-m", "-c", script, "bash"]);
        shell.arg(session.get_program()).args(session.get_args());
        Self::of_command(&mut shell, (24, 80))
    }

    /// Runs a command in a terminal of this size.
    pub fn of_command(command: &mut Command, size: (u16, u16)) -> Self {
        let (child, keyboard) = Self::open(command, size);
        let output = keyboard.try_clone().unwrap();
        Self::of(child, keyboard, output)
    }

    /// Runs a command in a terminal, and returns it with the terminal's other end.
    pub fn open(command: &mut Command, (rows, columns): (u16, u16)) -> (Child, File) {
        // Not for the child to inherit: a terminal is closed when nobody holds this end.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&keyboard, size).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let screen = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        command
            .stdin(screen.try_clone().unwrap())
            .stdout(screen.try_clone().unwrap())
            .stderr(screen);
        // SAFETY: only system calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                setsid()?;
                ioctl_tiocsctty(std::io::stdin())?;
                Ok(())
            });
        }
        (command.spawn().unwrap(), File::from(keyboard))
    }

    /// Runs a session whose streams are pipes, as in `cargo hotmod run 2>&1 | cat`.
    pub fn in_pipe(workspace: &Workspace, arguments: &[&str]) -> Self {
        let (output, end) = std::io::pipe().unwrap();
        let mut command = session(workspace, arguments, &[]);
        command
            .stdin(Stdio::piped())
            .stdout(end.try_clone().unwrap())
            .stderr(end);
        let mut child = command.spawn().unwrap();
        let keyboard = OwnedFd::from(child.stdin.take().unwrap());
        Self::of(child, keyboard.into(), OwnedFd::from(output).into())
    }

    fn of(child: Child, keyboard: File, mut output: File) -> Self {
        let (sender, chunks) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    // Nobody reads any more, and the terminal is to be closed.
                    return;
                }
            }
        });
        Terminal {
            child,
            keyboard: Some(keyboard),
            output: Some(chunks),
            read: Vec::new(),
            waited: 0,
        }
    }

    /// Waits for a line with this text, and returns what came up to its end.
    pub fn wait_for(&mut self, text: &str) -> String {
        let mut from = self.waited;
        while let Some(length) = self.next_line(from) {
            let line = String::from_utf8_lossy(&self.read[from..from + length]);
            let is_it = line.contains(text);
            from += length;
            if is_it {
                let seen = String::from_utf8_lossy(&self.read[self.waited..from]).into_owned();
                self.waited = from;
                return seen;
            }
        }
        panic!("no `{text}` in:\n{}", self.text());
    }

    /// The length of the line that begins there, if there will be one.
    fn next_line(&mut self, from: usize) -> Option<usize> {
        loop {
            if let Some(end) = self.read[from..].iter().position(|it| *it == b'\n') {
                return Some(end + 1);
            }
            self.read_more()?;
        }
    }

    fn read_more(&mut self) -> Option<()> {
        let output = self.output.as_ref().unwrap();
        self.read.extend(output.recv_timeout(PATIENCE).ok()?);
        Some(())
    }

    /// Waits until what was written so far, whole lines or not, is as `is_so` wants it.
    pub fn wait_until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) {
        // A spinner never stops writing.
        let begun = Instant::now();
        while !is_so(&self.text()) {
            if begun.elapsed() > PATIENCE || self.read_more().is_none() {
                panic!("it never is so that {what}:\n{}", self.text());
            }
        }
    }

    /// All that was read and not [forgotten](Self::forget).
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }

    /// Begins with an empty screen.
    pub fn forget(&mut self) {
        self.read.clear();
        self.waited = 0;
    }

    /// How the terminal reads keys, and the like.
    pub fn mode(&self) -> Termios {
        tcgetattr(self.keyboard.as_ref().unwrap()).unwrap()
    }

    /// Types.
    pub fn type_in(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Closes the terminal.
    pub fn close(&mut self) {
        self.output = None;
        // The terminal's echo of a line makes the reader notice, and let go of its end.
        self.type_in("\n");
        self.keyboard = None;
    }

    /// Sends the tool a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the tool's end, and reads what is left.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        while self.output.is_some() && self.read_more().is_some() {}
        status
    }

    /// What was written after the last line that was waited for. Call it after the tool's end.
    pub fn rest(&self) -> String {
        String::from_utf8_lossy(&self.read[self.waited..]).into_owned()
    }
}

fn session(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = workspace.command(tool());
    command
        .args(["hotmod", "run"])
        .args(arguments)
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env_remove("CI")
        .envs(variables.iter().copied());
    command
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // It may end by itself at this moment.
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

//! A session in a pseudo-terminal of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, ioctl_tiocsctty, kill_process, setsid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::workspace::{Workspace, tool};

/// Long enough for a build on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal in which `cargo hotmod run` was typed. Dropping it ends the session.
#[derive(Debug)]
pub(crate) struct Terminal {
    child: Child,
    keyboard: Option<File>,
    lines: Option<Receiver<String>>,
}

impl Terminal {
    /// Runs a session in it, with these environment variables.
    pub(crate) fn run(workspace: &Workspace, variables: &[(&str, &str)]) -> Self {
        Self::run_with(workspace, &[], variables)
    }

    /// The same, with arguments.
    pub(crate) fn run_with(
        workspace: &Workspace,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut command = workspace.command(tool());
        command
            .args(["hotmod", "run"])
            .args(arguments)
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied());
        let (child, keyboard) = Self::open(&mut command);
        let (sender, lines) = channel();
        let output = keyboard.try_clone().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    // Nobody reads any more, and the terminal is to be closed.
                    return;
                }
            }
        });
        Terminal {
            child,
            keyboard: Some(keyboard),
            lines: Some(lines),
        }
    }

    /// Runs a command in a terminal, and returns it with the terminal's other end.
    pub(crate) fn open(command: &mut Command) -> (Child, File) {
        // Not for the child to inherit: a terminal is closed when nobody holds this end.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
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

    /// Waits for a line with this text, and returns what came up to it.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let mut seen = String::new();
        while let Ok(line) = self.lines.as_ref().unwrap().recv_timeout(PATIENCE) {
            seen += &line;
            seen.push('\n');
            if line.contains(text) {
                return seen;
            }
        }
        panic!("no `{text}` in:\n{seen}");
    }

    /// Types.
    pub(crate) fn type_in(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Closes the terminal.
    pub(crate) fn close(&mut self) {
        self.lines = None;
        // The terminal's echo of a line makes the reader notice, and let go of its end.
        self.type_in("\n");
        self.keyboard = None;
    }

    /// Waits for the tool's end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// What was written after the last line that was waited for. Call it after the tool's end.
    pub(crate) fn rest(self) -> String {
        let lines = self.lines.as_ref().unwrap();
        lines.iter().map(|line| line + "\n").collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // A closed terminal would do, but is closed only when its reader wakes, and where keys
            // are not echoed nothing wakes it.
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

//! The host's process. It shares the tool's terminal and never outlives the tool, unless another
//! process, such as a debugger, started it.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use hotmod_protocol::{DIRECTORY_VARIABLE, FOLLOWS_VARIABLE, SOCKET_VARIABLE, WORKSPACE_VARIABLE};
use procfs::process::Process;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal as Unix, pidfd_open, pidfd_send_signal};

use crate::base::termination::die_with_parent;
use crate::cargo::environment;
use crate::cargo::run::RunSettings;

use super::{Signal, Sockets, Stop};

/// How long a supervisor may take to kill all processes of the host.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// Settings for all hosts of a session.
#[derive(Debug)]
pub(crate) struct HostSettings {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) socket: PathBuf,
    /// The folder of its generations.
    pub(crate) directory: PathBuf,
    pub(crate) workspace_root: PathBuf,
    /// Whether the host reads the keyboard.
    pub(crate) has_stdin: bool,
    pub(crate) sockets: Sockets,
    pub(crate) stop: Stop,
}

/// A started host.
#[derive(Debug)]
pub(crate) struct HostProcess {
    /// The program's process. With a runner, it is `process` until the program joins.
    pub(crate) pid: u32,
    /// The process that the session started or adopted.
    pub(crate) process: u32,
    /// Whether it is a supervisor, which stops all processes of the host.
    is_supervised: bool,
    /// Whether another process started it.
    is_adopted: bool,
    stop: Stop,
    /// Used for signals instead of the process id, which the kernel may reuse after the process is
    /// reaped.
    pidfd: Arc<OwnedFd>,
    ended: std::sync::mpsc::Receiver<()>,
    has_stopped: bool,
}

/// Kills a host that the session started and that is still running, so that it does not keep
/// writing to the terminal after the tool panics.
impl Drop for HostProcess {
    fn drop(&mut self) {
        if self.has_stopped || self.is_adopted {
            return;
        }
        match self.is_supervised {
            true => self.end(),
            false => self.kill(),
        }
    }
}

impl HostProcess {
    /// Starts the host, and reports its end to `signals`. If it `follows` another one, it waits before
    /// `main` until this process answers it.
    ///
    /// Call this on a thread that lives as long as the tool: the kernel kills the host when that
    /// thread ends.
    pub(crate) fn start<T: From<Signal> + Send + 'static>(
        executable: &Path,
        run: &RunSettings,
        settings: &HostSettings,
        follows: bool,
        signals: Sender<T>,
    ) -> io::Result<Self> {
        let (program, words) = match run.runner.split_first() {
            Some((runner, words)) => (Path::new(runner), [words, &[executable.into()]].concat()),
            None => (executable, Vec::new()),
        };
        let is_supervised = !run.runner.is_empty();
        let mut command = settings
            .sockets
            .command(program, is_supervised.then_some(settings.stop))?;
        environment::clean(&mut command);
        run.apply(&mut command);
        command
            .args(words)
            .args(&settings.arguments)
            .env(SOCKET_VARIABLE, &settings.socket)
            .env(DIRECTORY_VARIABLE, &settings.directory)
            .env(WORKSPACE_VARIABLE, &settings.workspace_root);
        if follows {
            command.env(FOLLOWS_VARIABLE, std::process::id().to_string());
        }
        if !settings.has_stdin {
            command.stdin(Stdio::null());
        }
        die_with_parent(&mut command);
        if !is_supervised {
            settings.sockets.tell_whose(&mut command)?;
        }
        let mut child = command.spawn()?;
        let pid = child.id();
        // Nobody has reaped the child yet, so the number is its own.
        let pidfd = pidfd_open(Pid::from_child(&child), PidfdFlags::empty());
        let pidfd = pidfd.inspect_err(|_| {
            let _ = child.kill();
            let _ = child.wait();
        })?;
        let (end, ended) = std::sync::mpsc::channel();
        std::thread::Builder::new()
            .name("host".to_owned())
            .spawn(move || {
                let status = Some(child.wait().unwrap_or_else(|_| ExitStatus::default()));
                // The receiver is dropped only when the tool is about to end.
                let _ = end.send(());
                let _ = signals.send(Signal::Exited { pid, status }.into());
            })?;
        Ok(HostProcess {
            pid,
            process: pid,
            is_supervised,
            is_adopted: false,
            stop: settings.stop,
            pidfd: Arc::new(pidfd),
            ended,
            has_stopped: false,
        })
    }

    /// Adopts a process that another one started as the host, if `is_it`. Reports its end to
    /// `signals`, without the exit status.
    pub(crate) fn adopt<T: From<Signal> + Send + 'static>(
        pid: u32,
        stop: Stop,
        is_it: impl FnOnce() -> Result<(), String>,
        signals: Sender<T>,
    ) -> Result<Self, String> {
        let of_system = |error: io::Error| format!("it can't be watched: {error}");
        let no_pid = || "it has ended".to_owned();
        let process = pid_of(pid).ok_or_else(no_pid)?;
        // From here on, the descriptor refers to this process, even if its id is reused.
        let pidfd = pidfd_open(process, PidfdFlags::empty()).map_err(|it| of_system(it.into()))?;
        is_it()?;
        let pidfd = Arc::new(pidfd);
        let watched = Arc::clone(&pidfd);
        let (end, ended) = std::sync::mpsc::channel();
        std::thread::Builder::new()
            .name("host".to_owned())
            .spawn(move || {
                let mut ends = [PollFd::new(&watched, PollFlags::IN)];
                while poll(&mut ends, None) == Err(Errno::INTR) {}
                let _ = end.send(());
                let _ = signals.send(Signal::Exited { pid, status: None }.into());
            })
            .map_err(of_system)?;
        Ok(HostProcess {
            pid,
            process: pid,
            is_supervised: false,
            is_adopted: true,
            stop,
            pidfd,
            ended,
            has_stopped: false,
        })
    }

    /// Whether another process started it.
    pub(crate) fn is_adopted(&self) -> bool {
        self.is_adopted
    }

    /// Whether a process that joins is the program, if its process is not known yet.
    pub(crate) fn runs(&self, pid: u32) -> bool {
        self.is_supervised && self.pid == self.process && descends_from(pid, self.process)
    }

    /// Whether the program's process is known.
    pub(crate) fn is_known(&self) -> bool {
        !self.is_supervised || self.pid != self.process
    }

    /// Sends the host the signal that stops it, and does not wait.
    pub(crate) fn send_stop(&self) {
        // A supervisor passes the host's signal on.
        self.signal(match self.is_supervised {
            true => Unix::TERM,
            false => self.stop.signal.signal(),
        });
    }

    /// Kills the host, and does not wait.
    pub(crate) fn send_kill(&self) {
        // A supervisor kills all processes when it gets its signal again.
        self.signal(match self.is_supervised {
            true => Unix::TERM,
            false => Unix::KILL,
        });
    }

    /// Stops the host, kills it if it does not end in time, and waits for its end.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.send_stop();
        self.has_stopped = self.ended.recv_timeout(self.stop.timeout).is_ok();
        if !self.has_stopped && self.is_supervised {
            self.send_kill();
            self.has_stopped = self.ended.recv_timeout(KILL_TIMEOUT).is_ok();
        }
        if !self.has_stopped {
            self.kill();
        }
    }

    fn kill(&mut self) {
        self.signal(Unix::KILL);
        // SIGKILL always works; waiting prevents two hosts from running at the same time.
        let _ = self.ended.recv();
        self.has_stopped = true;
    }

    fn signal(&self, signal: Unix) {
        // The process may have ended already.
        let _ = pidfd_send_signal(&self.pidfd, signal);
    }
}

/// Whether a process is a descendant of another one.
pub(crate) fn descends_from(pid: u32, ancestor: u32) -> bool {
    let mut pid = pid;
    loop {
        let stat = Process::new(pid.cast_signed()).and_then(|it| it.stat());
        match stat.map(|stat| stat.ppid.cast_unsigned()) {
            Ok(parent) if parent == ancestor => return true,
            Ok(parent) if parent > 1 => pid = parent,
            _ => return false,
        }
    }
}

fn pid_of(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

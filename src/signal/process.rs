//! The host's process. It has the tool's terminal, and never outlives the tool.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use hotmod_protocol::{DIRECTORY_VARIABLE, SOCKET_VARIABLE};
use rustix::process::{Pid, Signal as Unix, kill_process};

use crate::environment;
use crate::lifetime::die_with_parent;

use super::Signal;

/// How long a host may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// What every host of a session is started with.
#[derive(Clone, Debug)]
pub(crate) struct HostSettings {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) socket: PathBuf,
    /// Where its generations are.
    pub(crate) directory: PathBuf,
}

/// A started host.
#[derive(Debug)]
pub(crate) struct HostProcess {
    pub(crate) pid: u32,
    pub(crate) begun: Instant,
    ended: std::sync::mpsc::Receiver<()>,
    has_stopped: bool,
}

/// Ends the host by force, if it did not end before: after a tool that panics nobody writes to the
/// terminal.
impl Drop for HostProcess {
    fn drop(&mut self) {
        if !self.has_stopped {
            self.signal(Unix::KILL);
            // It can't refuse; the wait only keeps two hosts from running at once.
            let _ = self.ended.recv();
        }
    }
}

impl HostProcess {
    /// Starts the host. Its end is told to `signals`.
    ///
    /// Call it on a thread that lives as long as the tool: the kernel ends the host when the
    /// thread that started it ends.
    pub(crate) fn start<T: From<Signal> + Send + 'static>(
        executable: &Path,
        settings: &HostSettings,
        signals: Sender<T>,
    ) -> io::Result<Self> {
        let mut command = Command::new(executable);
        environment::clean(&mut command);
        command
            .args(&settings.arguments)
            .envs(settings.environment.iter().cloned())
            .env(SOCKET_VARIABLE, &settings.socket)
            .env(DIRECTORY_VARIABLE, &settings.directory);
        let mut child = die_with_parent(&mut command).spawn()?;
        let pid = child.id();
        let (end, ended) = std::sync::mpsc::channel();
        std::thread::Builder::new()
            .name("host".to_owned())
            .spawn(move || {
                let status = child.wait().unwrap_or_else(|_| ExitStatus::default());
                // Nobody listens when the tool itself is about to end.
                let _ = end.send(());
                let _ = signals.send(Signal::Exited { pid, status }.into());
            })?;
        Ok(HostProcess {
            pid,
            begun: Instant::now(),
            ended,
            has_stopped: false,
        })
    }

    /// Ends the host: politely, and after a while not.
    pub(crate) fn stop(mut self) {
        self.signal(Unix::TERM);
        self.has_stopped = self.ended.recv_timeout(GRACE).is_ok();
    }

    fn signal(&self, signal: Unix) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid
            && matches!(
                self.ended.try_recv(),
                Err(std::sync::mpsc::TryRecvError::Empty)
            )
        {
            // It may end at this moment, which is what is wanted.
            let _ = kill_process(pid, signal);
        }
    }
}

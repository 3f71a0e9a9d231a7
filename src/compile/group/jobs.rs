//! Several rustc at a time: as many as there are cores, each as soon as what it names is there.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::available_parallelism;

use jobserver::Client;

use crate::base::child_process::{Cancel, RunError};

/// What one thread has for others as soon as it has it, or says that it never will.
#[derive(Debug)]
pub(crate) struct Promise<T>(OnceLock<Option<T>>);

impl<T> Default for Promise<T> {
    fn default() -> Self {
        Promise(OnceLock::new())
    }
}

impl<T: Clone> Promise<T> {
    /// Gives it; only the first word counts.
    pub(crate) fn keep(&self, value: T) {
        let _ = self.0.set(Some(value));
    }

    /// Nobody waits for what will not come.
    pub(crate) fn give_up(&self) {
        let _ = self.0.set(None);
    }

    /// Whether nothing was said yet.
    pub(crate) fn is_open(&self) -> bool {
        self.0.get().is_none()
    }

    /// Waits for it.
    pub(crate) fn wait(&self) -> Option<T> {
        self.0.wait().clone()
    }
}

/// The tool's own jobserver: replayed commands share the cores as cargo's do.
#[derive(Debug)]
pub(crate) struct Jobs(Client);

impl Jobs {
    pub(crate) fn new() -> io::Result<Self> {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Jobs(Client::new(cores)?))
    }

    /// Runs a rustc when a core is free, and shows its stderr line by line; whether it succeeded,
    /// and all that it said.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        cancel: &Cancel,
        mut line: impl FnMut(&str),
    ) -> Result<(bool, Vec<u8>), RunError> {
        let not_run = |error| RunError::NotRun {
            program: "the jobserver".to_owned(),
            error,
        };
        // Held until rustc has ended; rustc itself asks for more for its threads.
        let _token = self.0.acquire().map_err(not_run)?;
        self.0.configure(command);
        let mut child = cancel.spawn(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
        let mut said = Vec::new();
        let mut lines = child.stderr.take().map(BufReader::new);
        while let Some(reader) = &mut lines {
            let begin = said.len();
            // A pipe that breaks ends with its process, whose exit code tells.
            if reader.read_until(b'\n', &mut said).unwrap_or(0) == 0 {
                break;
            }
            line(&String::from_utf8_lossy(&said[begin..]));
        }
        let output = cancel.wait(child)?;
        Ok((output.status.success(), said))
    }
}

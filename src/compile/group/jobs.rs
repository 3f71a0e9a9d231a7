//! Runs several rustc processes in parallel, limited by the number of cores.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::available_parallelism;

use jobserver::Client;

use crate::base::child_process::{Cancel, RunError};

/// A value that one thread provides and others wait for. The thread can also give up.
#[derive(Debug)]
pub(crate) struct Promise<T>(OnceLock<Option<T>>);

impl<T> Default for Promise<T> {
    fn default() -> Self {
        Promise(OnceLock::new())
    }
}

impl<T: Clone> Promise<T> {
    /// Provides the value. Only the first call has an effect.
    pub(crate) fn fulfil(&self, value: T) {
        let _ = self.0.set(Some(value));
    }

    /// Ends all waits without a value.
    pub(crate) fn give_up(&self) {
        let _ = self.0.set(None);
    }

    /// Whether it is neither fulfilled nor given up.
    pub(crate) fn is_open(&self) -> bool {
        self.0.get().is_none()
    }

    /// Waits for the value; `None` if the other thread gave up.
    pub(crate) fn wait(&self) -> Option<T> {
        self.0.wait().clone()
    }
}

/// The tool's own jobserver: replayed commands share the cores as under cargo.
#[derive(Debug)]
pub(crate) struct Jobs(Client);

impl Jobs {
    pub(crate) fn new() -> io::Result<Self> {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Jobs(Client::new(cores)?))
    }

    /// Runs rustc when a core is free, and passes on its stderr line by line. Returns whether it
    /// succeeded, and the whole stderr.
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
        // Held until rustc has ended. rustc acquires more tokens for its threads.
        let _token = self.0.acquire().map_err(not_run)?;
        self.0.configure(command);
        let mut child = cancel.spawn(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
        let mut said = Vec::new();
        let mut lines = child.stderr.take().map(BufReader::new);
        while let Some(reader) = &mut lines {
            let begin = said.len();
            // If the pipe breaks, the exit code shows the error.
            if reader.read_until(b'\n', &mut said).unwrap_or(0) == 0 {
                break;
            }
            line(&String::from_utf8_lossy(&said[begin..]));
        }
        let output = cancel.wait(child)?;
        Ok((output.status.success(), said))
    }
}

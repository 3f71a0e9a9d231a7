//! Child processes of a build, which a newer edit can cancel.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::base::termination::die_with_parent;

/// Cancels what is run under it, from another thread. Clones are of one cancellation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    /// Each child leads a process group of its own, so that its children end with it.
    children: Vec<Pid>,
}

/// Why a child has no outcome.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("cancelled")]
    Cancelled,
    #[error("`{program}` could not be run: {error}")]
    NotRun { program: String, error: io::Error },
}

impl Cancel {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one field: a panic between two leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all children now, and keeps others from being started.
    pub(crate) fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        for child in state.children.drain(..) {
            // One that ended in between needs no signal.
            let _ = kill_process_group(child, Signal::KILL);
        }
    }

    /// Starts a child in a process group of its own. Wait for it on the same thread: the child
    /// ends when that thread does, so that none outlives a tool that is killed.
    pub(crate) fn spawn(&self, command: &mut Command) -> Result<Child, RunError> {
        let mut state = self.state();
        if state.cancelled {
            return Err(RunError::Cancelled);
        }
        let child = die_with_parent(command)
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| RunError::NotRun {
                program: command.get_program().to_string_lossy().into_owned(),
                error,
            })?;
        state.children.push(Pid::from_child(&child));
        Ok(child)
    }

    /// Waits for a child of [`spawn`](Self::spawn) and takes what it wrote.
    pub(crate) fn wait(&self, child: Child) -> Result<Output, RunError> {
        let pid = Pid::from_child(&child);
        let output = child.wait_with_output();
        let mut state = self.state();
        state.children.retain(|child| *child != pid);
        if state.cancelled {
            return Err(RunError::Cancelled);
        }
        output.map_err(|error| RunError::NotRun {
            program: "wait".to_owned(),
            error,
        })
    }

    /// Runs a child to its end.
    pub(crate) fn output(&self, command: &mut Command) -> Result<Output, RunError> {
        let child = self.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        self.wait(child)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_child_ends_with_its_children() {
        let cancel = Cancel::default();
        let other = cancel.clone();
        let mut command = Command::new("sh");
        // The inner `sleep` keeps the pipe open: the wait ends only when it is gone too.
        command
            .args(["-c", "echo started; sleep 600; true"])
            .stdout(Stdio::piped());
        let mut child = cancel.spawn(&mut command).unwrap();
        let mut started = [0; 8];
        io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut started).unwrap();
        other.cancel();
        assert!(matches!(cancel.wait(child), Err(RunError::Cancelled)));
        assert!(matches!(
            cancel.output(&mut Command::new("true")),
            Err(RunError::Cancelled)
        ));
    }
}

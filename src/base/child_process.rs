//! Child processes of a build, which can be cancelled by a newer edit.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, setpriority_process, waitid,
};

use crate::base::termination::die_with_parent;

/// Gives the calling thread, and all threads and processes that it will start, only the processor time
/// that nobody else wants, as `nice -n 19` does. If the system refuses that, they merely take more.
pub(crate) fn work_in_background() {
    // On Linux, this is of the thread alone.
    let _ = setpriority_process(None, 19);
}

/// Cancels child processes from another thread. Clones share the same state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    /// Each child leads its own process group, so that its children end with it. None of them has
    /// been reaped: then the kernel could reuse its id for another process, which a signal would
    /// hit.
    children: Vec<Pid>,
}

/// Why a child has no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("cancelled")]
    Cancelled,
    #[error("could not run `{program}`: {error}")]
    NotRun { program: String, error: io::Error },
}

impl Cancel {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change writes one field, so a panic leaves no partial change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills all children, and prevents new ones.
    pub(crate) fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        for child in state.children.drain(..) {
            // One that has ended needs no signal.
            let _ = kill_process_group(child, Signal::KILL);
        }
    }

    /// Whether it is cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// Starts a child in its own process group. Wait for it on the same thread: the child is killed
    /// when the thread ends, so that no child outlives the tool if the tool is killed.
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

    /// Waits for a child of [`spawn`](Self::spawn), and returns its output.
    pub(crate) fn wait(&self, mut child: Child) -> Result<Output, RunError> {
        let pid = Pid::from_child(&child);
        let (stdout, stderr) = read_pipes(&mut child);
        wait_without_reaping(pid);
        let is_cancelled = {
            let mut state = self.state();
            state.children.retain(|child| *child != pid);
            state.cancelled
        };
        let status = child.wait();
        if is_cancelled {
            return Err(RunError::Cancelled);
        }
        let not_run = |error| RunError::NotRun {
            program: "wait".to_owned(),
            error,
        };
        Ok(Output {
            status: status.map_err(not_run)?,
            stdout: stdout.map_err(not_run)?,
            stderr: stderr.map_err(not_run)?,
        })
    }

    /// Runs a child, and returns its output.
    pub(crate) fn output(&self, command: &mut Command) -> Result<Output, RunError> {
        let child = self.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        self.wait(child)
    }
}

/// Reads the child's pipes to their ends, both at once, so that it never waits for room in one.
fn read_pipes(child: &mut Child) -> (io::Result<Vec<u8>>, io::Result<Vec<u8>>) {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stderr = stderr.map(|it| scope.spawn(|| read(Some(it))));
        let stdout = read(stdout);
        let panicked = || io::Error::other("reading it panicked");
        let stderr = stderr.map(|it| it.join().unwrap_or_else(|_| Err(panicked())));
        (stdout, stderr.unwrap_or_else(|| Ok(Vec::new())))
    })
}

fn read(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Waits until a child has ended, and leaves it to be reaped: its number stays its own until then.
fn wait_without_reaping(child: Pid) {
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(child), ended).err() == Some(Errno::INTR) {}
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn no_child_that_may_be_signalled_was_reaped() {
        let cancel = Cancel::default();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let look = scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    for child in &cancel.state().children {
                        let process = format!("/proc/{}", child.as_raw_pid());
                        assert!(Path::new(&process).exists(), "{process} is gone");
                    }
                }
            });
            for _ in 0..200 {
                let output = cancel.output(&mut Command::new("true"));
                assert!(output.unwrap().status.success());
            }
            is_over.store(true, Ordering::Relaxed);
            look.join().unwrap();
        });
    }

    #[test]
    fn both_pipes_are_read_while_the_child_writes() {
        let script =
            "for i in 1 2 3 4; do head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2; done";
        let output = Cancel::default().output(Command::new("sh").args(["-c", script]));
        let output = output.unwrap();
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (400_000, 400_000)
        );
    }

    #[test]
    fn a_cancelled_child_ends_with_its_children() {
        let cancel = Cancel::default();
        let other = cancel.clone();
        let mut command = Command::new("sh");
        // The inner `sleep` keeps the pipe open, so the wait ends only when it is killed too.
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

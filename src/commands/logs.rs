//! `cargo hotmod logs`: what a detached session and its program have printed.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;

use notify::{RecursiveMode, Watcher as _};

use crate::base::child_process::Cancel;
use crate::base::process_end::ProcessEnd;
use crate::control::{Chosen, Running};
use crate::discover::{self, Selection};
use crate::error::Error;

/// What happened while the output is followed.
enum Event {
    Written,
    Ended,
}

/// Prints the output of the running session, or of the last one. With `follow`, goes on until the session ends.
pub(crate) fn logs(chosen: Chosen, follow: bool) -> Result<u8, Error> {
    let running = match Running::find(&chosen) {
        Ok(running) => Some(running),
        Err(
            Error::NoSession {
                is_in_workspace: true,
                ..
            }
            | Error::NoSuchSession(_),
        ) => None,
        Err(error) => return Err(error),
    };
    let path = match &running {
        Some(running) => running.record.output.clone(),
        None => output_of_last(chosen)?,
    };
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::NoOutput),
        Err(error) => return Err(Error::file(&path, "read")(error)),
    };
    let Some(running) = running.filter(|_| follow) else {
        return Ok(print(&mut file));
    };
    let (sender, events) = channel();
    let written = sender.clone();
    let mut watcher = notify::recommended_watcher(move |_| drop(written.send(Event::Written)))?;
    watcher.watch(&path, RecursiveMode::NonRecursive)?;
    let session = ProcessEnd::of(running.record.pid);
    thread::spawn(move || {
        if let Some(session) = session {
            session.wait();
        }
        let _ = sender.send(Event::Ended);
    });
    // Whoever read the output may be gone, too.
    while print(&mut file) == 0 {
        if let Ok(Event::Ended) | Err(_) = events.recv() {
            return Ok(print(&mut file));
        }
    }
    Ok(0)
}

fn output_of_last(chosen: Chosen) -> Result<PathBuf, Error> {
    let selection = Selection {
        manifest_path: chosen.manifest_path,
        package: chosen.package,
        bin: chosen.bin,
        example: chosen.example,
        ..Selection::default()
    };
    let plan = discover::discover(&selection, &Cancel::default())?;
    Ok(plan.directories().output())
}

/// Prints the rest of a file. If the reader is gone, the exit code is that of a failure.
fn print(file: &mut File) -> u8 {
    let mut stdout = io::stdout().lock();
    match io::copy(file, &mut stdout).and_then(|_| stdout.flush()) {
        Ok(()) => 0,
        Err(_) => Error::FAILED,
    }
}

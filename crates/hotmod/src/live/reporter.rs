//! Tells the tool which entry points of the live generation were called.
//!
//! A thread sleeps until there is a first call, see [`called`](super::called).

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hotmod_protocol::{MAX_FRAME, Message};

use super::call::live;
use super::called::REPORTER;

/// For how long a generation's first calls are looked for often.
const RECENT: Duration = Duration::from_secs(2);

/// How often then, and later.
const INTERVAL_AT_FIRST: Duration = Duration::from_millis(20);
const INTERVAL_LATER: Duration = Duration::from_millis(500);

/// Whether the session has ended. It guards no data: `Relaxed`.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Starts the thread, with a function that sends a message. It has the calling thread's descriptors.
pub(super) fn start(
    send: impl FnMut(&Message) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let thread = thread::Builder::new().name("hotmod-calls".to_owned());
    let thread = thread.spawn(move || report(send))?;
    let _ = REPORTER.set(thread.thread().clone());
    Ok(())
}

/// Ends the thread.
pub(super) fn end() {
    IS_OVER.store(true, Ordering::Relaxed);
    wake();
}

/// Has the thread look at the live generation.
pub(super) fn wake() {
    if let Some(reporter) = REPORTER.get() {
        reporter.unpark();
    }
}

fn report(mut send: impl FnMut(&Message) -> io::Result<()>) {
    // Of the generation with this number.
    let (mut number, mut told) = (0, HashSet::new());
    let mut since = Instant::now();
    loop {
        // A trampoline can't wake this thread.
        match live().has_uncalled_redirects() {
            true if since.elapsed() < RECENT => thread::park_timeout(INTERVAL_AT_FIRST),
            true => thread::park_timeout(INTERVAL_LATER),
            false => thread::park(),
        }
        if IS_OVER.load(Ordering::Relaxed) {
            return;
        }
        let generation = live();
        if generation.number != number {
            number = generation.number;
            since = Instant::now();
            told.clear();
        }
        let called = generation.called().filter(|name| told.insert(*name));
        let called: Vec<String> = called.map(str::to_owned).collect();
        for entry_points in in_frames(called) {
            let message = Message::Called {
                generation: number,
                entry_points,
            };
            // The thread that reads from the tool handles the end of the session.
            if send(&message).is_err() {
                return;
            }
        }
    }
}

/// As many names at once as a frame has room for.
fn in_frames(names: Vec<String>) -> Vec<Vec<String>> {
    let mut frames: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for name in names {
        // With its length.
        let needed = name.len() + 4;
        if room < needed {
            frames.push(Vec::new());
            room = MAX_FRAME as usize / 2;
        }
        room = room.saturating_sub(needed);
        if let Some(frame) = frames.last_mut() {
            frame.push(name);
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fill_several_frames() {
        let names: Vec<String> = (0..2000).map(|it| format!("{it:040}")).collect();
        let frames = in_frames(names.clone());
        assert_eq!(frames.concat(), names);
        assert!(frames.len() > 1);
        for entry_points in frames {
            let generation = 1;
            let message = Message::Called {
                generation,
                entry_points,
            };
            assert!(message.encode().len() <= MAX_FRAME as usize);
        }
        assert!(in_frames(Vec::new()).is_empty());
    }
}

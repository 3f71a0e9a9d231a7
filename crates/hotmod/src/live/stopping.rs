//! The end of this process for a restart: when carried values are saved.
//!
//! The values must include everything that the program has done for others, such as requests that it
//! has answered. So they are saved as late as possible:
//! - If the program calls `yield_to_restart`, they are saved while its threads wait there.
//! - If it handles the stop signal, they are saved when it exits: after `main` has returned.
//! - Otherwise the signal ends it at once, so they are saved before the tool sends it.
//!
//! A program that the signal ends at once first gets a moment to finish its requests, if `hotmod-web`
//! counts them.
//!
//! If the program does not end in time, the tool asks for the values before it kills it.

#![expect(unsafe_code, reason = "std knows neither signal handlers nor `atexit`")]

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hotmod_protocol::{Carry, Saved};

use super::carried;
use super::host;
use super::in_progress;
use super::outbox;
use super::panic_message::panic_message;
use super::stderr::say;
use super::yields;

/// How long callbacks and requests may take, and saving without progress.
const STEP_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the program's tasks that waited for an answer may take to pass on that it is restarted,
/// for example to a browser.
const PASSING_ON: Duration = Duration::from_millis(100);

/// Whether this process is about to be stopped. It guards no data: `Relaxed`.
static IS_STOPPING: AtomicBool = AtomicBool::new(false);

/// Whether the stop signal will end this process at once. As above.
static ENDS_AT_ONCE: AtomicBool = AtomicBool::new(false);

/// Whether this process is about to be stopped by a signal that it does not handle. It accepts
/// connections until then.
#[must_use]
pub fn ends_at_once() -> bool {
    ENDS_AT_ONCE.load(Ordering::Relaxed)
}

/// Whether nothing is to be saved at the exit. As above.
static IS_SAVED: AtomicBool = AtomicBool::new(false);

/// What the thread is asked to do.
pub(super) enum Request {
    Stop {
        signal: i32,
        /// When tasks were told that the program is restarted.
        told: Option<Instant>,
    },
    Save,
    /// As `Save`, unless this process may still crash at its start.
    SaveIfUp,
    /// The process waits for this in its exit.
    SaveAtExit,
}

static REQUESTS: OnceLock<Sender<Request>> = OnceLock::new();

/// Starts the thread that takes the requests. It runs the program's code: call this on a thread that
/// has the program's descriptor table.
pub(super) fn start() -> std::io::Result<()> {
    let (sender, requests) = channel();
    let thread = thread::Builder::new().name("hotmod-stop".to_owned());
    thread.spawn(move || serve(&requests))?;
    let _ = REQUESTS.set(sender);
    Ok(())
}

/// Passes a request on.
pub(super) fn request(request: Request) {
    let stops = match request {
        Request::Stop { signal, .. } if !IS_STOPPING.load(Ordering::Relaxed) => Some(signal),
        _ => None,
    };
    if let Some(signal) = stops {
        ENDS_AT_ONCE.store(!is_handled(signal), Ordering::Relaxed);
        save_at_exit();
        IS_STOPPING.store(true, Ordering::Relaxed);
    }
    if let Some(thread) = REQUESTS.get() {
        let _ = thread.send(request);
    }
}

fn serve(requests: &Receiver<Request>) {
    for request in requests {
        match request {
            Request::Stop { signal, told } => stop(signal, told),
            Request::Save if carried::is_any() => save_and_tell(),
            // The tool waits for an answer.
            Request::Save => outbox::send(Carry::Saved(Saved::default())),
            Request::SaveIfUp if carried::is_up() => save_and_tell(),
            Request::SaveIfUp => {}
            Request::SaveAtExit => {
                save_and_tell();
                *LAST_SAVE.lock().unwrap_or_else(PoisonError::into_inner) = true;
                LAST_SAVED.notify_all();
            }
        }
    }
}

fn stop(signal: i32, told: Option<Instant>) {
    run_callbacks();
    // Each step may take half of the time that the tool waits without a message.
    outbox::send(Carry::Saving);
    let (is_any, missing) = yields::await_all();
    for name in &missing {
        let seconds = STEP_TIMEOUT.as_secs();
        say(&format!(
            "thread `{name}` did not call `yield_to_restart` within {seconds} s"
        ));
    }
    let is_yielded = is_any && missing.is_empty();
    let is_handled = is_handled(signal);
    if !is_handled {
        let have_ended = await_requests();
        if let Some(told) = told {
            thread::sleep(PASSING_ON.saturating_sub(told.elapsed()));
        }
        in_progress::end();
        match have_ended {
            // Those that arrived since.
            true => _ = await_requests(),
            false => {
                let seconds = STEP_TIMEOUT.as_secs();
                say(&format!(
                    "requests are still in progress after {seconds} s: the restart cuts them off"
                ));
            }
        }
    }
    if is_yielded || !is_handled {
        // Last, because the values must have the effect of each request that was answered.
        save_and_tell();
        IS_SAVED.store(is_yielded, Ordering::Relaxed);
    }
    yields::release();
    outbox::send(Carry::Ready {
        ends_itself: is_yielded,
    });
}

/// Waits until the requests in progress have ended. Returns whether they have ended in time.
fn await_requests() -> bool {
    // Tells the tool that it goes on.
    outbox::send(Carry::Saving);
    in_progress::await_end(STEP_TIMEOUT)
}

/// Saves the values, if there are any. Meanwhile, tells the tool that it goes on.
fn save_and_tell() {
    if !carried::is_any() {
        return;
    }
    let (done, is_done) = sync_channel(1);
    let saver = thread::Builder::new().name("hotmod-save".to_owned());
    let saver = saver.spawn(move || {
        carried::save();
        let _ = done.send(());
    });
    if saver.is_err() {
        return carried::save();
    }
    let mut seen = carried::steps();
    loop {
        match is_done.recv_timeout(STEP_TIMEOUT) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let steps = carried::steps();
        if steps == seen {
            let seconds = STEP_TIMEOUT.as_secs();
            return say(&format!(
                "the carried values can't be saved: nothing was written for {seconds} s. Is the lock \
                 of one of them held?"
            ));
        }
        seen = steps;
        outbox::send(Carry::Saving);
    }
}

/// Saves the values when this process exits because it is stopped.
fn save_at_exit() {
    extern "C" fn at_exit() {
        if host::is_live() && !IS_SAVED.swap(true, Ordering::Relaxed) {
            // The values of this thread's thread-locals are gone, so the program's code can't run here.
            request(Request::SaveAtExit);
            await_last_save();
        }
    }
    // SAFETY: it has no preconditions, and the function stays in memory.
    unsafe { libc::atexit(at_exit) };
}

/// Whether the values were saved at the exit.
static LAST_SAVE: Mutex<bool> = Mutex::new(false);
static LAST_SAVED: Condvar = Condvar::new();

fn await_last_save() {
    let mut is_done = LAST_SAVE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut seen = carried::steps();
    while !*is_done {
        // Callbacks may still run, and then the values are saved.
        let waited = LAST_SAVED.wait_timeout(is_done, 3 * STEP_TIMEOUT);
        is_done = waited.unwrap_or_else(PoisonError::into_inner).0;
        let steps = carried::steps();
        if std::mem::replace(&mut seen, steps) == steps {
            return;
        }
    }
}

/// Whether the program handles or ignores a signal, so that the signal does not end it at once.
fn is_handled(signal: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the pointer is to memory for a `sigaction`; a null pointer changes nothing.
    if unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } != 0 {
        return false;
    }
    // SAFETY: all zeros are a valid value, and the call has written another one over it.
    unsafe { action.assume_init() }.sa_sigaction != libc::SIG_DFL
}

type Callback = Arc<dyn Fn() + Send + Sync>;

static CALLBACKS: Mutex<Vec<Callback>> = Mutex::new(Vec::new());

pub(crate) fn on_restart(callback: impl Fn() + Send + Sync + 'static) {
    // A panic can't leave a push half done.
    let mut callbacks = CALLBACKS.lock().unwrap_or_else(PoisonError::into_inner);
    callbacks.push(Arc::new(callback));
}

/// Runs the callbacks, and waits for them.
fn run_callbacks() {
    let callbacks = CALLBACKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    if callbacks.is_empty() {
        return;
    }
    let (done, is_done) = sync_channel(1);
    let runner = thread::Builder::new().name("hotmod-on-restart".to_owned());
    let runner = runner.spawn(move || {
        for callback in callbacks {
            // As with any thread that panics, others see shared values as the callback left them.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| callback())) {
                let message = panic_message(&*panic);
                say(&format!(
                    "a function given to `on_restart` panicked: {message}"
                ));
            }
        }
        let _ = done.send(());
    });
    if runner.is_ok() && is_done.recv_timeout(STEP_TIMEOUT).is_err() {
        let seconds = STEP_TIMEOUT.as_secs();
        say(&format!(
            "the functions given to `on_restart` have not returned within {seconds} s"
        ));
    }
}

pub(crate) fn yield_to_restart() -> bool {
    if !host::is_live() {
        return false;
    }
    yields::register();
    let is_stopping = IS_STOPPING.load(Ordering::Relaxed);
    if is_stopping {
        yields::arrive();
    }
    is_stopping
}

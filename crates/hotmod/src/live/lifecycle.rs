//! Runs user code when generations come and go: setups, teardowns, and `on_reload` callbacks.
//!
//! The functions run on the runtime's own thread, one after the other. No lock is held and panics are
//! caught, so they may do whatever other code may do. A function that does not return delays later
//! generations, but nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::call::pin_call;
use super::generation::Generation;
use super::hook::{Hook, When};
use super::panic_message::panic_message;
use super::stderr::say;

/// Runs a hook in its generation. Fails if the hook fails or panics.
fn run(hook: &Hook, generation: &'static Generation) -> Result<(), String> {
    let _pin = pin_call(generation);
    let name = hook.name;
    let what = match hook.when {
        When::Setup => "setup",
        When::Teardown => "teardown",
    };
    match catch_unwind(hook.run) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{what} `{name}` failed: {error}")),
        Err(panic) => {
            let message = panic_message(&*panic);
            Err(format!("{what} `{name}` panicked: {message}"))
        }
    }
}

/// Runs the setups of a generation. If one fails, the teardowns of the crates before its own run, and the
/// error names the setup.
pub(super) fn set_up(generation: &'static Generation) -> Result<(), String> {
    let hooks = generation.hooks();
    for setup in hooks.at(When::Setup) {
        run(setup, generation).inspect_err(|_| {
            let failed = hooks
                .0
                .iter()
                .position(|it| it.crate_name() == setup.crate_name());
            let before = &hooks.0[..failed.unwrap_or_default()];
            undo(generation, before.iter());
        })?;
    }
    Ok(())
}

/// Runs the teardowns of a generation, dependents first.
pub(super) fn tear_down(generation: &'static Generation) {
    undo(generation, generation.hooks().0.iter());
}

fn undo<'a>(generation: &'static Generation, hooks: impl DoubleEndedIterator<Item = &'a Hook>) {
    for teardown in hooks.rev().filter(|it| it.when == When::Teardown) {
        if let Err(words) = run(teardown, generation) {
            say(&format!("in generation {}: {words}", generation.number));
        }
    }
}

type Callback = Arc<dyn Fn(u32) + Send + Sync>;

static CALLBACKS: Mutex<Vec<Callback>> = Mutex::new(Vec::new());

pub(crate) fn on_reload(callback: impl Fn(u32) + Send + Sync + 'static) {
    // A panic can't leave a push half done.
    let mut callbacks = CALLBACKS.lock().unwrap_or_else(PoisonError::into_inner);
    callbacks.push(Arc::new(callback));
}

/// Calls the `on_reload` callbacks with the number of the live generation.
pub(super) fn tell(generation: u32) {
    // Without the lock, because a callback may register another one.
    let callbacks = CALLBACKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for callback in callbacks {
        // As with any thread that panics, others see shared values as the callback left them.
        let outcome = catch_unwind(AssertUnwindSafe(|| callback(generation)));
        if let Err(panic) = outcome {
            let message = panic_message(&*panic);
            say(&format!(
                "a function given to `on_reload` panicked: {message}"
            ));
        }
    }
}

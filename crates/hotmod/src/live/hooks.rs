//! User code that the runtime calls: setups, teardowns, and what `on_reload` was given.
//!
//! It runs on the runtime's own thread, one after the other, with no lock held and each panic caught:
//! so it may do what other code may. One that does not end keeps the generations to come waiting,
//! and nothing else.

use std::any::{Any, type_name};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::call::pin_call;
use super::generation::Generation;
use super::handle::the_one;
use super::record::Description;
use super::start::say;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Setup,
    Teardown,
}

/// A function marked `#[setup]` or `#[teardown]`.
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    when: When,
    name: &'static str,
    run: fn() -> Result<(), String>,
}

impl Description {
    /// Of a function marked `#[setup]`.
    pub fn of_setup<F: Fn() -> R + Copy, R: Outcome>(function: F) -> Self {
        Self::hook(When::Setup, function)
    }

    /// Of a function marked `#[teardown]`.
    pub fn of_teardown<F: Fn() + Copy>(function: F) -> Self {
        Self::hook(When::Teardown, function)
    }

    fn hook<F: Fn() -> R + Copy, R: Outcome>(when: When, function: F) -> Self {
        fn run<F: Fn() -> R + Copy, R: Outcome>() -> Result<(), String> {
            // SAFETY: `hook` was given the value.
            let function = unsafe { the_one::<F>() };
            function().into_result()
        }
        let _ = function;
        Description::Hook(Hook {
            when,
            name: type_name::<F>(),
            run: run::<F, R>,
        })
    }
}

/// What a setup may return.
#[diagnostic::on_unimplemented(
    message = "a setup returns nothing or a `Result<(), E>` whose `E` can be displayed",
    label = "this setup returns `{Self}`"
)]
pub trait Outcome {
    /// The error as text.
    fn into_result(self) -> Result<(), String>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Display> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        // In the form that `anyhow` and its kind give all causes in.
        self.map_err(|error| format!("{error:#}"))
    }
}

/// Leaves the record of a hook.
///
/// Used, since nobody calls it: so the object that has it is linked into the host, too.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_hook {
    ($of:ident, $function:path) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "hotmod_entries")]
            static __HOTMOD_HOOK: $crate::__private::Record =
                $crate::__private::Record::of(|| $crate::__private::Description::$of($function));
        };
    };
}

impl Hook {
    fn of_crate(&self) -> &'static str {
        self.name.split("::").next().unwrap_or_default()
    }

    /// Runs it as part of its generation; what it says if it does not end well.
    fn run(&self, generation: &'static Generation) -> Result<(), String> {
        let _pin = pin_call(generation);
        let name = self.name;
        let what = match self.when {
            When::Setup => "setup",
            When::Teardown => "teardown",
        };
        match catch_unwind(self.run) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("{what} `{name}` failed: {error}")),
            Err(panic) => Err(format!("{what} `{name}` panicked: {}", words(&*panic))),
        }
    }
}

/// The hooks of a generation: bases before dependants, those of one crate by name.
#[derive(Debug, Default)]
pub(super) struct Hooks(Vec<Hook>);

impl Hooks {
    /// No hooks.
    pub(super) const fn none() -> Self {
        Hooks(Vec::new())
    }

    /// Of hooks in the order in which their crates were linked, which is the other way round.
    pub(super) fn in_order_of_link(mut hooks: Vec<Hook>) -> Self {
        hooks.reverse();
        let mut crates: Vec<&str> = Vec::new();
        for hook in &hooks {
            if !crates.contains(&hook.of_crate()) {
                crates.push(hook.of_crate());
            }
        }
        let place = |hook: &Hook| crates.iter().position(|it| *it == hook.of_crate());
        hooks.sort_by_key(|hook| (place(hook), hook.name));
        Hooks(hooks)
    }

    fn at(&self, when: When) -> impl DoubleEndedIterator<Item = &Hook> {
        self.0.iter().filter(move |hook| hook.when == when)
    }
}

/// Sets a generation up. If a setup fails, the crates before its own are torn down again, and the
/// words say which it was.
pub(super) fn set_up(generation: &'static Generation) -> Result<(), String> {
    let hooks = generation.hooks();
    for setup in hooks.at(When::Setup) {
        setup.run(generation).inspect_err(|_| {
            let failed = hooks
                .0
                .iter()
                .position(|it| it.of_crate() == setup.of_crate());
            let before = &hooks.0[..failed.unwrap_or_default()];
            undo(generation, before.iter());
        })?;
    }
    Ok(())
}

/// Tears a generation down, dependants first.
pub(super) fn tear_down(generation: &'static Generation) {
    undo(generation, generation.hooks().0.iter());
}

fn undo<'a>(generation: &'static Generation, hooks: impl DoubleEndedIterator<Item = &'a Hook>) {
    for teardown in hooks.rev().filter(|it| it.when == When::Teardown) {
        if let Err(words) = teardown.run(generation) {
            say(&format!("in generation {}: {words}", generation.number));
        }
    }
}

type Callback = Arc<dyn Fn(u32) + Send + Sync>;

static CALLBACKS: Mutex<Vec<Callback>> = Mutex::new(Vec::new());

pub(crate) fn on_reload(callback: impl Fn(u32) + Send + Sync + 'static) {
    // A push is whole or not at all, whatever panics.
    let mut callbacks = CALLBACKS.lock().unwrap_or_else(PoisonError::into_inner);
    callbacks.push(Arc::new(callback));
}

/// Tells everybody who asked that a generation is live.
pub(super) fn tell(generation: u32) {
    // Not under the lock: a callback may ask for another one.
    let callbacks = CALLBACKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for callback in callbacks {
        // What it shares with others is seen as it left it, as with any thread that panics.
        let outcome = catch_unwind(AssertUnwindSafe(|| callback(generation)));
        if let Err(panic) = outcome {
            let words = words(&*panic);
            say(&format!(
                "a function given to `on_reload` panicked: {words}"
            ));
        }
    }
}

/// What a panic says.
pub(super) fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it does not say why")
}

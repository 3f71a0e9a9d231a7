//! Functions marked `#[setup]` or `#[teardown]`, and the order in which they run.

#![expect(unsafe_code, reason = "a hook is called by its type")]

use std::any::type_name;
use std::fmt::Display;

use super::function::instance;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Setup,
    Teardown,
}

/// A function marked `#[setup]` or `#[teardown]`.
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    pub(super) when: When,
    pub(super) name: &'static str,
    pub(super) run: fn() -> Result<(), String>,
}

impl Hook {
    /// Describes a function marked `#[setup]`.
    pub fn setup<F: Fn() -> R + Copy, R: Outcome>(function: F) -> Self {
        Self::new(When::Setup, function)
    }

    /// Describes a function marked `#[teardown]`.
    pub fn teardown<F: Fn() + Copy>(function: F) -> Self {
        Self::new(When::Teardown, function)
    }

    fn new<F: Fn() -> R + Copy, R: Outcome>(when: When, function: F) -> Self {
        fn run<F: Fn() -> R + Copy, R: Outcome>() -> Result<(), String> {
            // SAFETY: `new` was given the value.
            let function = unsafe { instance::<F>() };
            function().into_result()
        }
        let _ = function;
        Hook {
            when,
            name: type_name::<F>(),
            run: run::<F, R>,
        }
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
        // In this form, errors of `anyhow` and similar crates include all causes.
        self.map_err(|error| format!("{error:#}"))
    }
}

/// Emits the record of a hook.
///
/// It is `#[used]` because no code refers to it. So its object is linked into the host, too.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_hook {
    ($when:ident, $function:path) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "hotmod_entries")]
            static __HOTMOD_HOOK: $crate::__private::Record =
                $crate::__private::Record::new(|| {
                    $crate::__private::Description::Hook($crate::__private::Hook::$when($function))
                });
        };
    };
}
pub use __hotmod_hook as hook;

impl Hook {
    pub(super) fn crate_name(&self) -> &'static str {
        self.name.split("::").next().unwrap_or_default()
    }
}

/// The hooks of a generation: bases before dependants, those of one crate by name.
#[derive(Debug, Default)]
pub(super) struct Hooks(pub(super) Vec<Hook>);

impl Hooks {
    /// No hooks.
    pub(super) const fn none() -> Self {
        Hooks(Vec::new())
    }

    /// Sorts hooks that are in the order in which their crates were linked: dependants first.
    pub(super) fn in_order_of_link(mut hooks: Vec<Hook>) -> Self {
        hooks.reverse();
        let mut crates: Vec<&str> = Vec::new();
        for hook in &hooks {
            if !crates.contains(&hook.crate_name()) {
                crates.push(hook.crate_name());
            }
        }
        let place = |hook: &Hook| crates.iter().position(|it| *it == hook.crate_name());
        hooks.sort_by_key(|hook| (place(hook), hook.name));
        Hooks(hooks)
    }

    pub(super) fn at(&self, when: When) -> impl DoubleEndedIterator<Item = &Hook> {
        self.0.iter().filter(move |hook| hook.when == when)
    }
}

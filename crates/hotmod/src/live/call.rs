//! Where a call goes, and the pins of a thread.
//!
//! A thread has two pins. *Call* is set by the outermost entry point for as long as it runs:
//! what it calls on this thread answers from its generation, in the baseline too, where each
//! inner call passes through a slot again. *Held* is set by [`enter`] and by
//! [`pinned`](crate::pinned). A call goes to the call pin, else to the held pin, else to what is
//! live; a handle made by `live!` skips the call pin, since it is there to leave a generation.

use std::cell::Cell;
use std::marker::PhantomData;

use super::entry::Slot;
use super::generation::{BASELINE, Generation};
use super::published::Published;

static LIVE: Published<Generation> = Published::nothing();

struct Pins {
    call: Cell<Option<&'static Generation>>,
    held: Cell<Option<&'static Generation>>,
}

thread_local! {
    // Const and without a destructor: reading it is a plain load, also while a thread ends.
    static PINS: Pins = const {
        Pins {
            call: Cell::new(None),
            held: Cell::new(None),
        }
    };
}

/// What new calls go to.
pub(crate) fn live() -> &'static Generation {
    LIVE.get().unwrap_or(&BASELINE)
}

/// Makes a generation live, for all its entry points at once.
pub(crate) fn publish(generation: &'static Generation) {
    LIVE.publish(generation);
}

/// What answers on this thread.
pub(crate) fn current() -> &'static Generation {
    PINS.with(|pins| pins.call.get().or(pins.held.get()))
        .unwrap_or_else(live)
}

/// What a handle made by `live!` calls on this thread.
pub(crate) fn held_or_live() -> &'static Generation {
    PINS.with(|pins| pins.held.get()).unwrap_or_else(live)
}

pub(crate) fn generation() -> u32 {
    current().number
}

/// A call in progress through an entry point.
#[derive(Debug)]
pub struct Call {
    target: *const (),
    _pin: Option<Pin>,
}

impl Call {
    /// The function to call; null for the baseline's body, which follows.
    #[inline]
    pub fn target(&self) -> *const () {
        self.target
    }
}

/// Begins a call through a slot.
#[inline(never)]
pub fn call(slot: &'static Slot) -> Call {
    PINS.with(|pins| match pins.call.get() {
        Some(generation) => Call {
            target: generation.target(slot),
            _pin: None,
        },
        None => {
            let generation = pins.held.get().unwrap_or_else(live);
            pins.call.set(Some(generation));
            Call {
                target: generation.target(slot),
                _pin: Some(Pin {
                    which: |pins| &pins.call,
                    previous: None,
                    _thread: PhantomData,
                }),
            }
        }
    })
}

/// Sets the call pin until the result is dropped.
pub(crate) fn pin_call(generation: &'static Generation) -> Pin {
    Pin::set(|pins| &pins.call, generation)
}

/// Sets the held pin until the result is dropped.
pub(crate) fn pin_held(generation: &'static Generation) -> Pin {
    Pin::set(|pins| &pins.held, generation)
}

/// One of a thread's pins, while it is set; dropping it restores what it was.
pub(crate) struct Pin {
    which: fn(&Pins) -> &Cell<Option<&'static Generation>>,
    previous: Option<&'static Generation>,
    /// Not `Send`: it must be dropped on the thread whose pin it is.
    _thread: PhantomData<*const ()>,
}

impl Pin {
    fn set(
        which: fn(&Pins) -> &Cell<Option<&'static Generation>>,
        generation: &'static Generation,
    ) -> Self {
        Pin {
            which,
            previous: PINS.with(|pins| which(pins).replace(Some(generation))),
            _thread: PhantomData,
        }
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pin").finish_non_exhaustive()
    }
}

impl Drop for Pin {
    #[inline]
    fn drop(&mut self) {
        PINS.with(|pins| (self.which)(pins).set(self.previous));
    }
}

/// Holds its thread to one generation until it is dropped; made by [`enter`](crate::enter).
#[must_use = "the pin is released when the guard is dropped"]
#[derive(Debug)]
pub struct Guard {
    _pin: Pin,
}

pub(crate) fn enter() -> Guard {
    Guard {
        _pin: pin_held(current()),
    }
}

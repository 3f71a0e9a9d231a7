//! Where a call goes, and the pins of a thread.
//!
//! Three things pin a thread, and a call goes to the first that does, else to what is live:
//! - *call*: an entry point that runs, or the future of one that is polled. What it calls
//!   answers from its generation, in the baseline too, where each inner call passes through a
//!   slot again.
//! - *poll*: a future of [`pinned`](crate::pinned) that is polled.
//! - *held*: the guards of [`enter`], until the last is dropped.
//!
//! The first two are set and restored in the order of the stack. Guards are values, dropped in
//! any order: the first one sets the pin, the others count. A handle made by `live!` skips the
//! call pin, since it is there to leave a generation.
//!
//! A session compiles this crate optimised and its user's not, so what a call runs is not left for
//! the user's crate to compile, but for the few instructions that a call to here would outweigh.

#![expect(unsafe_code, reason = "a call clears its thread's pin in place")]

use std::cell::Cell;
use std::marker::PhantomData;

use super::generation::Generation;
use super::globals::CONTRACT;
use super::pins::{Pins, with, with_in_place};
use super::slot::Slot;

impl Pins {
    fn held_or_live(&self) -> &'static Generation {
        self.pinned.get().unwrap_or_else(live)
    }

    fn current(&self) -> &'static Generation {
        self.call.get().unwrap_or_else(|| self.held_or_live())
    }
}

/// The generation that new calls go to.
pub(super) fn live() -> &'static Generation {
    CONTRACT.live()
}

/// The generation that answers on this thread.
pub(super) fn current() -> &'static Generation {
    with(Pins::current)
}

/// The generation that a handle made by `live!` calls on this thread.
pub(super) fn held_or_live() -> &'static Generation {
    with(Pins::held_or_live)
}

pub(crate) fn generation() -> u32 {
    current().number
}

/// The pin of a call in progress through an entry point.
///
/// The user's crate is not optimised in the dev profile, where every function that the expansion
/// calls costs: so its end is a comparison and a store, in place.
#[derive(Debug)]
pub struct Call {
    /// The thread's pin, if this call set it; else null. It also keeps the call on its thread.
    pin: *mut Option<&'static Generation>,
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if self.pin as usize != 0 {
            // SAFETY: it is a cell of this thread's pins, which stay for as long as it runs.
            unsafe { *self.pin = None }
        }
    }
}

/// Begins a call through a slot: the function to call, and the pin to hold until it returns.
///
/// The function is null where the call goes to the baseline's body, which follows. Else it has the
/// signature of the slot's entry point.
#[inline(never)]
pub fn call(slot: &'static Slot) -> (*const (), Call) {
    with_in_place(|pins| match pins.call.get() {
        Some(outer) => {
            let pin = std::ptr::null_mut();
            (outer.target(slot), Call { pin })
        }
        None => {
            let generation = pins.held_or_live();
            pins.call.set(Some(generation));
            let pin = pins.call.as_ptr();
            (generation.target(slot), Call { pin })
        }
    })
}

/// Sets the call pin until the result is dropped.
pub(crate) fn pin_call(generation: &'static Generation) -> Pin {
    Pin::set(|pins| &pins.call, generation)
}

/// Sets the poll pin until the result is dropped, and the call pin too: a pinned future may be
/// polled by a call of another generation.
pub(crate) fn pin_poll(generation: &'static Generation) -> [Pin; 2] {
    [
        Pin::set(|pins| &pins.poll, generation),
        pin_call(generation),
    ]
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
            previous: with(|pins| {
                let previous = which(pins).replace(Some(generation));
                pins.choose();
                previous
            }),
            _thread: PhantomData,
        }
    }
}

impl Drop for Pin {
    #[inline(never)]
    fn drop(&mut self) {
        with(|pins| {
            (self.which)(pins).set(self.previous);
            pins.choose();
        });
    }
}

/// In a session it holds the thread's pin.
#[must_use = "the pin is released when the guard is dropped"]
#[derive(Debug)]
pub struct Guard {
    counts: bool,
    /// Not `Send`: it must be dropped on the thread whose pin it holds.
    _thread: PhantomData<*const ()>,
}

pub(crate) fn enter() -> Guard {
    with(|pins| {
        // A pinned future holds its generation at each poll, for longer than a guard in it
        // could, which must not hold the thread for other tasks between two polls.
        let counts = pins.poll.get().is_none();
        if counts {
            if pins.guards.get() == 0 {
                pins.held.set(Some(pins.current()));
                pins.choose();
            }
            pins.guards.set(pins.guards.get() + 1);
        }
        Guard {
            counts,
            _thread: PhantomData,
        }
    })
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.counts {
            with(|pins| {
                pins.guards.set(pins.guards.get() - 1);
                if pins.guards.get() == 0 {
                    pins.held.set(None);
                    pins.choose();
                }
            });
        }
    }
}

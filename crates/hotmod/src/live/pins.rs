//! What holds a thread to a generation, and where that is kept.
//!
//! Every call of an entry point reads and writes it, so it has to be quick to reach. The runtime is
//! in a library that is loaded when the process starts, whose thread-locals have a fixed distance
//! from the thread's base; but rustc compiles libraries as if they were loaded later, and reaches a
//! `thread_local!` in them by a call of `__tls_get_addr`, twice in each call. So on x86_64 Linux the
//! place is made and reached by hand, in the ABI's initial-exec model (Ulrich Drepper, "ELF Handling
//! For Thread-Local Storage", 4.4.6). Elsewhere, and under Miri, it is a `thread_local!`.

#![expect(unsafe_code, reason = "the thread's pins are reached by assembly")]

use std::cell::Cell;

use super::generation::Generation;

/// The pins of a thread. All zeros is a thread without any.
#[repr(C)]
pub(super) struct Pins {
    /// An entry point that runs, or the future of one that is polled.
    pub(super) call: Cell<Option<&'static Generation>>,
    /// The first of the two below that is set: what a call asks when `call` is not.
    pub(super) pinned: Cell<Option<&'static Generation>>,
    /// A future of [`pinned`](crate::pinned) that is polled.
    pub(super) poll: Cell<Option<&'static Generation>>,
    /// Guards of [`enter`](crate::enter).
    pub(super) held: Cell<Option<&'static Generation>>,
    /// How many guards hold `held`.
    pub(super) guards: Cell<usize>,
}

impl Pins {
    /// To be called when `poll` or `held` was set.
    pub(super) fn choose(&self) {
        self.pinned.set(self.poll.get().or(self.held.get()));
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod place {
    use std::arch::{asm, global_asm};

    use super::Pins;

    // Hidden: the name is for this library alone. `.tbss` is zero in each new thread.
    global_asm!(
        ".pushsection .tbss.hotmod_pins,\"awT\",@nobits",
        ".balign 8",
        ".globl hotmod_pins",
        ".hidden hotmod_pins",
        ".type hotmod_pins,@object",
        ".size hotmod_pins,{size}",
        "hotmod_pins:",
        ".zero {size}",
        ".popsection",
        size = const size_of::<Pins>(),
    );

    /// The address of this thread's pins.
    #[inline(always)]
    pub(super) fn pins() -> *const Pins {
        let pins: *const Pins;
        // SAFETY: it reads the distance from the thread's base, which is the same for all
        // threads, and the base, which the ABI keeps at offset 0 of `fs`.
        unsafe {
            asm!(
                "mov {pins}, qword ptr [rip + hotmod_pins@GOTTPOFF]",
                "add {pins}, qword ptr fs:[0]",
                pins = out(reg) pins,
                options(pure, readonly, nostack),
            );
        }
        pins
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
mod place {
    use std::cell::Cell;

    use super::Pins;

    thread_local! {
        // Const and without a destructor: it is there until the thread's very end.
        static PINS: Pins = const {
            Pins {
                call: Cell::new(None),
                pinned: Cell::new(None),
                poll: Cell::new(None),
                held: Cell::new(None),
                guards: Cell::new(0),
            }
        };
    }

    /// The address of this thread's pins.
    pub(super) fn pins() -> *const Pins {
        PINS.with(std::ptr::from_ref)
    }
}

/// Looks at this thread's pins.
pub(super) fn with<R>(look: impl FnOnce(&Pins) -> R) -> R {
    /// Never inlined: the place has a name only in this library.
    #[inline(never)]
    fn pins() -> *const Pins {
        place::pins()
    }
    // SAFETY: as in `with_in_place`.
    look(unsafe { &*pins() })
}

/// The same without a call, for functions that are never inlined themselves.
#[inline(always)]
pub(super) fn with_in_place<R>(look: impl FnOnce(&Pins) -> R) -> R {
    // SAFETY: they are zeroed memory of that size and alignment, which is a value of `Pins`, and
    // stay for as long as the thread runs. No other thread has the address, and all their fields
    // are cells.
    look(unsafe { &*place::pins() })
}

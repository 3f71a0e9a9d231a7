//! The pins of a thread, and the thread-local storage for them.
//!
//! Each call of an entry point reads and writes the pins, so access must be fast. The runtime is in a library
//! that is loaded when the process starts, so its thread-locals have a fixed offset from the thread pointer.
//! But rustc compiles libraries as if they were loaded later, and accesses a `thread_local!` through
//! `__tls_get_addr`, twice in each call. So on x86_64 Linux, the storage is defined and accessed in assembly,
//! with the ABI's initial-exec model (Ulrich Drepper, "ELF Handling For Thread-Local Storage", 4.4.6).
//! Elsewhere, and under Miri, it is a `thread_local!`.

#![expect(unsafe_code, reason = "the thread's pins are reached by assembly")]

use std::cell::Cell;

use super::generation::Generation;

/// The pins of a thread. If all bytes are zero, it has none. Trampolines read the first two.
#[repr(C)]
pub(super) struct Pins {
    /// The generation of the running entry point, or of its future that is being polled.
    pub(super) call: Cell<Option<&'static Generation>>,
    /// The first of `poll` and `held` that is set. A call uses it if `call` is not set.
    pub(super) pinned: Cell<Option<&'static Generation>>,
    /// The generation of a future of [`pinned`](crate::pinned) that is being polled.
    pub(super) poll: Cell<Option<&'static Generation>>,
    /// The generation of the guards of [`enter`](crate::enter).
    pub(super) held: Cell<Option<&'static Generation>>,
    /// The number of these guards.
    pub(super) guards: Cell<usize>,
}

impl Pins {
    /// Must be called after `poll` or `held` was set.
    pub(super) fn choose(&self) {
        self.pinned.set(self.poll.get().or(self.held.get()));
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod place {
    use std::arch::{asm, global_asm};

    use super::Pins;

    // The host's trampolines use the name, too. `.tbss` is zero in each new thread.
    global_asm!(
        ".pushsection .tbss.hotmod_pins,\"awT\",@nobits",
        ".balign 8",
        ".globl hotmod_pins",
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
        // Const and without a destructor, so that it is accessible until the end of the thread.
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

/// Accesses the pins of this thread.
pub(super) fn with<R>(look: impl FnOnce(&Pins) -> R) -> R {
    /// Never inlined, because only this library can name the storage.
    #[inline(never)]
    fn pins() -> *const Pins {
        place::pins()
    }
    // SAFETY: as in `with_in_place`.
    look(unsafe { &*pins() })
}

/// Like [`with`], but inlined. For functions that are never inlined themselves.
#[inline(always)]
pub(super) fn with_in_place<R>(look: impl FnOnce(&Pins) -> R) -> R {
    // SAFETY: they are zeroed memory of that size and alignment, which is a value of `Pins`, and
    // stay for as long as the thread runs. No other thread has the address, and all their fields
    // are cells.
    look(unsafe { &*place::pins() })
}

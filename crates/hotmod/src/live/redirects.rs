//! The host's calls of functions that are not marked.
//!
//! When the tool links a host, it redirects references to plain functions of the group to *trampolines*, which
//! it adds to the link. A trampoline finds the generation that answers on its thread in the same way as
//! [`call`](super::call::call): the call pin, else the other pin, else the live generation. It takes the
//! target from the generation's [`Redirects`], and jumps there. It sets no pin, because it does not know when the
//! call ends. In the baseline, it jumps to the function that the host was linked with.
//!
//! A trampoline reads this memory:
//! - `hotmod_pins`, the thread's [`Pins`](super::pins::Pins): `call` at offset 0 and `pinned` at 8,
//! - `hotmod_live`, the pointer to the live generation, which is the one that marked functions use,
//! - the pointer to the redirects at offset 0 of a generation; null for the baseline,
//! - the table that it points to. With `n` redirects, these are `n` words with the addresses to jump to, then
//!   `n` words with the addresses of the functions, and `n` words that say which were called.
//!
//! To find out which functions were called, the first `n` words point to *stubs* at first. A stub sets the
//! function's third word and jumps to the function. The reporter replaces the address of each stub that has run
//! by the function's, so later calls go straight there.

#![expect(unsafe_code, reason = "the tool adds the trampolines to the link")]

use std::sync::OnceLock;

use super::sync::{AtomicUsize, Ordering};

/// The description of the trampolines, which the tool adds to the host's link. All fields are constants.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Trampolines {
    /// The digest of the redirected symbols, which each offer must repeat.
    pub(super) digest: u64,
    count: usize,
    /// The first stub. The others follow at a distance of [`STUB_SIZE`].
    stubs: *const u8,
    names: *const Name,
}

/// The name of a redirected function.
#[repr(C)]
struct Name {
    start: *const u8,
    length: usize,
}

/// The distance between two stubs.
const STUB_SIZE: usize = 16;

// SAFETY: nothing is written to them or through their pointers.
unsafe impl Send for Trampolines {}
// SAFETY: as above.
unsafe impl Sync for Trampolines {}

/// The host's trampolines, if it has any.
pub(super) static TRAMPOLINES: OnceLock<&'static Trampolines> = OnceLock::new();

impl Trampolines {
    /// # Safety
    /// The tool added the trampolines to the link of the running host.
    unsafe fn names(&self) -> impl Iterator<Item = &'static str> {
        let names = match self.count {
            0 => &[][..],
            // SAFETY: the tool wrote as many names, which stay mapped.
            count => unsafe { std::slice::from_raw_parts(self.names, count) },
        };
        names.iter().map(|name| {
            // SAFETY: as above; the tool writes names in UTF-8.
            unsafe {
                let bytes = std::slice::from_raw_parts(name.start, name.length);
                std::str::from_utf8_unchecked(bytes)
            }
        })
    }
}

/// The targets of the host's trampolines in one generation.
pub(super) struct Redirects {
    trampolines: &'static Trampolines,
    table: Box<[AtomicUsize]>,
}

impl Redirects {
    /// # Safety
    /// The trampolines are those of the running host. The targets are functions that stay mapped, in the order of
    /// the trampolines, and each may be called in place of the one that the host was linked with.
    pub(super) unsafe fn new(trampolines: &'static Trampolines, targets: &[usize]) -> Self {
        assert_eq!(targets.len(), trampolines.count);
        let stubs = (0..targets.len()).map(|it| trampolines.stubs.addr() + it * STUB_SIZE);
        let is_called = targets.iter().map(|_| 0);
        let words = stubs.chain(targets.iter().copied()).chain(is_called);
        Redirects {
            trampolines,
            table: words.map(AtomicUsize::new).collect(),
        }
    }

    /// The same targets, of which none was called yet.
    pub(super) fn again(&self) -> Self {
        let count = self.trampolines.count;
        let targets = self.table[count..2 * count].iter();
        let targets: Vec<usize> = targets.map(|it| it.load(Ordering::Relaxed)).collect();
        // SAFETY: these targets were given to `new` for the same trampolines.
        unsafe { Redirects::new(self.trampolines, &targets) }
    }

    /// The table that trampolines read.
    pub(super) fn table(&self) -> *const AtomicUsize {
        self.table.as_ptr()
    }

    /// The functions that were called, by name. Later calls of them pass no stub any more.
    pub(super) fn called(&self) -> impl Iterator<Item = &'static str> {
        // SAFETY: `new` requires it.
        let names = unsafe { self.trampolines.names() };
        let count = self.trampolines.count;
        let (jumps, rest) = self.table.split_at(count);
        let (targets, is_called) = rest.split_at(count);
        let all = names.zip(jumps.iter().zip(targets.iter().zip(is_called)));
        all.filter_map(|(name, (jump, (target, is_called)))| {
            // All of them are words that stand for themselves: `Relaxed`.
            if is_called.load(Ordering::Relaxed) == 0 {
                return None;
            }
            jump.store(target.load(Ordering::Relaxed), Ordering::Relaxed);
            Some(name)
        })
    }

    /// Whether a function was not called, as far as [`called`](Self::called) has seen.
    pub(super) fn has_uncalled(&self) -> bool {
        let count = self.trampolines.count;
        let (jumps, targets) = self.table[..2 * count].split_at(count);
        let mut all = jumps.iter().zip(targets);
        all.any(|(jump, target)| jump.load(Ordering::Relaxed) != target.load(Ordering::Relaxed))
    }
}

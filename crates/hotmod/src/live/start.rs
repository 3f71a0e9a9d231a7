//! `#[hotmod::main]` joins the session here, before any other code of the program runs.

#![expect(unsafe_code, reason = "the linker says where the records are")]

use super::carried;
use super::channel;
use super::load;
use super::record::{Bounds, Record};
use super::stderr::say;

/// Joins the session. This is a macro, because the bounds of the section are those of the binary only in
/// the host's own crate. The empty record ensures that the section exists.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_start {
    ($identity:literal) => {
        // SAFETY: the assembly emits no instruction, only an empty record. The statics are the
        // linker's bounds of the section that `register!` fills.
        #[allow(unsafe_code)]
        unsafe {
            $crate::__private::core::arch::asm!(
                ".pushsection hotmod_entries,\"awR\",@progbits",
                ".balign 8",
                ".quad 0",
                ".quad 0",
                ".popsection",
                options(nomem, nostack, preserves_flags),
            );
            unsafe extern "Rust" {
                static __start_hotmod_entries: $crate::__private::Record;
                static __stop_hotmod_entries: $crate::__private::Record;
            }
            // In a static, so that the code of `main` does not depend on it.
            static __HOTMOD_IDENTITY: u64 = $identity;
            $crate::__private::start(
                &raw const __start_hotmod_entries,
                &raw const __stop_hotmod_entries,
                &__HOTMOD_IDENTITY,
            );
        }
    };
}

pub use __hotmod_start as start;

/// Reads the host's entry points and connects to the session that the environment names.
///
/// `identity` is the host's identity, or 0 if it was built without the tool. If the session can't be joined,
/// this prints a message to stderr, and the program runs as it was built.
///
/// The tool looks for calls of this function by its path, `hotmod::live::start::start`, to see
/// whether a program joins its session.
///
/// # Safety
/// The bounds are those of the host's own section `hotmod_entries`.
pub unsafe fn start(start: *const Record, stop: *const Record, identity: &u64) {
    // SAFETY: the caller guarantees it.
    let joined = unsafe { load::take_up_baseline(Bounds { start, stop }) }
        .and_then(|()| channel::join_session(*identity).map_err(|error| error.to_string()));
    match joined {
        Ok(()) => carried::read_statics(),
        Err(reason) => say(&format!("this program can't join its session: {reason}")),
    }
}

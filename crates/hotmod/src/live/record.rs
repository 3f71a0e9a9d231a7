//! How the runtime finds the marked items.
//!
//! Each entry point, hook and kept static has a [`Record`] in the link section `hotmod_entries` of its
//! binary or library. The linker collects the records and defines symbols for their bounds
//! (`__start_hotmod_entries` and `__stop_hotmod_entries`, the System V ABI's convention for sections
//! named like C identifiers). The records are in the order of the link, which is dependents before
//! dependencies, because linkers resolve archives from left to right.

#![expect(unsafe_code, reason = "the linker says where the records are")]

use std::arch::asm;
use std::collections::HashMap;
use std::ptr::NonNull;

use super::entry::EntryPoint;
use super::hook::{Hook, Hooks};
use super::kept_static::KeptStatic;
use super::redirects::Trampolines;
use super::slot::Slot;

/// A record. `register!` emits the same layout.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// `None` in the record that creates the section, and in that of the trampolines.
    pub(super) describe: Option<fn() -> Description>,
    /// The slot of an entry point of the host. Without a description, the host's trampolines.
    pub(super) of: Option<NonNull<()>>,
}

// SAFETY: what it points to is `Sync`, and stays.
unsafe impl Send for Record {}
// SAFETY: as above.
unsafe impl Sync for Record {}

/// The description in a record.
#[derive(Clone, Copy, Debug)]
pub enum Description {
    /// A function marked `#[hot]`.
    EntryPoint(EntryPoint),
    /// A function marked `#[setup]` or `#[teardown]`.
    Hook(Hook),
    /// A static of `keep!`.
    Kept(KeptStatic),
}

impl Record {
    /// The record of a hook or of a kept static.
    pub const fn new(describe: fn() -> Description) -> Self {
        Record {
            describe: Some(describe),
            of: None,
        }
    }

    /// The host's entry point and the slot that it calls through.
    pub(super) fn slot(&self) -> Option<(EntryPoint, &'static Slot)> {
        match (self.describe?)() {
            // SAFETY: an entry point's record has the address of a slot, which is a static.
            Description::EntryPoint(entry) => Some((entry, unsafe { self.of?.cast().as_ref() })),
            _ => None,
        }
    }

    /// The host's trampolines.
    pub(super) fn trampolines(&self) -> Option<&'static Trampolines> {
        match self.describe {
            Some(_) => None,
            // SAFETY: only the tool writes a record without a description that points to something.
            None => Some(unsafe { self.of?.cast().as_ref() }),
        }
    }
}

/// Bounds of a section of records, as the group's library returns them.
#[repr(C)]
pub(super) struct Bounds {
    pub(super) start: *const Record,
    pub(super) stop: *const Record,
}

impl Bounds {
    /// The records between them.
    ///
    /// # Safety
    /// They are the bounds of a section `hotmod_entries` that stays mapped.
    pub(super) unsafe fn records(self) -> &'static [Record] {
        let bytes = self.stop.addr().saturating_sub(self.start.addr());
        let count = bytes / size_of::<Record>();
        if count == 0 {
            return &[];
        }
        // SAFETY: the caller guarantees the bounds; each record is aligned and written whole.
        unsafe { std::slice::from_raw_parts(self.start, count) }
    }
}

/// The bounds of the section in the image that has this code: the library of the crates that the host and
/// the group share, or the host if there is none.
pub(super) fn bounds_of_this_image() -> Bounds {
    unsafe extern "Rust" {
        static __start_hotmod_entries: Record;
        static __stop_hotmod_entries: Record;
    }
    // SAFETY: this emits no instruction, only an empty record, so that the section exists.
    unsafe {
        asm!(
            ".pushsection hotmod_entries,\"awR\",@progbits",
            ".balign 8",
            ".quad 0",
            ".quad 0",
            ".popsection",
            options(nomem, nostack, preserves_flags),
        );
    }
    Bounds {
        start: &raw const __start_hotmod_entries,
        stop: &raw const __stop_hotmod_entries,
    }
}

/// All marked items in a host or a library.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) entries: HashMap<&'static str, EntryPoint>,
    pub(super) hooks: Hooks,
    pub(super) kept: Vec<KeptStatic>,
}

impl Contents {
    /// Reads all records. Names must be unique, because generations are compared by name.
    pub(super) fn of(records: &[Record]) -> Result<Self, String> {
        let mut contents = Contents::default();
        let mut hooks = Vec::new();
        for describe in records.iter().filter_map(|record| record.describe) {
            match describe() {
                Description::EntryPoint(entry) => {
                    // A function that is inlined has several records.
                    let other = contents.entries.insert(entry.name(), entry);
                    if other.is_some_and(|it| it.target() != entry.target()) {
                        return Err(two("entry points", entry.name()));
                    }
                }
                Description::Hook(hook) => hooks.push(hook),
                Description::Kept(kept) => {
                    if contents.kept.iter().any(|it| it.name() == kept.name()) {
                        return Err(two("kept statics", kept.name()));
                    }
                    contents.kept.push(kept);
                }
            }
        }
        contents.hooks = Hooks::in_order_of_link(hooks);
        Ok(contents)
    }
}

fn two(what: &str, name: &str) -> String {
    format!("two {what} are named `{name}`; help: rename one of them")
}

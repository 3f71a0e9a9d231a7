//! One build of the whole group, once it is loaded.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use super::entry::{Description, Slot};

/// A generation. It is made once, never changed after it is published, and never freed.
pub(crate) struct Generation {
    pub(crate) number: u32,
    /// By slot index: where the host's call goes. Empty for the baseline, whose bodies stand
    /// behind the slots themselves.
    targets: Vec<Target>,
    /// By name, for handles. Written once, for the baseline when the host starts.
    entries: OnceLock<HashMap<&'static str, Entry>>,
}

/// An entry point of one generation.
pub(crate) struct Entry {
    pub(crate) description: Description,
    /// Whether something needs it of all generations to come; see `contract`.
    pub(crate) required: &'static AtomicBool,
}

impl Entry {
    pub(crate) fn new(description: Description, required: &'static AtomicBool) -> Self {
        Entry {
            description,
            required,
        }
    }
}

/// The address of an entry point of one generation; null for the baseline's own body.
#[derive(Clone, Copy)]
struct Target(*const ());

// SAFETY: an address of code, which is mapped for as long as the process runs.
unsafe impl Send for Target {}
// SAFETY: as above; nothing is written through it.
unsafe impl Sync for Target {}

/// Generation 0.
pub(crate) static BASELINE: Generation = Generation {
    number: 0,
    targets: Vec::new(),
    entries: OnceLock::new(),
};

impl Generation {
    /// A loaded generation. `slots` are the host's, in the order of their indices, each with the
    /// name of its entry point, and `entries` has each of these names.
    pub(crate) fn new(
        number: u32,
        slots: impl Iterator<Item = &'static str>,
        entries: HashMap<&'static str, Entry>,
    ) -> Self {
        let targets = slots
            .map(|name| Target(entries[name].description.target()))
            .collect();
        Generation {
            number,
            targets,
            entries: OnceLock::from(entries),
        }
    }

    /// Where a call through this slot goes; null stands for the body behind the slot.
    ///
    /// The baseline's table is empty, and so has none but these bodies. A slot that was not taken
    /// up when the host started has an index beyond every table, and nothing but its own body.
    #[inline]
    pub(crate) fn target(&self, slot: &Slot) -> *const () {
        match self.targets.get(slot.index()) {
            Some(target) => target.0,
            None => std::ptr::null(),
        }
    }

    /// The entry point of this name.
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get()?.get(name)
    }

    /// Whether the host has taken up its entry points: in a build without a session it never does.
    pub(crate) fn is_described() -> bool {
        BASELINE.entries.get().is_some()
    }

    /// Fills in the baseline's entry points, when the host starts.
    pub(crate) fn describe_baseline(entries: HashMap<&'static str, Entry>) {
        // A second `main` can't be: the first caller's entry points are all there are.
        let _ = BASELINE.entries.set(entries);
    }
}

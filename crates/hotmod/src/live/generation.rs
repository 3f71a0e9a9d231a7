//! One build of the whole group, once it is loaded.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use super::entry::{EntryPoint, Slot};
use super::hooks::Hooks;
use super::kept::KeptStatic;

/// A generation. It is made once, never changed after it is published, and never freed.
pub(crate) struct Generation {
    pub(crate) number: u32,
    /// By slot index: where the host's call goes. Empty for the baseline, whose bodies stand
    /// behind the slots themselves.
    targets: Vec<Target>,
    /// Written once, for the baseline when the host starts.
    parts: OnceLock<Parts>,
}

/// What a generation has besides where calls go.
pub(crate) struct Parts {
    /// By name, for handles.
    pub(super) entries: HashMap<&'static str, Entry>,
    pub(super) hooks: Hooks,
    pub(super) kept: Vec<KeptStatic>,
}

/// An entry point of one generation.
pub(crate) struct Entry {
    pub(crate) description: EntryPoint,
    /// Whether something needs it of all generations to come; see `contract`.
    pub(crate) required: &'static AtomicBool,
}

impl Entry {
    pub(crate) fn new(description: EntryPoint, required: &'static AtomicBool) -> Self {
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
    parts: OnceLock::new(),
};

impl Generation {
    /// A loaded generation. `slots` are the host's, in the order of their indices, each with the
    /// name of its entry point, and `parts` has each of these names.
    pub(crate) fn new(
        number: u32,
        slots: impl Iterator<Item = &'static str>,
        parts: Parts,
    ) -> Self {
        let targets = slots
            .map(|name| Target(parts.entries[name].description.target()))
            .collect();
        Generation {
            number,
            targets,
            parts: OnceLock::from(parts),
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
        self.parts.get()?.entries.get(name)
    }

    /// All its entry points.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.parts
            .get()
            .into_iter()
            .flat_map(|it| it.entries.values())
    }

    /// Its statics of `keep!`.
    pub(super) fn kept(&self) -> &[KeptStatic] {
        self.parts.get().map_or(&[], |it| &it.kept)
    }

    /// Its setups and teardowns.
    pub(super) fn hooks(&self) -> &Hooks {
        static NONE: Hooks = Hooks::none();
        self.parts.get().map_or(&NONE, |it| &it.hooks)
    }

    /// Whether the host has taken up its entry points: in a build without a session it never does.
    pub(crate) fn is_described() -> bool {
        BASELINE.parts.get().is_some()
    }

    /// Fills in what the baseline has, when the host starts.
    pub(crate) fn describe_baseline(parts: Parts) {
        // A second `main` can't be: the first caller's entry points are all there are.
        let _ = BASELINE.parts.set(parts);
    }
}

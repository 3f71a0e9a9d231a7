//! A loaded generation.
//!
//! A generation is never freed. After it is published, nothing of it changes but which of its entry
//! points were called.

#![expect(unsafe_code, reason = "trampolines read a generation's table")]

use std::collections::HashMap;
use std::sync::OnceLock;

use super::called::{REPORTER, Target};
use super::entry::EntryPoint;
use super::hook::Hooks;
use super::kept_static::KeptStatic;
use super::redirects::Redirects;
use super::slot::Slot;
use super::sync::{AtomicBool, AtomicUsize};

/// A generation.
#[repr(C)]
pub(super) struct Generation {
    /// The table of `redirects`, for trampolines; null for the baseline.
    table: *const AtomicUsize,
    redirects: Option<Redirects>,
    pub(super) number: u32,
    pub(super) origin: Origin,
    /// The targets of the host's calls, by slot index. Empty for the baseline, whose bodies are in
    /// the functions with the slots.
    targets: Vec<Target>,
    /// The names of their entry points.
    names: Vec<&'static str>,
    /// Written once; for the baseline, when the host starts.
    parts: OnceLock<Parts>,
}

/// The library of a generation. The baseline has none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origin {
    /// Its build id.
    pub(super) build: u64,
    /// An address in its code.
    pub(super) at: usize,
}

/// The parts of a generation that calls don't need.
pub(super) struct Parts {
    /// The entry points by name, for handles.
    pub(super) entries: HashMap<&'static str, Entry>,
    pub(super) hooks: Hooks,
    pub(super) kept: Vec<KeptStatic>,
}

/// An entry point of one generation.
pub(super) struct Entry {
    pub(super) description: EntryPoint,
    /// Whether all later generations must have it; see `contract`.
    pub(super) required: &'static AtomicBool,
    /// For calls through handles.
    pub(super) target: Target,
}

// SAFETY: the table is part of the redirects, and consists of atomics.
unsafe impl Send for Generation {}
// SAFETY: as above.
unsafe impl Sync for Generation {}

impl Entry {
    pub(super) fn new(description: EntryPoint, required: &'static AtomicBool) -> Self {
        Entry {
            description,
            required,
            target: Target::new(description.target()),
        }
    }
}

impl Generation {
    /// Generation 0, before the host has started.
    pub(super) const fn baseline() -> Self {
        Generation {
            table: std::ptr::null(),
            redirects: None,
            number: 0,
            origin: Origin { build: 0, at: 0 },
            targets: Vec::new(),
            names: Vec::new(),
            parts: OnceLock::new(),
        }
    }

    /// A loaded generation. `slots` are the names of the host's entry points, in the order of their
    /// slots' indices, and `parts` has each of these names.
    pub(super) fn new(
        number: u32,
        origin: Origin,
        slots: &[&'static str],
        redirects: Option<Redirects>,
        parts: Parts,
    ) -> Self {
        let target = |name: &&str| Target::new(parts.entries[name].description.target());
        let targets = slots.iter().map(target).collect();
        let table = redirects.as_ref().map(Redirects::table);
        Generation {
            table: table.unwrap_or(std::ptr::null()),
            redirects,
            number,
            origin,
            targets,
            names: slots.to_vec(),
            parts: OnceLock::from(parts),
        }
    }

    /// The same code as a newer generation, because it goes live again.
    pub(super) fn again(&self, number: u32) -> Self {
        let entries = self.parts.get().into_iter().flat_map(|it| &it.entries);
        let entries = entries.map(|(name, it)| (*name, Entry::new(it.description, it.required)));
        let parts = Parts {
            entries: entries.collect(),
            hooks: Hooks(self.hooks().0.clone()),
            kept: self.kept().to_vec(),
        };
        let redirects = self.redirects.as_ref().map(Redirects::again);
        Generation::new(number, self.origin, &self.names, redirects, parts)
    }

    /// The target of a call through this slot; null for the baseline's own body.
    ///
    /// The baseline's table is empty, so it always returns null. A slot that was not set when the host
    /// started has an index beyond every table, so it always uses its own body.
    #[inline]
    pub(super) fn target(&self, slot: &Slot) -> *const () {
        match self.targets.get(slot.index()) {
            Some(target) => target.call(&REPORTER),
            None => std::ptr::null(),
        }
    }

    /// The entry point of this name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.parts.get()?.entries.get(name)
    }

    /// All its entry points.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.parts
            .get()
            .into_iter()
            .flat_map(|it| it.entries.values())
    }

    /// The names of the entry points that were called. Those of the baseline are not known.
    pub(super) fn called(&self) -> impl Iterator<Item = &'static str> {
        let slots = self.names.iter().zip(&self.targets);
        let slots = slots.filter(|(_, target)| target.is_called());
        let handles = self.entries().filter(|it| it.target.is_called());
        let of_handles = handles.map(|it| it.description.name());
        let redirects = self.redirects.iter().flat_map(Redirects::called);
        slots
            .map(|(name, _)| *name)
            .chain(of_handles)
            .chain(redirects)
    }

    /// Whether the reporter must look again for functions that were called through trampolines.
    pub(super) fn has_uncalled_redirects(&self) -> bool {
        self.redirects.as_ref().is_some_and(Redirects::has_uncalled)
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

    /// Whether its entry points are known. Without a session, those of the baseline are not.
    pub(super) fn is_described(&self) -> bool {
        self.parts.get().is_some()
    }

    /// Fills in the baseline's entry points, hooks and statics, when the host starts.
    pub(super) fn describe(&self, parts: Parts) {
        // If `main` calls itself, the entry points are the same.
        let _ = self.parts.set(parts);
    }
}

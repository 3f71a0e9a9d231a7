//! The live generation, and the entry points that later ones must have because the process calls them.
//!
//! The host's slots and the handles of `live!` were compiled against signatures. A generation that lacks
//! such an entry point, or has it with another signature, must not go live, because the call would
//! read memory as the wrong type. The contract only grows: code of a retired generation can still be
//! called.
//!
//! If the tool has compared the layouts of the types that cross, their names are ignored. The parts
//! that layouts don't show still count: lifetimes, and whether the function is `unsafe`.
//!
//! A generation is checked twice, because its setups run in between, and may create handles.
//!
//! # Algorithm
//! Any thread may create handles while one thread proposes, admits and withdraws generations. A
//! lock orders the two: either the handle is created first, and the generation is checked for it, or
//! the generation is live first, and the handle is refused if it lacks the entry point. Creating a
//! handle again takes no lock, because the entry in the live generation is marked.
//!
//! `tests/loom.rs` runs this file under loom.

#![expect(unsafe_code, reason = "the contract gives slots their indices")]

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::entry::EntryPoint;
use super::generation::{Entry, Generation, Origin, Parts};
use super::published::Published;
use super::record::Contents;
use super::redirects::Redirects;
use super::signatures::Signatures;
use super::slot::Slot;
use super::sync::{AtomicBool, Mutex, MutexGuard, Ordering, const_unless_loom};
use super::versions::Versions;

/// The contract of a process.
pub(super) struct Contract {
    /// Only the contract publishes, so the live generation has passed the checks.
    live: &'static Published<Generation>,
    versions: &'static Versions,
    terms: Mutex<Terms>,
}

/// The entry points that later generations must have.
#[derive(Default)]
struct Terms {
    /// The names of the host's entry points, in the order of their slots' indices.
    slots: Vec<&'static str>,
    /// By name.
    clauses: BTreeMap<&'static str, Clause>,
    /// The generation that is being set up. Its entry points can have handles, too.
    candidate: Option<&'static Generation>,
    /// All generations that are or were live.
    admitted: Vec<&'static Generation>,
}

/// An entry point that some generation has or had.
struct Clause {
    signature: &'static str,
    is_async: bool,
    is_send: bool,
    /// Shared with the generations' entries. It is set under the lock, never cleared, and read
    /// without the lock where only whether it is set matters. It guards no other data: `Relaxed`.
    required: &'static AtomicBool,
}

/// A generation that passed the first check. It is withdrawn when dropped, unless it was admitted.
pub(super) struct Candidate {
    contract: &'static Contract,
    pub(super) generation: &'static Generation,
    signatures: Signatures,
}

impl Contract {
    const_unless_loom! {
        /// A contract with this live generation, whose entry points are not known yet.
        pub(super) fn new(
            live: &'static Published<Generation>,
            versions: &'static Versions,
        ) -> Self {
            Contract {
                live,
                versions,
                terms: Mutex::new(Terms {
                    slots: Vec::new(),
                    clauses: BTreeMap::new(),
                    candidate: None,
                    admitted: Vec::new(),
                }),
            }
        }
    }

    /// The generation that new calls go to.
    #[inline]
    pub(super) fn live(&self) -> &'static Generation {
        self.live.get()
    }

    fn lock(&self) -> MutexGuard<'_, Terms> {
        // Each change is a single insertion or assignment, so a panic can't leave it half done.
        self.terms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the host's own entry points, which every generation must have, and sets their slots.
    pub(super) fn open(&self, contents: Contents, slots: &[(&'static str, &'static Slot)]) {
        let mut terms = self.lock();
        for (index, (_, slot)) in slots.iter().enumerate() {
            // SAFETY: the names of the slots are kept in this order, by which each generation's table
            // is made.
            unsafe { slot.set_index(index) };
        }
        terms.slots = slots.iter().map(|(name, _)| *name).collect();
        self.versions.admit(&contents.kept);
        let parts = terms.parts(contents);
        for entry in parts.entries.values() {
            entry.required.store(true, Ordering::Relaxed);
            terms.take_up(entry);
        }
        let live = self.live.get();
        live.describe(parts);
        terms.admitted.push(live);
    }

    /// Requires an entry point of all later generations, for a handle. Fails if it is not an entry
    /// point of the live generation.
    pub(super) fn require(&self, name: &str) -> Result<(), String> {
        // A route may create its handle at each call. Only the first one takes the lock.
        let is_required = |entry: &Entry| entry.required.load(Ordering::Relaxed);
        if self.live.get().entry(name).is_some_and(is_required) {
            return Ok(());
        }
        let terms = self.lock();
        // Read under the lock, so that it stays live until the entry is marked. A retired generation
        // may have an entry point that the live one lacks.
        let generation = self.live.get();
        let entry = generation.entry(name);
        match entry.or_else(|| terms.candidate?.entry(name)) {
            Some(entry) => {
                entry.required.store(true, Ordering::Relaxed);
                Ok(())
            }
            None => Err(format!(
                "`{name}` is not an entry point of generation {}; help: mark it `#[hotmod::hot]`",
                generation.number
            )),
        }
    }

    /// Checks the contents of a library, and makes it the generation that is about to be set up.
    ///
    /// # Safety
    /// `signatures` and `changed` are what the tool found when it compared the layouts of the
    /// library's types with those of the host and of the generations before.
    pub(super) unsafe fn propose(
        &'static self,
        number: u32,
        origin: Origin,
        contents: Contents,
        redirects: Option<Redirects>,
        signatures: Signatures,
        changed: &[String],
    ) -> Result<Candidate, String> {
        let mut terms = self.lock();
        terms.check(signatures, |name| contents.entries.get(name))?;
        self.versions.propose(&contents.kept, changed)?;
        let parts = terms.parts(contents);
        let generation = Generation::new(number, origin, &terms.slots, redirects, parts);
        Ok(self.candidate(generation, signatures, &mut terms))
    }

    /// Checks a generation that was live before, and makes it the one that is about to be set up again, as a newer
    /// one. Since it was live, entry points may have got handles, and values may have been migrated to other types.
    ///
    /// # Safety
    /// `signatures` is what the tool found when it compared the layouts of the types of all generations.
    pub(super) unsafe fn propose_again(
        &'static self,
        number: u32,
        earlier: u32,
        signatures: Signatures,
    ) -> Result<Candidate, String> {
        let mut terms = self.lock();
        let mut admitted = terms.admitted.iter();
        let earlier = admitted
            .find(|it| it.number == earlier)
            .ok_or_else(|| format!("generation {earlier} was never live"))?;
        let earlier: &'static Generation = earlier;
        terms.check(signatures, |name| Some(&earlier.entry(name)?.description))?;
        self.versions.require_current(earlier.kept())?;
        Ok(self.candidate(earlier.again(number), signatures, &mut terms))
    }

    fn candidate(
        &'static self,
        generation: Generation,
        signatures: Signatures,
        terms: &mut Terms,
    ) -> Candidate {
        let generation: &'static Generation = Box::leak(Box::new(generation));
        terms.candidate = Some(generation);
        Candidate {
            contract: self,
            generation,
            signatures,
        }
    }
}

impl Candidate {
    /// Publishes the generation after its setup, unless there is a new handle to an entry point that
    /// it lacks.
    ///
    /// The lock covers both the check and the publication, so that no handle is created in between.
    pub(super) fn admit(&self) -> Result<(), String> {
        let Candidate {
            contract,
            generation,
            signatures,
        } = self;
        let mut terms = contract.lock();
        terms.check(*signatures, |name| {
            Some(&generation.entry(name)?.description)
        })?;
        terms.candidate = None;
        for entry in generation.entries() {
            terms.take_up(entry);
        }
        contract.versions.admit(generation.kept());
        terms.admitted.push(generation);
        contract.live.publish(generation);
        Ok(())
    }
}

impl Drop for Candidate {
    /// Withdraws a generation that was not admitted. The handles of its setups remain.
    fn drop(&mut self) {
        let mut terms = self.contract.lock();
        if terms.candidate.take().is_none() {
            return;
        }
        for entry in self.generation.entries() {
            if entry.required.load(Ordering::Relaxed) {
                terms.take_up(entry);
            }
        }
    }
}

impl Terms {
    /// Whether the process can run with a generation that has these entry points.
    fn check<'a>(
        &self,
        signatures: Signatures,
        entry: impl Fn(&str) -> Option<&'a EntryPoint>,
    ) -> Result<(), String> {
        for (name, clause) in &self.clauses {
            match entry(name) {
                Some(entry) => clause.check(signatures, entry)?,
                None if clause.required.load(Ordering::Relaxed) => {
                    return Err(format!("the entry point `{name}` is gone"));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Adds an entry point to the contract.
    fn take_up(&mut self, entry: &Entry) {
        let clause = self.clauses.entry(entry.description.name());
        let clause = clause.or_insert_with(|| Clause::new(entry));
        // A handle to it may rely on that.
        clause.is_send |= entry.description.is_send();
    }

    /// Pairs each entry point with the flag that says whether it is required.
    fn parts(&self, contents: Contents) -> Parts {
        let entries = contents.entries.into_iter().map(|(name, description)| {
            let required = match self.clauses.get(name) {
                Some(clause) => clause.required,
                // One for each name that no earlier generation had.
                None => Box::leak(Box::new(AtomicBool::new(false))),
            };
            (name, Entry::new(description, required))
        });
        Parts {
            entries: entries.collect(),
            hooks: contents.hooks,
            kept: contents.kept,
        }
    }
}

impl Clause {
    fn new(entry: &Entry) -> Self {
        let description = &entry.description;
        Clause {
            signature: description.signature(),
            is_async: description.is_async(),
            is_send: description.is_send(),
            required: entry.required,
        }
    }

    fn check(&self, signatures: Signatures, entry: &EntryPoint) -> Result<(), String> {
        let name = entry.name();
        let agree = signatures.agree(self.signature, entry.signature());
        if !agree || self.is_async != entry.is_async() {
            return Err(format!(
                "the signature of `{name}` changed from `{}` to `{}`",
                self.signature,
                entry.signature()
            ));
        }
        if self.is_send && !entry.is_send() {
            return Err(format!("the future of `{name}` is no longer `Send`"));
        }
        Ok(())
    }
}

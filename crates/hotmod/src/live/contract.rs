//! What each generation must have, because something in the process calls it.
//!
//! The host's slots were compiled against signatures; handles made by `live!` too. A generation
//! that lacks one of them, or has it with another signature, must not go live: the call would
//! read memory as what it is not. The contract only grows: code of a retired generation stays
//! callable.
//!
//! Where the tool has compared the types that cross, as they lie, their names have no say; what no
//! layout shows has: how long references live, and whether the function is `unsafe`.
//!
//! A generation is checked twice, for its setups run in between, and handles may be made then.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::call;
use super::entry::EntryPoint;
use super::generation::{Entry, Generation, Parts};
use super::record::Contents;
use super::signatures::Signatures;
use super::versions;

/// What is known of an entry point that any generation has or had.
struct Clause {
    signature: &'static str,
    is_async: bool,
    is_send: bool,
    /// Also in the generations' entries: set under the lock, never taken back, and read without
    /// it by those who need no more than that it is set. It guards no other data: `Relaxed`.
    required: &'static AtomicBool,
}

/// All clauses, and the generation that is set up at the moment: handles can be made to it too.
#[derive(Default)]
struct Contract {
    clauses: HashMap<&'static str, Clause>,
    candidate: Option<&'static Generation>,
}

static CONTRACT: Mutex<Option<Contract>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<Contract>> {
    // Every change is a single insertion or field, so a panic between two leaves it whole.
    CONTRACT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes up what the host has itself, whose entry points every generation must have.
pub(super) fn open(contents: Contents) {
    let mut contract = lock();
    let contract = contract.get_or_insert_default();
    versions::admit(&contents.kept);
    let parts = contract.parts(contents);
    for entry in parts.entries.values() {
        entry.required.store(true, Ordering::Relaxed);
        contract.take_up(entry);
    }
    Generation::describe_baseline(parts);
}

/// Requires an entry point of all generations to come: a handle to it was made.
///
/// # Panics
/// If it is no entry point of the live generation.
pub(super) fn require(name: &'static str) {
    // A route may make its handle at each call: no lock for what was asked for before.
    let is_required = |entry: &Entry| entry.required.load(Ordering::Relaxed);
    if call::live().entry(name).is_some_and(is_required) {
        return;
    }
    let contract = lock();
    // What is live can't change now. A retired generation may have had what it has not.
    let generation = call::live();
    let candidate = contract.as_ref().and_then(|it| it.candidate);
    let entry = generation.entry(name);
    match entry.or_else(|| candidate?.entry(name)) {
        Some(entry) => entry.required.store(true, Ordering::Relaxed),
        None => {
            drop(contract);
            panic!(
                "`{name}` is not an entry point of generation {}; help: mark it `#[hotmod::hot]`",
                generation.number
            );
        }
    }
}

/// Checks what a library has, and makes it the generation that is about to be set up.
pub(super) fn propose(
    contents: Contents,
    signatures: Signatures,
    changed: &[String],
    generation: impl FnOnce(Parts) -> Generation,
) -> Result<&'static Generation, String> {
    let mut contract = lock();
    let contract = contract.get_or_insert_default();
    contract.check(signatures, |name| contents.entries.get(name))?;
    versions::propose(&contents.kept, changed)?;
    let generation: &'static Generation = Box::leak(Box::new(generation(contract.parts(contents))));
    contract.candidate = Some(generation);
    Ok(generation)
}

/// Publishes a generation that is set up, unless a handle was made meanwhile to what it lacks.
///
/// One lock for both, so that none is made in between.
pub(super) fn admit(generation: &'static Generation, signatures: Signatures) -> Result<(), String> {
    let mut contract = lock();
    let contract = contract.get_or_insert_default();
    contract.check(signatures, |name| {
        Some(&generation.entry(name)?.description)
    })?;
    contract.candidate = None;
    for entry in generation.entries() {
        contract.take_up(entry);
    }
    versions::admit(generation.kept());
    call::publish(generation);
    Ok(())
}

/// Takes a proposed generation back. The handles that its setups made are there to stay.
pub(super) fn withdraw(generation: &'static Generation) {
    let mut contract = lock();
    let contract = contract.get_or_insert_default();
    contract.candidate = None;
    for entry in generation.entries() {
        if entry.required.load(Ordering::Relaxed) {
            contract.take_up(entry);
        }
    }
}

impl Contract {
    /// Whether the process could do with a generation that has these entry points.
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

    /// Holds the generations to come to this entry point.
    fn take_up(&mut self, entry: &Entry) {
        let clause = self.clauses.entry(entry.description.name());
        let clause = clause.or_insert_with(|| Clause::of(entry));
        // A handle made to it may rely on it.
        clause.is_send |= entry.description.is_send();
    }

    /// Each entry point with what says whether it is required.
    fn parts(&self, contents: Contents) -> Parts {
        let entries = contents.entries.into_iter().map(|(name, description)| {
            let required = match self.clauses.get(name) {
                Some(clause) => clause.required,
                // One for each name of a generation that no generation before it had.
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
    fn of(entry: &Entry) -> Self {
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

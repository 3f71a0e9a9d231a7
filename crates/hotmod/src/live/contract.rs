//! What each generation must have, because something in the process calls it.
//!
//! The host's slots were compiled against signatures; handles made by `live!` too. A generation
//! that lacks one of them, or has it with another signature, must not go live: the call would
//! read memory as what it is not. The contract only grows: code of a retired generation stays
//! callable.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::call;
use super::entry::Description;
use super::generation::{Entry, Generation};

/// What is known of an entry point that any generation has or had.
struct Clause {
    signature: &'static str,
    is_async: bool,
    is_send: bool,
    /// Also in the generations' entries: set under the lock, never taken back, and read without
    /// it by those who need no more than that it is set. It guards no other data: `Relaxed`.
    required: &'static AtomicBool,
}

static CONTRACT: Mutex<Option<HashMap<&'static str, Clause>>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<HashMap<&'static str, Clause>>> {
    // Every change is a single insertion or field, so a panic between two leaves it whole.
    CONTRACT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes up the host's own entry points, which every generation must have.
pub(super) fn open(entries: HashMap<&'static str, Description>) {
    let mut contract = lock();
    let clauses = contract.get_or_insert_default();
    for entry in entries.values() {
        clauses.insert(entry.name(), Clause::of(entry, true));
    }
    Generation::describe_baseline(with_clauses(clauses, entries));
}

/// Requires an entry point of all generations to come: a handle to it was made.
///
/// # Panics
/// If it is no entry point of the live generation.
pub(super) fn require(name: &'static str) {
    // A route may make its handle at each call: no lock for what was asked for before.
    if let Some(entry) = call::live().entry(name)
        && entry.required.load(Ordering::Relaxed)
    {
        return;
    }
    let contract = lock();
    // What is live can't change now. A retired generation may have had what it has not.
    let generation = call::live();
    match generation.entry(name) {
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

/// Checks a generation's entry points and publishes it, or says why it can't go live.
///
/// One lock for both, so that no handle is made in between to what the generation lacks.
pub(super) fn admit(
    entries: HashMap<&'static str, Description>,
    generation: impl FnOnce(HashMap<&'static str, Entry>) -> &'static Generation,
) -> Result<(), String> {
    let mut contract = lock();
    let clauses = contract.get_or_insert_default();
    for (name, clause) in clauses.iter() {
        match entries.get(name) {
            Some(entry) => clause.check(entry)?,
            None if clause.required.load(Ordering::Relaxed) => {
                return Err(format!("the entry point `{name}` is gone"));
            }
            None => {}
        }
    }
    for entry in entries.values() {
        let clause = clauses
            .entry(entry.name())
            .or_insert_with(|| Clause::of(entry, false));
        // A handle made in this generation may rely on it.
        clause.is_send |= entry.is_send();
    }
    call::publish(generation(with_clauses(clauses, entries)));
    Ok(())
}

/// Each entry point with what says whether it is required.
fn with_clauses(
    clauses: &HashMap<&'static str, Clause>,
    entries: HashMap<&'static str, Description>,
) -> HashMap<&'static str, Entry> {
    entries
        .into_iter()
        .map(|(name, description)| {
            let required = clauses[name].required;
            (name, Entry::new(description, required))
        })
        .collect()
}

impl Clause {
    fn of(entry: &Description, required: bool) -> Self {
        Clause {
            signature: entry.signature(),
            is_async: entry.is_async(),
            is_send: entry.is_send(),
            // One for each name that there ever is.
            required: Box::leak(Box::new(AtomicBool::new(required))),
        }
    }

    fn check(&self, entry: &Description) -> Result<(), String> {
        let name = entry.name();
        if self.signature != entry.signature() || self.is_async != entry.is_async() {
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

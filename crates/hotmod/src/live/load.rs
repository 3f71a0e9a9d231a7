//! From an offer to a generation that is live, or the reason why not.
//!
//! Load first, check everything, set up, publish last: whatever fails, the generation before has
//! never stopped. What was loaded and then refused stays mapped; what its setups left behind may
//! still call it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::path::Path;
use std::sync::OnceLock;

use hotmod_protocol::{BUILD_SYMBOL, BuildId, ENTRIES_SYMBOL, IDENTITY_SYMBOL, Offer};

use super::call;
use super::contract;
use super::generation::Generation;
use super::hooks;
use super::library::Library;
use super::memory;
use super::record::{Bounds, Contents, Record};
use super::refusal::Refusal;
use super::signatures::Signatures;
use super::versions;

/// The names of the host's entry points, in the order of their slots' indices.
static SLOTS: OnceLock<Vec<&'static str>> = OnceLock::new();

/// Gives each slot of the host its index and opens the contract.
///
/// # Safety
/// The bounds are those of the host's own section `hotmod_entries`.
pub(super) unsafe fn take_up_baseline(bounds: Bounds) -> Result<(), String> {
    // SAFETY: by the caller's word.
    let records = unsafe { bounds.records() };
    let mut names: Vec<&'static str> = Vec::new();
    let mut slots: HashMap<*const _, &'static str> = HashMap::new();
    for (entry, slot) in records.iter().filter_map(Record::slot) {
        // An inlined copy of a function's body repeats its record.
        if let Entry::Vacant(vacant) = slots.entry(std::ptr::from_ref(slot)) {
            slot.set_index(names.len());
            names.push(entry.name());
            vacant.insert(entry.name());
        }
    }
    let contents = Contents::of(records)?;
    if contents.entries.len() != names.len() {
        return Err("two entry points of the host have one name".to_owned());
    }
    contract::open(contents);
    let _ = SLOTS.set(names);
    Ok(())
}

/// Loads what is offered to a host of this identity from a file that was verified, and makes it live.
pub(super) fn make_live(offer: &Offer, path: &Path, identity: u64) -> Result<Swap, Refusal> {
    let contents = load(offer, path, identity)?;
    let slots = SLOTS
        .get()
        .ok_or_else(|| Refusal::library("the host has not started".to_owned()))?;
    let signatures = match offer.has_compared_types {
        true => Signatures::Compared,
        false => Signatures::Written,
    };
    let generation = contract::propose(contents, signatures, &offer.changed_statics, |parts| {
        Generation::new(offer.generation, slots.iter().copied(), parts)
    })
    .map_err(Refusal::contract)?;
    // Only this thread publishes, so nothing else retires it.
    let retired = call::live();
    let migrated = versions::migrate(generation).map_err(Refusal::contract);
    let set_up = migrated.and_then(|()| hooks::set_up(generation).map_err(Refusal::hook));
    let admitted = set_up.and_then(|()| {
        let admitted = contract::admit(generation, signatures).map_err(Refusal::contract);
        admitted.inspect_err(|_| hooks::tear_down(generation))
    });
    match admitted {
        Ok(()) => Ok(Swap {
            generation,
            retired,
        }),
        Err(refusal) => {
            contract::withdraw(generation);
            Err(refusal)
        }
    }
}

/// A generation that went live, and the one whose place it took.
pub(super) struct Swap {
    pub(super) generation: &'static Generation,
    pub(super) retired: &'static Generation,
}

impl Swap {
    /// What is due once new calls go to the new generation.
    pub(super) fn complete(self) {
        hooks::tell(self.generation.number);
        hooks::tear_down(self.retired);
        memory::trim();
    }
}

/// Loads a library that is what was offered, and reads what it has.
fn load(offer: &Offer, path: &Path, identity: u64) -> Result<Contents, Refusal> {
    require_identity(identity, offer.identity)?;
    let library = Library::open(path).map_err(Refusal::library)?;
    let symbol = |name| {
        library.symbol(name).ok_or_else(|| {
            let path = path.display();
            Refusal::library(format!(
                "`{path}` is no build of the group: it has no `{name}`"
            ))
        })
    };
    let found = BuildId(symbol(BUILD_SYMBOL)? as u64);
    if found != offer.build {
        let expected = offer.build;
        return Err(Refusal::library(format!(
            "the library is build {found}, not {expected}"
        )));
    }
    let built_with = library.symbol(IDENTITY_SYMBOL);
    require_identity(identity, built_with.map_or(0, |it| it as u64))?;
    let bounds = symbol(ENTRIES_SYMBOL)?;
    memory::loaded(bounds.cast());
    // SAFETY: the tool links this function, of this type, into each library that has a build
    // id of its making.
    let bounds: extern "C" fn() -> Bounds = unsafe { mem::transmute(bounds) };
    // SAFETY: they are the bounds of the library's section, which stays mapped.
    let records = unsafe { bounds().records() };
    Contents::of(records).map_err(Refusal::library)
}

/// Host and group call each other's code, and so must have been built with the same crates, by
/// the same compiler.
fn require_identity(host: u64, group: u64) -> Result<(), Refusal> {
    if host == group {
        return Ok(());
    }
    Err(Refusal::contract(format!(
        "host and group were built with different crates or compilers \
         (identity {host:016x} and {group:016x})"
    )))
}

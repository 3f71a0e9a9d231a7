//! From an offer to a generation that is live, or the reason why not.
//!
//! Load first, check everything, publish last: whatever fails, the generation before has never
//! stopped. What was loaded and then refused stays mapped, and nothing ever calls it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::OnceLock;

use hotmod_protocol::{BUILD_SYMBOL, BuildId, ENTRIES_SYMBOL, IDENTITY_SYMBOL, Offer};

use super::contract;
use super::entry::{Description, Record};
use super::generation::Generation;
use super::image;
use super::library::Library;
use super::refusal::Refusal;

/// The names of the host's entry points, in the order of their slots' indices.
static SLOTS: OnceLock<Vec<&'static str>> = OnceLock::new();

/// Bounds of a section of records, as the group's library returns them.
#[repr(C)]
struct Bounds {
    start: *const Record,
    stop: *const Record,
}

/// Gives each slot of the host its index and opens the contract.
///
/// # Safety
/// The bounds are those of the host's own section `hotmod_entries`.
pub(super) unsafe fn take_up_baseline(
    start: *const Record,
    stop: *const Record,
) -> Result<(), String> {
    // SAFETY: by the caller's word.
    let records = unsafe { records(Bounds { start, stop }) };
    let mut names: Vec<&'static str> = Vec::new();
    let mut slots: HashMap<*const _, &'static str> = HashMap::new();
    for record in records {
        let (Some(describe), Some(slot)) = (record.describe, record.slot) else {
            continue;
        };
        // An inlined copy of a function's body repeats its record.
        if let Entry::Vacant(vacant) = slots.entry(std::ptr::from_ref(slot)) {
            let name = describe().name();
            slot.set_index(names.len());
            names.push(name);
            vacant.insert(name);
        }
    }
    let count = names.len();
    let entries = by_name(records)?;
    if entries.len() != count {
        return Err("two entry points of the host have one name".to_owned());
    }
    contract::open(entries);
    let _ = SLOTS.set(names);
    Ok(())
}

/// Loads what is offered to a host of this identity, and makes it live.
pub(super) fn make_live(offer: &Offer, identity: u64) -> Result<BuildId, Refusal> {
    require_identity(identity, offer.identity)?;
    let path = image::verify(offer).map_err(Refusal::library)?;
    let library = Library::open(&path).map_err(Refusal::library)?;
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
    // SAFETY: the tool links this function, of this type, into each library that has a build
    // id of its making.
    let bounds: extern "C" fn() -> Bounds = unsafe { mem::transmute(bounds) };
    // SAFETY: they are the bounds of the library's section, which stays mapped.
    let entries = by_name(unsafe { records(bounds()) }).map_err(Refusal::library)?;
    let slots = SLOTS
        .get()
        .ok_or_else(|| Refusal::library("the host has not started".to_owned()))?;
    contract::admit(entries, |entries| {
        Box::leak(Box::new(Generation::new(
            offer.generation,
            slots.iter().copied(),
            entries,
        )))
    })
    .map_err(Refusal::contract)?;
    Ok(found)
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

/// # Safety
/// The bounds are those of a section `hotmod_entries` that stays mapped.
unsafe fn records(bounds: Bounds) -> &'static [Record] {
    let bytes = bounds.stop.addr().saturating_sub(bounds.start.addr());
    let count = bytes / size_of::<Record>();
    if count == 0 {
        return &[];
    }
    // SAFETY: by the caller's word; `register!` aligns each record and writes it whole.
    unsafe { std::slice::from_raw_parts(bounds.start, count) }
}

fn by_name(records: &[Record]) -> Result<HashMap<&'static str, Description>, String> {
    let mut entries: HashMap<&'static str, Description> = HashMap::new();
    for describe in records.iter().filter_map(|record| record.describe) {
        let entry = describe();
        if let Some(other) = entries.insert(entry.name(), entry)
            && other.target() != entry.target()
        {
            return Err(format!(
                "two entry points are named `{}`; help: rename one of them",
                entry.name()
            ));
        }
    }
    Ok(entries)
}

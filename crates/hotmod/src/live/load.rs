//! Makes an offered generation live, or says why not.
//!
//! It loads the library, checks everything, runs the setups, and publishes the generation last. If any
//! step fails, the previous generation is still live. A library that was refused stays mapped, because
//! its setups may have left something behind that calls it.

#![expect(unsafe_code, reason = "loading a library runs its code")]

use std::collections::HashSet;
use std::mem;
use std::path::Path;

use hotmod_protocol::{BUILD_SYMBOL, Back, BuildId, ENTRIES_SYMBOL, IDENTITY_SYMBOL, Offer};

use super::call;
use super::contract::Candidate;
use super::generation::{Generation, Origin};
use super::globals::{CONTRACT, FRAMES};
use super::library::Library;
use super::lifecycle;
use super::memory;
use super::migration;
use super::record::{Bounds, Contents, Record, bounds_of_this_image};
use super::redirects::{Redirects, TRAMPOLINES};
use super::refusal::Refusal;
use super::signatures::Signatures;

/// Sets the index of each slot of the host, and opens the contract.
///
/// # Safety
/// The bounds are those of the host's own section `hotmod_entries`.
pub(super) unsafe fn take_up_baseline(bounds: Bounds) -> Result<(), String> {
    // SAFETY: the caller guarantees it.
    let records = unsafe { bounds.records() };
    if let Some(trampolines) = records.iter().find_map(Record::trampolines) {
        // If `main` calls itself, they are the same.
        let _ = TRAMPOLINES.set(trampolines);
    }
    let mut slots = Vec::new();
    let mut seen: HashSet<*const _> = HashSet::new();
    for (entry, slot) in records.iter().filter_map(Record::slot) {
        // A function that is inlined has several records.
        if seen.insert(std::ptr::from_ref(slot)) {
            slots.push((entry.name(), slot));
        }
    }
    let mut contents = Contents::of(records)?;
    // SAFETY: the library stays mapped.
    let shared = unsafe { bounds_of_this_image().records() };
    if shared.as_ptr() != records.as_ptr() {
        // Crates that are not reloadable may have statics, too.
        contents.kept.extend(Contents::of(shared)?.kept);
    }
    if contents.entries.len() != slots.len() {
        return Err("two entry points of the host have one name".to_owned());
    }
    CONTRACT.open(contents, &slots);
    Ok(())
}

/// Loads the library of an offer to a host of this identity, and makes it the live generation. Calls `waits` if it
/// has waited for the program's next frame for long.
///
/// # Safety
/// The session's tool made the offer, and the file at `path` is the one that it offered.
pub(super) unsafe fn make_live(
    offer: &Offer,
    path: &Path,
    identity: u64,
    waits: &mut dyn FnMut(),
) -> Result<Swap, Refusal> {
    // SAFETY: the caller guarantees it.
    let (origin, contents, redirects) = unsafe { load(offer, path, identity) }?;
    let signatures = signatures(offer.has_compared_types);
    // SAFETY: the offer says what the tool found.
    let candidate = unsafe {
        CONTRACT.propose(
            offer.generation,
            origin,
            contents,
            redirects,
            signatures,
            &offer.changed_statics,
        )
    };
    set_up(candidate.map_err(Refusal::contract)?, waits)
}

/// Makes a generation live again that was live before.
///
/// # Safety
/// The session's tool sent the message.
pub(super) unsafe fn make_live_again(
    back: &Back,
    waits: &mut dyn FnMut(),
) -> Result<Swap, Refusal> {
    let signatures = signatures(back.has_compared_types);
    // SAFETY: the message says what the tool found.
    let candidate = unsafe { CONTRACT.propose_again(back.generation, back.earlier, signatures) };
    let candidate = candidate.map_err(Refusal::contract)?;
    let build = BuildId(candidate.generation.origin.build);
    if build != back.build {
        let (earlier, expected) = (back.earlier, back.build);
        return Err(Refusal::library(format!(
            "generation {earlier} is build {build}, not {expected}"
        )));
    }
    set_up(candidate, waits)
}

/// Sets up a generation, and makes it the live one.
fn set_up(candidate: Candidate, waits: &mut dyn FnMut()) -> Result<Swap, Refusal> {
    let generation = candidate.generation;
    if !FRAMES.may_set_up(waits) {
        return Err(Refusal::taken_back());
    }
    let _frame = Frame;
    // Only this thread publishes, so this generation stays live until then.
    let retired = call::live();
    migration::migrate(generation).map_err(Refusal::contract)?;
    lifecycle::set_up(generation).map_err(Refusal::hook)?;
    if let Err(reason) = FRAMES.publish(waits, || candidate.admit()) {
        lifecycle::tear_down(generation);
        return Err(Refusal::contract(reason));
    }
    Ok(Swap {
        generation,
        retired,
    })
}

/// Lets the program's frame go on, whatever came of the generation.
struct Frame;

impl Drop for Frame {
    fn drop(&mut self) {
        FRAMES.give_up();
    }
}

fn signatures(are_compared: bool) -> Signatures {
    match are_compared {
        true => Signatures::Compared,
        false => Signatures::Written,
    }
}

/// A generation that went live, and the previous one.
pub(super) struct Swap {
    pub(super) generation: &'static Generation,
    pub(super) retired: &'static Generation,
}

impl Swap {
    /// Does the work that must wait until new calls go to the new generation.
    pub(super) fn complete(self) {
        lifecycle::tell(self.generation.number);
        lifecycle::tear_down(self.retired);
        memory::trim(self.generation.origin);
    }
}

/// Loads the offered library, and reads its records.
///
/// # Safety
/// As for [`make_live`].
unsafe fn load(
    offer: &Offer,
    path: &Path,
    identity: u64,
) -> Result<(Origin, Contents, Option<Redirects>), Refusal> {
    require_identity(identity, offer.identity)?;
    // SAFETY: the tool built it for this session from the user's own crates. It changes no byte of the
    // pages that the loader maps: all that it may free later is debug information behind them.
    let library = unsafe { Library::open(path) }.map_err(Refusal::library)?;
    let symbol = |name| {
        library.symbol(name).ok_or_else(|| {
            let path = path.display();
            Refusal::library(format!(
                "`{path}` is not a build of the group: it has no symbol `{name}`"
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
    let origin = Origin {
        build: found.0,
        at: bounds.addr(),
    };
    // SAFETY: the tool compared the functions of this library with those of the host.
    let redirects = unsafe { redirects(offer, bounds.addr()) }.map_err(Refusal::contract)?;
    // SAFETY: the tool links this function, of this type, into each library that has a build
    // id of its making.
    let bounds: extern "C" fn() -> Bounds = unsafe { mem::transmute(bounds) };
    // SAFETY: they are the bounds of the library's section, which stays mapped.
    let records = unsafe { bounds().records() };
    let contents = Contents::of(records).map_err(Refusal::library)?;
    Ok((origin, contents, redirects))
}

/// The targets of the host's trampolines in a library, as an offer says. `entries` is the address of
/// [`ENTRIES_SYMBOL`] in it.
///
/// # Safety
/// The offer was made for this library and for this host.
unsafe fn redirects(offer: &Offer, entries: usize) -> Result<Option<Redirects>, String> {
    let trampolines = TRAMPOLINES.get();
    if trampolines.map_or(0, |it| it.digest) != offer.redirects_digest {
        return Err("the offer is for a host with other trampolines".to_owned());
    }
    let targets = offer.redirects.iter();
    let targets: Vec<usize> = targets
        .map(|distance| entries.wrapping_add_signed(*distance as isize))
        .collect();
    // SAFETY: the digest is that of this host's trampolines, and so is the number of targets. The caller
    // guarantees the rest.
    Ok(trampolines.map(|it| unsafe { Redirects::new(it, &targets) }))
}

/// Requires that host and group were built with the same crates by the same compiler, because they call
/// each other's code.
fn require_identity(host: u64, group: u64) -> Result<(), Refusal> {
    if host == group {
        return Ok(());
    }
    Err(Refusal::contract(format!(
        "host and group were built with different crates or compilers \
         (identity {host:016x} and {group:016x})"
    )))
}

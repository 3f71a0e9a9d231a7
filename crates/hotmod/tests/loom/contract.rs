//! Handles that are made while generations are proposed, admitted and withdrawn.

#![expect(unsafe_code, reason = "it stands in for the expansions and the tool")]

use std::collections::HashMap;
use std::marker::PhantomData;

use loom::thread;

use super::contract::Contract;
use super::entry::EntryPoint;
use super::generation::{Generation, Origin};
use super::published::Published;
use super::record::Contents;
use super::signatures::Signatures;
use super::versions::Versions;

fn page() {}

fn entry() -> EntryPoint {
    let target = page as fn() as *const ();
    // SAFETY: it is the function's own address, and `fn()` its signature.
    unsafe { EntryPoint::of_function(page, || (), PhantomData::<()>, target, "fn()") }
}

fn contents(entries: &[EntryPoint]) -> Contents {
    let entries: HashMap<_, _> = entries.iter().map(|it| (it.name(), *it)).collect();
    Contents {
        entries,
        ..Contents::default()
    }
}

fn contract() -> &'static Contract {
    let baseline = Box::leak(Box::new(Generation::baseline()));
    let live = Box::leak(Box::new(Published::new(&*baseline)));
    let versions = Box::leak(Box::new(Versions::new()));
    Box::leak(Box::new(Contract::new(live, versions)))
}

fn offer(contract: &'static Contract, number: u32, entries: &[EntryPoint]) -> Result<(), String> {
    // SAFETY: nothing has a type that could have changed.
    let candidate = unsafe {
        contract.propose(
            number,
            Origin::default(),
            contents(entries),
            None,
            Signatures::Written,
            &[],
        )
    };
    candidate?.admit()
}

fn is_callable(contract: &Contract) -> bool {
    contract.live().entry(entry().name()).is_some()
}

#[test]
fn a_generation_that_lacks_what_a_handle_calls_never_goes_live() {
    loom::model(|| {
        let contract = contract();
        offer(contract, 1, &[entry()]).unwrap();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                thread::spawn(|| {
                    let handle = contract.require(entry().name());
                    if handle.is_ok() {
                        assert!(is_callable(contract), "the handle calls what is gone");
                    }
                    handle.is_ok()
                })
            })
            .collect();
        let offered = offer(contract, 2, &[]);
        let made: Vec<bool> = threads.into_iter().map(|it| it.join().unwrap()).collect();
        assert_eq!(offered.is_err(), made.contains(&true), "{offered:?}");
        assert_eq!(offered.is_err(), is_callable(contract));
    });
}

#[test]
fn a_handle_to_a_withdrawn_generation_holds_later_ones_to_it() {
    loom::model(|| {
        let contract = contract();
        let thread = thread::spawn(|| contract.require(entry().name()).is_ok());
        // SAFETY: as above.
        let candidate = unsafe {
            contract.propose(
                1,
                Origin::default(),
                contents(&[entry()]),
                None,
                Signatures::Written,
                &[],
            )
        };
        // A setup fails.
        drop(candidate.unwrap());
        let made = thread.join().unwrap();
        assert!(!is_callable(contract));
        assert_eq!(offer(contract, 2, &[]).is_err(), made);
        offer(contract, 3, &[entry()]).unwrap();
        assert!(is_callable(contract));
    });
}

#[test]
fn a_generation_that_lacks_what_a_newer_ones_handle_calls_never_goes_live_again() {
    loom::model(|| {
        let contract = contract();
        offer(contract, 1, &[]).unwrap();
        offer(contract, 2, &[entry()]).unwrap();
        let thread = thread::spawn(|| contract.require(entry().name()).is_ok());
        // SAFETY: as above.
        let candidate = unsafe { contract.propose_again(3, 1, Signatures::Written) };
        let went_back = candidate.and_then(|it| it.admit());
        let made = thread.join().unwrap();
        assert_eq!(went_back.is_err(), made, "{went_back:?}");
        assert_eq!(went_back.is_err(), is_callable(contract));
    });
}

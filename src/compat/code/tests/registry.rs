//! Random harmless edits of crates that nobody here wrote: none may make a difference.
//!
//! Each edit is compared with the state before it. A few run with all tests; more, of all crates,
//! with another seed, or with another profile:
//!
//! ```console
//! $ EDITS=500 SEED=7 cargo test --lib -- --ignored compat::code::tests::registry --nocapture
//! $ PROFILE='opt-level = 1' EDITS=500 cargo test --lib -- --ignored compat::code::tests::registry
//! ```
//!
//! In optimised crates a few do: an instance of a generic function that moves to another crate, since
//! somebody else uses it now, is compiled into other callers than before.

mod edits;
mod hosts;
mod sites;
mod workspace;

use hotmod_testkit::{Random, given};

use super::super::Difference;
use super::super::compare::compare_once;
use edits::edit;
use hosts::{Host, hosts};
use workspace::Workspace;

#[test]
fn random_edits_of_a_crate_make_no_difference() {
    let counts = check(&hosts()[..1], 6);
    assert_eq!(counts.alarms, Vec::<String>::new());
}

#[test]
#[ignore = "takes minutes: see the top of this file"]
#[expect(clippy::print_stdout, reason = "the counts are the result")]
fn random_edits_of_many_crates_make_no_difference() {
    let counts = check(&hosts(), given("EDITS").unwrap_or(60));
    println!("{}", counts.kinds());
    assert_eq!(counts.alarms, Vec::<String>::new());
}

#[derive(Default)]
struct Counts {
    /// The kinds of edits that were compared.
    compared: Vec<&'static str>,
    /// The edits after which the crate does not compile.
    broken: u32,
    alarms: Vec<String>,
}

impl Counts {
    fn kinds(&self) -> String {
        let mut kinds = std::collections::BTreeMap::<_, u32>::new();
        for kind in &self.compared {
            *kinds.entry(kind).or_default() += 1;
        }
        let all = self.compared.len();
        format!("{all} edits, {} that don't compile: {kinds:?}", self.broken)
    }
}

/// Makes this number of edits, in turn of each crate.
#[expect(
    clippy::print_stdout,
    reason = "shown if it fails, or if that is asked for"
)]
fn check(hosts: &[Host], edits: u32) -> Counts {
    let seed = given("SEED").unwrap_or(1);
    println!("seed {seed}");
    let workspace = Workspace::new(hosts);
    let mut random = Random::new(seed.into());
    let mut counts = Counts::default();
    let first = hosts.iter().map(|it| (it, workspace.code(it).unwrap()));
    let mut running: Vec<_> = first.collect();
    for (host, before) in &running {
        let harmful = workspace.replace(host, host.harmful);
        let found = compare_once(before, &workspace.code(host).unwrap()).0;
        // An optimised function may be compiled into its callers.
        let is_optimised = std::env::var_os("PROFILE").is_some();
        assert!(
            !found.is_empty() && (is_optimised || shown(&found).contains(host.expected)),
            "{}: {found:?}",
            host.package.name
        );
        harmful.undo();
    }
    let mut number = 0;
    while counts.compared.len() < edits as usize {
        let (host, before) = &mut running[number % hosts.len()];
        number += 1;
        let mut sources = workspace.sources(host);
        let kind = edit(&mut random, number, &mut sources);
        let edited = workspace.save(sources);
        let Some(clean) = workspace.code(host) else {
            counts.broken += 1;
            edited.undo();
            continue;
        };
        let found = compare_once(before, &clean).0;
        println!("{number} {}: {kind}", host.package.name);
        if !found.is_empty() {
            counts.alarms.push(format!(
                "{number} {} {kind}: {}",
                host.package.name,
                shown(&found)
            ));
        }
        counts.compared.push(kind);
        *before = clean;
    }
    counts
}

fn shown(found: &[Difference]) -> String {
    let shown = found
        .iter()
        .map(|it| format!("{}: {:?} instead of {:?}\n", it.symbol, it.now, it.before));
    shown.collect()
}

//! Random edits of published crates: once the session is at rest, the running program shows the
//! same as a clean build of the same sources, or neither compiles.
//!
//! A library of the registry is reloadable here. The program uses some of it directly, and more
//! through an entry point. The edits change bodies, as mutation testers do, and all kinds of items.
//! Edits after which the program crashes or does not end are left out, and those of unsafe code.
//!
//! A few edits run with all tests. More of all libraries, of some, or of some classes:
//!
//! ```console
//! $ EDITS=3000 cargo test --test e2e -- twins --ignored --nocapture
//! $ EDITS=300 SEED=7 CRATES=semver,heck CLASSES=drop,derive cargo test --test e2e -- twins --ignored --nocapture
//! ```
//!
//! Each run has another seed, which it prints. It prints a table of what became of the edits, also if it fails.

mod edits;
mod fixture;
mod run;
mod tally;

use std::time::{SystemTime, UNIX_EPOCH};

use hotmod_testkit::given;
use hotmod_testkit::registry::PACKAGES;

use run::Run;
use tally::Tally;

#[test]
fn edits_of_a_published_library_show_what_a_clean_build_shows() {
    let seed = seed();
    let mut tally = Tally::default();
    let mut run = Run::new("twins_few", PACKAGES[0], seed);
    run.edit(given("EDITS").unwrap_or(20), &mut tally);
    tally.assert_equal();
}

#[test]
#[ignore = "takes minutes: see the top of this file"]
fn edits_of_many_libraries_do_too() {
    let seed = seed();
    let edits = given("EDITS").unwrap_or(100);
    let chosen = std::env::var("CRATES").ok();
    let is_chosen = |name: &str| {
        chosen
            .as_ref()
            .is_none_or(|it| it.split(',').any(|it| it == name))
    };
    let packages = PACKAGES.iter().filter(|it| is_chosen(it.name));
    let packages: Vec<_> = packages.collect();
    let mut tally = Tally::default();
    for package in &packages {
        let name = format!("twins_{}", package.library());
        let mut run = Run::new(&name, **package, seed);
        run.edit(edits.div_ceil(packages.len() as u32), &mut tally);
    }
    tally.assert_equal();
}

/// The seed that is given, or another one in each run.
#[expect(clippy::print_stdout, reason = "who wants to repeat the run needs it")]
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = given("SEED").unwrap_or(now.subsec_micros());
    println!("SEED={seed}");
    seed.into()
}

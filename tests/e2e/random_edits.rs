//! Random edits of crates that use each other in every way: after each, the running program shows
//! what a clean build of the same sources shows, to the last character; but for the positions of panics,
//! which lag behind an edit that changes no code.
//!
//! The output has in it what a crate can take over from another one: values of constants, lengths
//! of arrays, code of generic and inlined functions, of default methods and of macros, sizes of
//! unnamed types, places of panics. A crate that was wrongly left alone shows.
//!
//! More edits, another seed, and how they ended, by kind:
//!
//! ```console
//! $ EDITS=2000 SEED=7 cargo test --test e2e -- random_edits --nocapture
//! ```

mod edit;
mod tally;
mod template;

use std::path::Path;
use std::time::Instant;

use hotmod_testkit::given;

use crate::difference;
use crate::twin_workspaces::{Outcome, Twins};
use edit::Edits;
use tally::Tally;
use template::{State, Template};

#[test]
fn random_edits_show_what_a_clean_build_shows() {
    check("random_edits", "", &[], 50);
}

#[test]
fn random_edits_that_are_compiled_as_deltas_do_too() {
    check("random_edits_deltas", "", &["--delta", "always"], 40);
}

/// rustc may compile an optimised function into its callers that is not marked to be inlined.
#[test]
fn random_edits_of_optimised_crates_show_what_a_clean_build_shows() {
    check(
        "random_edits_optimised",
        "\n[profile.dev]\nopt-level = 2\n",
        &[],
        20,
    );
}

/// Makes edits of a workspace that has these settings more, in a session with these arguments.
#[expect(
    clippy::print_stdout,
    reason = "shown if it fails, or if that is asked for"
)]
fn check(name: &str, settings: &str, arguments: &'static [&'static str], edits: u32) {
    let edits = given("EDITS").unwrap_or(edits);
    let seed = given("SEED").unwrap_or(1);
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/random_edits");
    let template = Template::of_folder(&fixture);
    let render = |state: &State| {
        let mut sources = template.render(state);
        sources
            .get_mut(Path::new("Cargo.toml"))
            .unwrap()
            .push_str(settings);
        sources
    };

    let mut random = Edits::new(&template, seed.into());
    let mut sources = render(&template.first_state());
    let mut twins = Twins::new(name, sources.clone(), arguments);
    let mut shown = twins.first();
    let mut tally = Tally::default();
    let begun = Instant::now();
    // Whether the positions in panics may be those of an edit before.
    let mut lags = false;
    for number in 1..=edits {
        if number % 25 == 0 && template.compiles(random.now()) {
            twins.start_again(&sources);
            lags = false;
        }
        let edit = random.next();
        let what = format!("{name}, seed {seed}, edit {number}: {}", edit.kind);
        println!("{what}");
        let last = edit.states.last().unwrap();
        let before = std::mem::replace(&mut sources, render(last));
        let saved = twins.save(edit.states.iter().map(render).collect());
        let (outcome, compiles) = (saved.outcome, saved.clean.is_some());
        let showed = std::mem::take(&mut shown);
        // What does not compile leaves the old code running.
        shown = saved.clean.unwrap_or_else(|| showed.clone());
        lags = match &outcome {
            Outcome::Restarted { .. } => false,
            Outcome::Nothing => true,
            Outcome::Live { has_same_host, .. } => lags || *has_same_host,
            Outcome::CompileError => lags,
        };
        let visible = |text: &str| match lags {
            true => difference::without_positions(text),
            false => text.to_owned(),
        };
        assert!(
            visible(&saved.shown) == visible(&shown)
                && compiles == (outcome != Outcome::CompileError)
                && compiles == template.compiles(last),
            "{what}: {outcome:?}; a clean build succeeds: {compiles}\n\
             --- a clean build shows, the host shows\n{}--- the edit\n{}",
            difference::of_texts(&shown, &saved.shown),
            difference::of_sources(&before, &sources),
        );
        tally.add(&edit.kind, &outcome, shown != showed);
    }
    let deltas = twins.deltas();
    println!(
        "{name}, seed {seed}, {:?}, {deltas} deltas\n{tally}",
        begun.elapsed()
    );
    assert_eq!(deltas > 0, !arguments.is_empty());
    assert!(
        tally.showed() * 2 > edits,
        "too few edits can be seen:\n{tally}"
    );
    // Nothing would be shown of what leaves dependants alone if nothing did.
    let is_optimised = !settings.is_empty();
    assert!(
        is_optimised || tally.relinked() > 0,
        "none was relinked:\n{tally}"
    );
    assert!(
        !is_optimised || tally.relinked() == 0,
        "some were relinked:\n{tally}"
    );
}

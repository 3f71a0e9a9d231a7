//! A host that is reloaded many times, under a memory checker.
//!
//! The checker is valgrind, and the test is not run without it: `cargo test --test e2e -- valgrind --ignored`.

use std::fs;

use super::{Edit, Program, harmless};

/// Ends with code 99 if it found anything. What retired generations keep is no leak.
const VALGRIND: &str = "valgrind --quiet --error-exitcode=99 --leak-check=no --log-file=";

#[test]
#[ignore = "needs valgrind"]
fn all_that_goes_live_is_clean_under_valgrind() {
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("valgrind.log");
    let _ = fs::remove_file(&log);
    let valgrind = format!("{VALGRIND}{}", log.display());
    let mut program = Program::start_under("layouts_under_valgrind", &valgrind);
    // Back to what it was, too: values of each generation meet the code of the next.
    let nothing: Edit = &[];
    let edits = harmless::EDITS.iter();
    let edits = edits.flat_map(|edit| [*edit, nothing]);
    let mut generation = 0;
    for edit in edits {
        let outcome = program.save(edit);
        assert_eq!(outcome["event"], "live", "{edit:?}\n  got {outcome}");
        generation += 1;
        for _ in 0..3 {
            let answer = program.session.ask("ask");
            assert!(answer.ends_with(&format!(" gen={generation}")), "{answer}");
        }
    }
    assert!(generation >= 60);
    program.session.hang_up();
    let exited = program.session.wait_for("host-exited");
    let found = fs::read_to_string(log).unwrap();
    assert!(exited["code"] == 0 && found.is_empty(), "{exited}\n{found}");
}

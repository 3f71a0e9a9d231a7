//! New code that nobody calls.

use super::tables::*;

const LIVE: &str = "save page 2 => edit, reload: `page.rs` changed, build reload
    built => offer 1
    live => live 1, build merge
    new code of draw";

fn live_table(lines: &str) {
    running_table(FREE, &format!("{LIVE}\n{lines}"));
}

#[test]
fn it_is_told_after_a_second() {
    live_table(
        "pass 999
        pass 1 => not called: draw",
    );
}

#[test]
fn it_is_not_told_while_something_newer_is_built() {
    live_table(
        "save page 3 => edit, cancel
        built => reload: `page.rs` changed, build reload
        pass 1000
        built => offer 2
        live => live 2, build merge
        pass 1000",
    );
}

#[test]
fn it_is_not_told_while_the_program_is_restarted() {
    live_table(
        "stops slowly
        built
        restart => restart: on request, build host
        built => ask to stop
        pass 1000",
    );
}

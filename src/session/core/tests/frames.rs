//! Programs that say when their frames begin, and stop doing so.

use super::tables::*;

#[test]
fn a_generation_that_waits_is_said_and_goes_live_with_the_next_frame() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        built => offer 1
        no frame begins => note: gen 1 waits until the program calls `hotmod, answer refused
        ask wait
        cookie => answer refused
        live => live 1, build merge
        ask wait
        cookie => answer live",
    );
}

#[test]
fn an_edit_takes_the_generation_back() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        no frame begins => note: gen 1 waits until the program calls `hotmod
        save page 3 => edit, take back 1
        doubt => reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built
        save page 4 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        no frame begins => note: gen 2 waits until the program calls `hotmod
        save page 5 => edit, take back 2
        live => live 2, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn going_back_waits_too() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built
        ask back
        cookie => go back to 0 as 2
        no frame begins => note: gen 2 waits until the program calls `hotmod, answer refused for the program does not call `hotmod::advance`
        live => live 2
        ask wait
        cookie => answer rolledback",
    );
}

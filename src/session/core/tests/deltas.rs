//! The full compilations that follow deltas, while nobody waits.

use super::tables::*;

#[test]
fn a_full_compilation_follows_a_delta() {
    running_table(
        FREE,
        "next is a delta
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build follow
        built => delta: same, build merge
        built",
    );
}

#[test]
fn a_save_cancels_it_and_the_next_idle_time_starts_it_again() {
    running_table(
        FREE,
        "next is a delta
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build follow
        next is a delta
        save page 3 => edit, cancel
        built => delta: same, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build follow",
    );
}

#[test]
fn if_the_delta_was_wrong_the_full_compilation_goes_live() {
    running_table(
        FREE,
        "next is a delta
        the delta is wrong
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build follow
        built => delta: different, error: the delta of `page` differs from the full compilation in `page::render`, reload: on request, build reload
        built => offer 2
        live => live 2, build merge
        built",
    );
}

#[test]
fn what_only_the_full_compilation_finds_is_an_error_until_the_next_edit() {
    running_table(
        FREE,
        "next is a delta
        the full compilation fails
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build follow
        built => error: no room, build merge
        built
        ask wait
        cookie => answer failed
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        ask wait
        cookie => answer live",
    );
}

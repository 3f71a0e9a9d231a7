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
        built => delta: different, error: the quick compilation (`--delta`) of `page` made other code for `page::render` than the full one, reload: on request, build reload
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

const LIVE: &str = "save page 2 => edit, reload: `page.rs` changed, build reload
    built => offer 1
    live => live 1, build follow";

/// Goes through the lines of a table that begins with a delta that is live.
fn delta_table(policy: super::Policy, lines: &str) {
    running_table(policy, &format!("next is a delta\n{LIVE}\n{lines}"));
}

#[test]
fn a_cancelled_full_compilation_is_started_again() {
    delta_table(
        FREE,
        "save page 3 => edit, cancel
        save page 2 => edit, nothing: the saved files match the running program
        the delta can't be compared
        built => build follow
        built => delta: same, build merge",
    );
}

#[test]
fn a_generation_without_deltas_needs_no_other_compilation() {
    delta_table(
        FREE,
        "save page 3 => edit, cancel
        built => delta: same, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge",
    );
}

#[test]
fn errors_that_a_save_may_have_fixed_are_not_reported() {
    delta_table(
        FREE,
        "the full compilation fails
        a new file
        built
        the full compilation fails
        tick => build follow
        built => error: no room, build merge
        ask wait
        cookie => answer failed",
    );
}

#[test]
fn a_wrong_delta_is_replaced_although_a_file_was_touched() {
    delta_table(
        FREE,
        "the delta is wrong
        a new file
        built => delta: different, error: the quick compilation (`--delta`) of `page` made other code for `page::render` than the full one
        tick => reload: on request, build reload
        ask wait
        built => offer 2
        live => live 2, build merge
        cookie => answer live",
    );
}

#[test]
fn a_wrong_delta_is_replaced_when_an_edit_is_taken_back() {
    delta_table(
        FREE,
        "the delta is wrong
        save page 3 => edit, cancel
        built => delta: different, error: the quick compilation (`--delta`) of `page` made other code for `page::render` than the full one, reload: `page.rs` changed, build reload
        save page 2 => edit, cancel
        next fails
        built => nothing: the saved files match the running program, reload: on request, build reload
        built => offer 2
        refuse => refused 2: no
        ask wait
        cookie => answer refused for no
        reload => reload: on request, build reload
        built => offer 3
        live => live 3, build merge",
    );
}

#[test]
fn a_wrong_delta_that_cannot_be_replaced_restarts_the_program() {
    delta_table(
        FREE,
        "the delta is wrong
        built => delta: different, error: the quick compilation (`--delta`) of `page` made other code for `page::render` than the full one, reload: on request, build reload
        next is unlinkable
        built => restart: unlinkable, build host
        built => start, restarted: unlinkable, build ahead",
    );
}

#[test]
fn a_delta_ends_with_its_host() {
    delta_table(
        FREE,
        "the delta is wrong
        exit => exited in 1
        built => build merge
        built
        ask wait
        cookie => answer ended",
    );
    delta_table(
        FREE,
        "the full compilation fails
        exit => exited in 1
        built => build merge
        ask wait
        cookie => answer ended",
    );
    delta_table(
        FREE,
        "built => delta: same, build merge
        built
        next is a delta
        save page 1 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build follow
        the delta is wrong
        exec => note: the program replaced itself by `exec`, welcome at baseline
        built => build ahead",
    );
}

#[test]
fn what_only_the_full_compilation_found_ends_with_the_host() {
    delta_table(
        FREE,
        "the full compilation fails
        built => error: no room, build merge
        built
        ask wait
        cookie => answer failed
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead
        ask wait
        cookie => answer live",
    );
    delta_table(
        FREE,
        "the full compilation fails
        built => error: no room, build merge
        exit => exited in 1
        ask wait
        cookie => answer ended",
    );
}

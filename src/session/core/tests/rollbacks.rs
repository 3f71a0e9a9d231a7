//! Back to the generation before the live one.

use super::tables::*;

/// The start of a session in which one generation has gone live.
const RELOADED: &str = "save page 2 => edit, reload: `page.rs` changed, build reload
    built => offer 1
    live => live 1, build merge
    built";

fn reloaded_table(lines: &str) {
    running_table(FREE, &format!("{RELOADED}\n{lines}"));
}

#[test]
fn the_earlier_code_is_live_until_the_next_save() {
    reloaded_table(
        "ask back
        cookie => go back to 0 as 2
        live => live 2, answer rolledback
        ask wait
        cookie => answer rolledback
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 3
        live => live 3, build merge
        built
        ask wait
        cookie => answer live",
    );
}

#[test]
fn a_save_without_a_change_ends_it_too() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        back => cancel, go back to 0 as 2
        built
        live => live 2
        save page 2 => edit, reload: on request, build reload
        built => offer 3
        live => live 3, build merge",
    );
}

#[test]
fn each_step_goes_further_back() {
    reloaded_table(
        "save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built
        back => go back to 1 as 3
        live => live 3
        back => go back to 0 as 4
        live => live 4
        back => error: no generation was live before this one
        reload => reload: on request, build reload
        built => offer 5
        live => live 5, build merge
        built
        back => go back to 4 as 6
        live => live 6",
    );
}

#[test]
fn what_hinders_it_is_said() {
    table(
        FREE,
        "back => error: the program is not running
        begin => build host
        built => start, host started, build ahead
        back => error: the program has not connected to the session
        join => welcome
        built => take ahead, build merge
        built
        ask back
        cookie => answer refused for no generation was live before this one
        save page 2 => edit, reload: `page.rs` changed, build reload
        back => error: a save is being built
        built => offer 1
        back => error: another generation is about to go live
        live => live 1, build merge
        built
        ask back
        cookie => go back to 0 as 2
        refuse => answer refused for the earlier generation can't go live again: no
        ask wait
        cookie => answer live
        ask back
        cookie => go back to 0 as 3
        exit => answer refused for the earlier generation did not go live again: the host ended before the generation was live, exited in 1
        ask back
        cookie => answer ended for the program is not running",
    );
}

#[test]
fn a_restart_forgets_the_generations_of_the_process_before() {
    reloaded_table(
        "back => go back to 0 as 2
        live => live 2
        restart => restart: on request, build host
        built => start, restarted: on request, build ahead
        join => welcome
        built => take ahead, build merge
        built
        ask wait
        cookie => answer live
        back => error: no generation was live before this one",
    );
}

#[test]
fn while_paused_only_a_request_ends_it() {
    reloaded_table(
        "pause => note: paused
        back => go back to 0 as 2
        live => live 2
        save page 3 => edit, nothing: the session is paused
        ask wait
        cookie => answer paused
        pause => note: resumed, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn what_is_saved_while_the_host_replies_has_an_outcome() {
    reloaded_table(
        "back => go back to 0 as 2
        pause => note: paused
        save page 3 => edit
        refuse => error: the earlier generation can't go live again: no, nothing: the session is paused",
    );
}

#[test]
fn what_is_known_to_fail_is_not_built_again() {
    reloaded_table(
        "back => go back to 0 as 2
        live => live 2
        break page => edit, reload: `page.rs` changed, build reload
        built => compile error
        break page => edit, nothing: nothing has changed since the last build, which failed",
    );
}

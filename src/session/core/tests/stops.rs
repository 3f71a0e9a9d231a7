//! Hosts that are stopped, and the values that the next ones take over.

use super::tables::*;

#[test]
fn a_host_is_stopped_step_by_step() {
    running_table(
        FREE,
        "stops slowly
        restart => restart: on request, build host
        built => ask to stop
        save page 2 => edit
        ready => stop
        pass 2999
        exit => start, restarted: on request, reload: `page.rs` changed, build reload
        join => welcome",
    );
}

#[test]
fn a_host_that_does_not_end_is_killed_after_it_has_saved() {
    running_table(
        FREE,
        "stops slowly
        restart => restart: on request, build host
        built => ask to stop
        pass 2000 => stop
        pass 2000
        saving
        pass 2999
        pass 1 => note: the program has not ended 3 s after SIGTERM, ask to save
        saved world => kill, start, build ahead
        join => welcome
        take over world => restarted: on request with world",
    );
}

#[test]
fn a_restart_is_told_when_all_values_are_taken_over() {
    running_table(
        FREE,
        "stops slowly
        restart => restart: on request, build host
        built => ask to stop
        saving
        saved world cache
        ready to end
        exit => start, build ahead
        join => welcome
        built => take ahead, build merge
        built
        take over world
        reset cache => restarted: on request with world without cache
        saved world
        pass 5000
        exit => exited in 0
        save page 2 => edit, restart: the host is not running, build host
        built => start, build ahead
        pass 1000 => restarted: the host is not running
        reset world => note: the carried value `world` was reset
        take over cache
        ask fresh
        cookie => cancel
        built => restart: on request, build host
        built => stop
        ready
        exit => forget carried, start, restarted: on request, answer live, build ahead",
    );
}

#[test]
fn values_that_a_stopped_host_has_not_saved_are_told_with_their_age() {
    running_table(
        FREE,
        "stops slowly
        saved world
        pass 7000
        restart => restart: on request, build host
        built => ask to stop
        saving
        exit unsaved => start, build ahead
        join => welcome
        pass 999
        take over world => restarted: on request with world lost 7 s",
    );
}

#[test]
fn values_from_before_a_crash_are_told_with_their_age() {
    running_table(
        FREE,
        "not saved world => note: the carried value `world` was not saved
        pass 7000
        exit => exited in 0
        save page 2 => edit, restart: the host is not running, build host
        built => start, build ahead
        take over world => restarted: the host is not running with world lost 7 s",
    );
}

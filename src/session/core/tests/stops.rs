//! Hosts that are stopped, and the values that the next ones take over.

use super::tables::*;

#[test]
fn a_host_that_ends_itself_has_the_time_to_clean_up() {
    running_table(
        FREE,
        "stops slowly
        restart => restart: on request, build host
        built => ask to stop
        ready to end
        pass 2999
        pass 1 => note: the program has not ended 3 s after `yield_to_restart` returned `true`, stop
        pass 2999
        exit => start, restarted: on request, build ahead",
    );
}

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
fn a_fresh_start_forgets_what_was_carried() {
    running_table(
        FREE,
        "restart fresh => restart: on request, build host
        built => forget carried, start, restarted: on request, build ahead",
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
        read world => restarted: on request with world",
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
        read world
        reset cache => restarted: on request with world without cache
        saved world
        pass 5000
        exit => exited in 0
        save page 2 => edit, restart: the host is not running, build host
        built => start, build ahead
        pass 1000 => restarted: the host is not running not yet world
        reset world => note: the carried value `world` was reset
        read cache => note: the carried value `cache` was read
        ask fresh
        cookie => cancel
        built => restart: on request, build host
        built => stop
        ready
        exit => forget carried, start, restarted: on request, answer live, build ahead",
    );
}

#[test]
fn a_restart_is_told_after_values_that_take_long_to_read() {
    running_table(
        FREE,
        "saved world
        restart => restart: on request, build host
        built => start, build ahead
        join => welcome
        begins to read
        pass 9000
        read world => restarted: on request with world",
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
        read world => restarted: on request with world lost 7 s",
    );
}

#[test]
fn a_host_that_another_process_started_waits_until_the_one_before_has_saved_and_ended() {
    running_table(
        FREE,
        "stops slowly
        adopt => ask to stop
        adopt
        saving
        save page 2 => edit
        ready => stop
        exit => host joined true, welcome at baseline, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn a_generation_that_was_offered_before_another_host_joined_is_built_for_that_host() {
    running_table(
        FREE,
        "stops slowly
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        adopt => ask to stop
        ready => stop
        exit => host joined true, welcome at baseline, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge",
    );
}

#[test]
fn a_host_of_an_earlier_build_is_turned_away() {
    running_table(
        FREE,
        "stops slowly
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        adopt => ask to stop
        built => turn away
        exit => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead",
    );
}

#[test]
fn values_from_before_a_crash_are_told_with_their_age() {
    running_table(
        FREE,
        "saved world
        pass 7000
        exit => exited in 0
        save page 2 => edit, restart: the host is not running, build host
        built => start, build ahead
        read world => restarted: the host is not running with world lost 7 s",
    );
}

#[test]
fn a_request_to_forget_values_is_met_once() {
    running_table(
        FREE,
        "restart fresh => restart: on request, build host
        built => forget carried, start, restarted: on request, build ahead
        join => welcome
        saved world
        restart => cancel
        built => restart: on request, build host
        built => start, build ahead",
    );
}

#[test]
fn values_are_forgotten_although_another_process_starts_the_host() {
    table(
        WAITING,
        "begin => build host
        built => await None, build ahead
        built => take ahead, build merge
        built
        adopt => host joined false, welcome at baseline, build ahead
        built => take ahead, build merge
        built
        saved world
        restart fresh => restart: on request, build host
        built => forget carried, await Some(\"on request\"), build ahead
        built => take ahead, build merge
        built
        adopt => host joined false, welcome at baseline, build ahead
        built => take ahead, build merge
        built
        restart => restart: on request, build host
        built => await Some(\"on request\"), build ahead",
    );
}

#[test]
fn a_host_that_saves_has_more_time_in_each_step() {
    for says in ["saving", "saved world"] {
        let lines = format!(
            "stops slowly
            restart => restart: on request, build host
            built => ask to stop
            pass 1999
            {says}
            pass 1999
            pass 1 => stop"
        );
        running_table(FREE, &lines);
    }
}

#[test]
fn values_have_a_second_each_after_they_were_read() {
    running_table(
        FREE,
        "saved world cache
        restart => restart: on request, build host
        built => start, build ahead
        join => welcome
        begins to read
        pass 9000
        read world
        pass 999
        pass 1 => restarted: on request with world not yet cache",
    );
}

#[test]
fn values_that_the_host_before_has_taken_over_are_not_told_again() {
    running_table(
        FREE,
        "saved world cache
        restart => restart: on request, build host
        built => start, build ahead
        join => welcome
        read world
        restart => cancel
        built => restart: on request, build host
        built => start, build ahead
        join => welcome
        pass 1000 => restarted: on request not yet cache world",
    );
}

#[test]
fn a_host_that_has_nothing_more_to_save_keeps_what_it_has_saved() {
    running_table(
        FREE,
        "saved world
        saved
        restart => restart: on request, build host
        built => start, build ahead
        join => welcome
        read world => restarted: on request with world",
    );
}

//! Generations that wait for their host, and what hosts reply to offers.

use super::tables::*;

#[test]
fn a_generation_waits_for_its_host() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built
        ask wait
        cookie
        join => welcome, offer 1
        live => live 1, answer live, build merge
        restart => cancel
        built => restart: on request, build host
        save page 3 => edit, cancel
        built => build host
        built => start, restarted: on request, build ahead
        ask wait
        cookie => answer live
        pass 2999
        pass 1
        join => welcome
        live",
    );
}

#[test]
fn what_is_held_is_dropped_for_what_is_newer() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built
        break page => edit, reload: `page.rs` changed, build reload
        built => compile error
        join => welcome
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge",
    );
}

#[test]
fn a_requested_generation_waits_for_its_host() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        reload => cancel
        built => reload: on request, build reload
        built
        pause => note: paused
        pause => note: resumed
        join => welcome, offer 1
        live => live 1, build merge",
    );
}

#[test]
fn what_is_held_is_dropped_when_it_is_taken_back() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built
        save page 1 => edit, nothing: the saved files match the running program, build ahead
        join => welcome
        built => take ahead, build merge",
    );
}

#[test]
fn a_refused_generation_is_not_offered_again() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        ask wait
        cookie
        refuse => refused 1: no, answer refused for no
        save page 2 => edit, nothing: nothing has changed since the last build, which failed
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge",
    );
}

#[test]
fn a_contradiction_restarts_the_program() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        contradict => refused 1 until a restart: no, restart: no, build host
        built => start, restarted: no, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        wrong build => error: the host reports a different build from the one that it was offered, restart: the host reports a different build from the one that it was offered, build host
        built => start, restarted: the host reports a different build from the one that it was offered, build ahead
        join => welcome
        save page 4 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => offer 1
        doubt => reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge",
    );
}

#[test]
fn a_requested_generation_that_is_lost_with_its_host_needs_no_restart() {
    running_table(
        FREE,
        "reload => reload: on request, build reload
        built => offer 1
        leave => refused 1: the host left the session before the generation was live
        pass 500 => note: the host left the session
        save page 2 => edit, restart: the host left the session, build host",
    );
}

#[test]
fn what_refuses_a_requested_generation_restarts_the_program() {
    running_table(
        FREE,
        "reload => reload: on request, build reload
        built => offer 1
        contradict => refused 1 until a restart: no, restart: no, build host",
    );
}

#[test]
fn a_host_may_never_reply() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        pass 6000
        save page 3 => edit, refused 1 until a restart: the host has not answered for 5 s: a hook may be stuck, restart: the host has not answered for 5 s: a hook may be stuck, build host
        built => start, restarted: the host has not answered for 5 s: a hook may be stuck, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save page 4 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        pass 1000
        save page 5 => edit
        pass 3999
        pass 1 => refused 1 until a restart: the host has not answered for 5 s: a hook may be stuck, restart: the host has not answered for 5 s: a hook may be stuck, build host
        built => start, restarted: the host has not answered for 5 s: a hook may be stuck, build ahead",
    );
}

//! What hosts do, and what comes of it.

use super::tables::*;
use super::world::World;

#[test]
fn a_host_is_welcome_from_when_it_joins_until_it_leaves() {
    let mut world = World::new(FREE);
    for (words, is_welcome) in [
        ("begin", false),
        ("built", false),
        ("join", true),
        ("leave", false),
    ] {
        happen(&mut world, words);
        assert_eq!(world.core.is_welcome(), is_welcome, "{words}");
    }
}

#[test]
fn a_host_that_does_not_join_is_reported_once() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built
        ask wait
        cookie
        pass 2999
        pass 1 => error: the program has not connected to the session within 3 s, so the saved code is not live, answer failed
        pass 3000
        join => welcome, offer 1
        live => live 1, build merge",
    );
}

#[test]
fn a_host_that_was_built_from_another_text_is_not_the_outcome() {
    running_table(
        FREE,
        "restart => restart: on request, build host
        flicker page 3
        ask wait
        pause => note: paused
        tick
        empty page
        built => start, restarted: on request
        tick",
    );
}

#[test]
fn a_host_that_leaves_is_restarted_by_the_next_edit() {
    running_table(
        FREE,
        "leave
        pass 499
        pass 1 => note: the host left the session
        save page 1 => edit, nothing: the saved files match the running program
        save page 2 => edit, restart: the host left the session, build host
        built => start, restarted: the host left the session, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        leave => refused 1 until a restart: the host left the session before the generation was live
        ask wait
        cookie => answer refused for the host left the session before the generation was live
        pass 500 => note: the host left the session, restart: the host left the session, build host
        built => start, restarted: the host left the session, build ahead
        join => welcome
        save page 4 => edit, cancel
        built => reload: `page.rs` changed, build reload
        unreachable
        save page 5 => edit, cancel
        pass 500 => note: the host left the session
        built => restart: the host left the session, build host",
    );
}

#[test]
fn a_host_that_exits_is_started_by_the_next_edit() {
    running_table(
        FREE,
        "exit => exited in 0
        ask wait
        cookie => answer ended
        ask reload
        cookie => restart: the host is not running, build host
        built => start, restarted: the host is not running, answer live, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save page 2 => edit, reload: `page.rs` changed, build reload
        exit => exited in 0
        built => restart: the host is not running, build host
        built => start, restarted: the host is not running, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        save page 4 => edit
        exit => refused 1 until a restart: the host ended before the generation was live, exited in 0, restart: the host is not running, build host
        built => start, restarted: the host is not running, build ahead",
    );
}

#[test]
fn a_host_that_cannot_be_started_is_tried_again() {
    table(
        FREE,
        "no start
        begin => build host
        built => no start, build ahead
        ask wait
        cookie => answer ended
        save page 1 => edit, cancel
        built => restart: the host is not running, build host",
    );
}

#[test]
fn under_a_runner_the_start_is_told_when_the_program_joins_or_ends() {
    table(
        FREE,
        "a runner
        begin => build host
        built => start, build ahead
        join => host started, welcome
        restart => cancel
        built => restart: on request, build host
        exit => exited in 0",
    );
}

#[test]
fn somebody_else_starts_the_host() {
    table(
        WAITING,
        "begin => build host
        built => await None, build ahead
        ask wait
        cookie => answer ended
        built => take ahead, build merge
        built
        adopt => host joined false, welcome at baseline, build ahead
        built => take ahead, build merge
        built
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        adopt => host joined true, welcome at baseline, cancel
        built => reload: `page.rs` changed, build reload
        live
        save model 2 => edit, cancel
        built => offer 1
        exit => refused 1 until a restart: the host ended before the generation was live, exited in 0, await None, restart: the host is not running, build host
        adopt => host joined false, welcome at baseline
        exit => exited in 0, await None",
    );
}

#[test]
fn a_host_may_replace_itself() {
    running_table(
        FREE,
        "exec => note: the program replaced itself by `exec`, welcome at baseline, build ahead
        built => take ahead, build merge
        built
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        exec => note: the program replaced itself by `exec`, welcome at baseline, cancel
        built => reload: `page.rs` changed, build reload
        live
        save page 3 => edit, cancel
        exec => note: the program replaced itself by `exec`, welcome at baseline
        built => reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        save page 1 => edit, cancel
        built => reload: `page.rs` changed, build reload
        exec => note: the program replaced itself by `exec`, welcome at baseline",
    );
}

#[test]
fn a_host_that_replaces_itself_is_not_restarted_for_the_one_before() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        pause => note: paused
        contradict => refused 1 until a restart: no, nothing: the session is paused
        exec => note: the program replaced itself by `exec`, welcome at baseline
        pause => note: resumed, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn without_restarts_the_old_code_goes_on() {
    running_table(
        STAYING,
        "save model 2 => edit, refused 1 until a restart: `model.rs` changed, and `model` is not reloadable; the old code keeps running until the program is restarted
        ask wait
        cookie => answer refused for `model.rs` changed, and `model` is not reloadable
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        ask wait
        cookie => answer refused for `model.rs` changed, and `model` is not reloadable
        save model 1 => edit, cancel, nothing: the saved files match the running program
        ask wait
        cookie => answer live
        next misfits
        save page 3 => edit
        built => reload: `page.rs` changed, build reload
        save page 3 => edit
        save page 4 => edit, cancel
        built => refused 2 until a restart: misfit; the old code keeps running until the program is restarted, nothing: nothing has changed since the last build, which failed
        contradict
        save model 3 => edit, refused 2 until a restart: `model.rs` changed, and `model` is not reloadable; the old code keeps running until the program is restarted, reload: `page.rs` changed, build reload
        restart => cancel
        built => offer 2
        exit => refused 2 until a restart: the host ended before the generation was live, exited in 1, restart: the host is not running, build host
        save page 5 => edit, cancel
        built => build host",
    );
}

#[test]
fn what_others_ask_of_the_core_is_what_happened() {
    let mut world = World::new(FREE);
    world.promises.trigger();
    for (words, building, failed, broken, joined, generation) in [
        ("begin", true, false, true, false, None),
        ("built", false, false, false, false, Some(0)),
        ("join", false, false, false, true, Some(0)),
        ("built", false, false, false, true, Some(0)),
        ("built", false, false, false, true, Some(0)),
        ("break page", true, false, false, true, Some(0)),
        ("built", false, true, true, true, Some(0)),
        ("save page 2", true, true, false, true, Some(0)),
        ("built", false, false, false, true, Some(0)),
        ("live", false, false, false, true, Some(1)),
        ("built", false, false, false, true, Some(1)),
        ("break model", true, false, false, true, Some(1)),
        ("built", false, true, true, true, Some(1)),
        ("leave", false, true, true, true, Some(1)),
        ("exit", false, true, true, false, None),
    ] {
        happen(&mut world, words);
        let core = &world.core;
        let found = (
            core.is_building(),
            core.last_build_failed(),
            core.is_broken(),
        );
        assert_eq!(found, (building, failed, broken), "{words}");
        assert_eq!(core.has_joined(), joined, "{words}");
        assert_eq!(core.generation(), generation, "{words}");
        assert_eq!(core.pid(), generation.map(|_| 101), "{words}");
        assert_eq!(core.runs(), generation.is_some(), "{words}");
    }
    assert!(!world.core.is_paused());
    happen(&mut world, "pause");
    assert!(world.core.is_paused());
}

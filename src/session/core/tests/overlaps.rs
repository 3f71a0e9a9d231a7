//! Restarts with `--overlap`.

use crate::control::Outcome;

use super::tables::*;
use super::world::World;

#[test]
fn the_next_host_is_started_before_the_old_one_is_stopped() {
    running_table(
        OVERLAPPING,
        "stops slowly
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        next waits => ask to stop
        save page 2 => edit
        ready => stop
        exit => take over, restarted: on request, welcome, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn a_program_that_carries_nothing_waits_at_the_beginning_of_main() {
    running_table(
        OVERLAPPING,
        "stops slowly
        restart => restart: on request, build host
        built => start next
        next joins => hold, ask to stop
        ready => stop
        exit => take over, restarted: on request, welcome, build ahead",
    );
}

#[test]
fn if_the_next_host_dies_the_old_one_goes_on_until_the_next_save() {
    running_table(
        OVERLAPPING,
        "stops slowly
        carries
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start next
        ask wait
        next joins => hold later
        cookie
        next dies => error: the new process exited with code 1 before it took over, so the old one keeps running, answer failed
        ask wait
        cookie => answer failed
        save page 2 => edit, restart: the program runs code from before the last build, build host
        built => start next
        next dies => error: the new process exited with code 1 before it took over, so the old one keeps running
        save page 2 => edit, restart: the program runs code from before the last build, build host
        built => start next
        next joins => hold later
        next waits => ask to stop
        ready => stop
        exit => take over, restarted: the program runs code from before the last build, welcome, build ahead",
    );
}

#[test]
fn a_pause_does_not_hide_that_the_program_is_behind() {
    let mut world = World::new(OVERLAPPING);
    for words in [
        "begin",
        "built",
        "join",
        "built",
        "built",
        "carries",
        "restart",
        "built",
        "next joins",
        "next dies",
        "pause",
        "save page 2",
        "save page 1",
        "pause",
    ] {
        happen(&mut world, words);
    }
    assert_eq!(world.core.answer().outcome, Outcome::Failed);
}

#[test]
fn the_next_host_that_hangs_takes_over_after_a_time() {
    running_table(
        OVERLAPPING,
        "stops slowly
        pass 1000
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        pass 4999
        pass 1 => note: the new process has not reached its first carried value in time, ask to stop
        ready => stop
        exit => take over, restarted: on request, welcome, build ahead
        carries",
    );
}

#[test]
fn the_next_host_takes_over_at_once_if_the_old_one_crashes() {
    running_table(
        OVERLAPPING,
        "carries
        restart => restart: on request, build host
        built => start next
        exit => exited in 0, take over, restarted: on request, build ahead
        join => welcome",
    );
}

#[test]
fn the_next_host_is_started_again_if_it_dies_while_the_old_one_is_stopped() {
    running_table(
        OVERLAPPING,
        "stops slowly
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        next waits => ask to stop
        next dies
        ready => stop
        exit => start, restarted: on request, build ahead",
    );
}

/// Whatever becomes of the two, what was saved meanwhile is decided on, and who asked is answered.
#[test]
fn an_edit_that_is_saved_while_both_run_has_an_outcome() {
    let begin = "stops slowly
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        save page 2 => edit
        ask wait
        cookie
        ";
    let takes_over = "next waits => ask to stop
        ready => stop
        exit => take over, restarted: on request, welcome, ";
    let built = "built => offer 1
        live => live 1, answer live, build merge";
    let reloads = format!("reload: `page.rs` changed, build reload\n{built}");
    let again = "restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start next
        next joins => hold later
        next waits => ask to stop
        ready => stop
        exit => take over, restarted: `model.rs` changed, and `model` is not reloadable, welcome, answer live, build ahead";
    let resumes = "error: the new process exited with code 1 before it took over, so the old one keeps running";
    let hangs = "note: the new process has not reached its first carried value in time";
    for then in [
        format!("{takes_over}{reloads}"),
        // Another save undoes the first, does not compile, or needs another restart.
        format!(
            "save page 1 => edit
            {takes_over}nothing: the saved files match the running program, build ahead, answer live"
        ),
        format!(
            "break page => edit
            {takes_over}reload: `page.rs` changed, build reload
            built => compile error, answer failed"
        ),
        format!("save model 2 => edit\n{takes_over}{again}"),
        // The next host dies before or after the old one is stopped, or hangs. The old one crashes.
        format!(
            "next dies => {resumes}, restart: the program runs code from before the last build, build host
            built => start next
            next joins => hold later
            next waits => ask to stop
            ready => stop
            exit => take over, restarted: the program runs code from before the last build, welcome, answer live, build ahead"
        ),
        format!(
            "next waits => ask to stop
            next dies
            ready => stop
            exit => start, restarted: on request, reload: `page.rs` changed, build reload
            join => welcome
            {built}"
        ),
        format!(
            "pass 5000 => {hangs}, ask to stop
            ready => stop
            exit => take over, restarted: on request, welcome, {reloads}"
        ),
        format!("exit => exited in 0, take over, restarted: on request, welcome, {reloads}"),
    ] {
        running_table(OVERLAPPING, &format!("{begin}{then}"));
    }
}

#[test]
fn whether_the_program_carries_values_is_known_of_the_next_host_too() {
    running_table(
        OVERLAPPING,
        "carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        next waits => take over, restarted: on request, welcome, build ahead
        restart => cancel
        built => restart: on request, build host
        built => start next
        next joins => hold later",
    );
}

#[test]
fn the_old_host_is_asked_to_stop_once() {
    running_table(
        OVERLAPPING,
        "stops slowly
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold later
        next waits => ask to stop
        pass 1000
        next waits
        pass 999
        pass 1 => stop
        next waits
        pass 2999
        pass 1 => note: the program has not ended 3 s after SIGTERM, ask to save",
    );
}

#[test]
fn without_the_option_the_next_host_waits_at_the_beginning_of_main() {
    running_table(
        HOLDING,
        "stops slowly
        carries
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start next
        next joins => hold, ask to stop
        ready => stop
        exit => take over, restarted: `model.rs` changed, and `model` is not reloadable, welcome, build ahead",
    );
    running_table(
        HOLDING,
        "restart => restart: on request, build host
        built => start next
        pass 2999
        pass 1 => note: the new process has not connected to the session in time, take over, restarted: on request, build ahead",
    );
    running_table(
        HOLDING,
        "a runner
        restart => restart: on request, build host
        built => start, build ahead
        join => restarted: on request, welcome",
    );
}

#[test]
fn the_end_of_the_old_host_gives_the_one_after_the_next_no_more_time_to_join() {
    running_table(
        HOLDING,
        "stops slowly
        restart => restart: on request, build host
        built => start next
        next joins => hold, ask to stop
        ready => stop
        pass 2500
        exit => take over, restarted: on request, welcome, build ahead
        carries
        restart => cancel
        built => restart: on request, build host
        built => start next
        pass 2999
        pass 1 => note: the new process has not connected to the session in time, ask to stop",
    );
}

#[test]
fn the_old_host_answers_until_it_is_stopped() {
    let mut world = World::new(OVERLAPPING);
    for words in ["begin", "built", "join", "built", "built", "carries"] {
        happen(&mut world, words);
    }
    let old = world.core.pid();
    assert!(old.is_some() && world.core.is_welcome());
    for words in ["stops slowly", "restart", "built", "next joins"] {
        happen(&mut world, words);
        assert_eq!(world.core.pid(), old, "{words}");
        assert!(world.core.is_welcome(), "{words}");
    }
    happen(&mut world, "next waits");
    assert_eq!(world.core.pid(), None);
}

#[test]
fn the_old_host_may_replace_itself_by_exec() {
    running_table(
        OVERLAPPING,
        "stops slowly
        carries
        restart => restart: on request, build host
        built => start next
        exec => welcome at baseline, note: the program replaced itself by `exec`
        next joins => hold, ask to stop
        ready => stop
        exit => take over, restarted: on request, welcome, build ahead",
    );
}

#[test]
fn a_first_value_that_is_not_part_of_the_start_is_not_awaited() {
    running_table(
        OVERLAPPING,
        "stops slowly
        pass 61000
        carries
        restart => restart: on request, build host
        built => start next
        next joins => hold, ask to stop
        ready => stop
        exit => take over, restarted: on request, welcome, build ahead",
    );
}

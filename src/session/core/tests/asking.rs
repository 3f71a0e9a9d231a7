//! What people ask for, and what they are answered.

use super::tables::*;

#[test]
fn a_question_waits_for_what_was_saved_before_it() {
    table(
        FREE,
        "begin => build host
        ask wait
        cookie
        built => start, host started, answer live, build ahead
        join => welcome
        built => take ahead, build merge
        built
        write page 2
        ask wait
        cookie => edit, reload: `page.rs` changed, build reload
        save page 3 => edit
        built => offer 1
        built
        live => live 1, answer live, reload: `page.rs` changed, build reload
        write page 4
        ask wait
        pass 999
        pass 1 => edit, cancel
        built => offer 2
        live => live 2, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn a_question_is_answered_by_the_first_outcome_that_is_not_older() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        built => offer 1
        save page 3 => edit
        ask wait
        cookie
        live => live 1, answer live, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, answer live, build merge",
    );
}

#[test]
fn what_a_build_read_later_is_no_answer() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        write page 3
        built of what is there => offer 1
        write page 2
        live => live 1, reload: `page.rs` changed, build reload
        ask wait
        cookie => edit
        cookie",
    );
}

#[test]
fn an_outcome_of_what_was_read_after_the_question_answers_it() {
    running_table(
        FREE,
        "write page 2
        ask wait
        cookie => edit, reload: `page.rs` changed, build reload
        save page 3 => edit
        built of what is there => offer 1
        save page 4 => edit
        live => live 1, answer live, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge",
    );
}

#[test]
fn later_saves_do_not_make_a_question_wait_longer() {
    running_table(
        FREE,
        "write page 2
        ask wait
        cookie => edit, reload: `page.rs` changed, build reload
        pass 100
        save page 3 => edit
        pass 100
        break page => edit
        built => offer 1
        live => live 1, answer live, reload: `page.rs` changed, build reload
        pass 100
        save page 4 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge",
    );
}

#[test]
fn the_second_failure_answers_even_if_saves_go_on() {
    running_table(
        FREE,
        "write page 7
        ask wait
        cookie => edit, reload: `page.rs` changed, build reload
        save page 14 => edit
        built => reload: `page.rs` changed, build reload
        save page 21 => edit
        built => compile error, answer failed, reload: `page.rs` changed, build reload
        save page 28 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => compile error",
    );
}

#[test]
fn questions_that_came_before_a_cookie_share_it() {
    running_table(
        FREE,
        "ask wait
        ask wait
        ask wait
        cookie => answer live
        cookie => answer live, answer live
        cookie",
    );
}

#[test]
fn a_cookie_that_is_not_noticed_keeps_nobody_waiting() {
    running_table(
        FREE,
        "ask wait
        pass 500
        ask wait
        pass 500 => answer live
        pass 999
        pass 1 => answer live
        cookie
        cookie",
    );
}

#[test]
fn a_reload_and_a_restart_need_no_edit() {
    running_table(
        FREE,
        "ask reload
        cookie => reload: on request, build reload
        built => offer 1
        live => live 1, answer live, build merge
        ask restart
        cookie => cancel
        built => restart: on request, build host
        built => start, restarted: on request, answer live, build ahead
        join => welcome
        built => take ahead, build merge
        built
        reload => reload: on request, build reload
        ask restart
        ask reload
        cookie => cancel
        cookie
        built => offer 1
        built",
    );
}

#[test]
fn a_build_under_way_is_what_was_asked_for() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        ask reload
        cookie
        built => offer 1
        live => live 1, answer live, build merge
        save Cargo 2 => edit, cancel
        reload
        built => build cargo's answer
        built => reload: on request, build reload
        live",
    );
}

#[test]
fn a_requested_restart_is_told_once_and_not_forgotten() {
    running_table(
        FREE,
        "restart => restart: on request, build host
        save page 2 => edit, cancel
        save page 1 => edit
        built => build host
        built => start, restarted: on request, build ahead
        break model => edit, cancel
        built => restart: `model.rs` changed, and `model` is not reloadable, build host
        restart => cancel
        built => build host
        save model 1 => edit, cancel
        built => build host",
    );
}

#[test]
fn edits_wait_while_the_session_is_paused() {
    running_table(
        FREE,
        "pause => note: paused
        save page 2 => edit, nothing: the session is paused
        ask wait
        cookie => answer paused
        save page 1 => edit, nothing: the session is paused
        ask wait
        cookie => answer live
        save page 3 => edit, nothing: the session is paused
        reload => reload: `page.rs` changed, build reload
        save page 4 => edit, nothing: the session is paused
        built => offer 1
        live => live 1
        ask wait
        cookie => answer paused
        pause => note: resumed, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        pause => note: paused
        save page 5 => edit, cancel
        restart
        break page => edit
        built => restart: on request, build host
        built => compile error
        pause => note: resumed, nothing: nothing has changed since the last build, which failed",
    );
}

#[test]
fn a_failure_is_the_answer_again_when_the_files_are_as_before() {
    running_table(
        FREE,
        "break page => edit, reload: `page.rs` changed, build reload
        built => compile error
        pause => note: paused
        save page 8 => edit, nothing: the session is paused
        ask wait
        cookie => answer paused
        break page => edit, nothing: the session is paused
        pause => note: resumed
        ask wait
        cookie => answer failed",
    );
}

#[test]
fn a_pause_begins_and_ends_during_a_build() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        pause => note: paused
        save page 3 => edit, nothing: the session is paused
        pause => note: resumed
        built => offer 1
        live => live 1, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge",
    );
}

#[test]
fn what_does_not_fit_is_not_offered() {
    running_table(
        FREE,
        "next is damaged
        save page 2 => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        built => refused 1: damaged, answer refused for damaged
        save page 2 => edit, reload: `page.rs` changed, build reload
        next is unknown
        built => reload: `page.rs` changed, build reload
        next misfits
        built => restart: misfit, build host
        built => start, restarted: misfit, build ahead
        join => welcome
        next is unlinkable
        save page 3 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => offer 1
        built",
    );
}

#[test]
fn a_refusal_is_over_when_it_is_taken_back() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        refuse => refused 1: no
        save page 1 => edit, nothing: the saved files match the running program
        ask wait
        cookie => answer live",
    );
}

#[test]
fn a_new_file_cancels_a_first_build() {
    table(
        FREE,
        "write page 7
        begin => build host
        pass 50
        a new file
        tick => edit, cancel
        built => restart: the program has not been built yet, build host
        built => compile error, note: waiting for a change",
    );
}

#[test]
fn an_edit_cancels_what_is_built_for_a_host_that_is_gone() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        exit => exited in 0
        pass 50
        save page 2 => edit, cancel
        next fails
        built => restart: the host is not running, build host",
    );
}

#[test]
fn a_restart_that_nobody_asked_for_waits_while_edits_do() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        pause => note: paused
        contradict => refused 1 until a restart: no, nothing: the session is paused",
    );
}

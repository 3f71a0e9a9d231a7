//! What is saved, and what comes of it.

use super::tables::*;

#[test]
fn a_save_is_a_reload() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        built => offer 1
        live => live 1, answer live, build merge
        built
        save page 2 => edit, nothing: the saved files match the running program
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead
        join => welcome
        built => take ahead, build merge
        built",
    );
}

#[test]
fn a_save_during_a_build_comes_after_it_or_cancels_it() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        join => welcome
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        pass 50
        save page 3 => edit, cancel
        built => offer 1
        pass 50
        save page 4 => edit
        built
        pass 50
        save page 5 => edit
        pass 50
        save page 5 => edit
        built
        live => live 1, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built",
    );
}

#[test]
fn what_is_taken_back_changes_nothing() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        save page 1 => edit, cancel
        built => offer 1
        save model 2 => edit
        save model 1 => edit
        built
        save model 2 => edit
        save model 3 => edit
        built
        built",
    );
}

#[test]
fn a_half_saved_file_is_waited_for() {
    running_table(
        FREE,
        "empty page
        pass 10
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built
        empty page
        pass 699
        pass 1
        built
        save page 3 => edit, reload: `page.rs` changed, build reload
        pass 30
        empty page
        built => offer 2
        tick
        save page 4 => edit
        built
        live => live 2, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn what_fails_fails_until_something_changes() {
    running_table(
        FREE,
        "break page => edit, reload: `page.rs` changed, build reload
        ask wait
        cookie
        built => compile error, answer failed
        break page => edit, nothing: nothing has changed since the last build, which failed
        a new file
        tick => edit, reload: `page.rs` changed, build reload
        built => compile error
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        next fails
        save page 3 => edit, cancel
        built => reload: `page.rs` changed, build reload
        save page 3 => edit
        built => reload: `page.rs` changed, build reload
        live",
    );
}

#[test]
fn the_first_build_fails_until_it_is_fixed() {
    table(
        FREE,
        "write page 7
        begin => build host
        built => compile error, note: waiting for a change
        a new file
        tick => edit, restart: the program has not been built yet, build host
        break page => edit, cancel
        built => build host
        save page 2 => edit, cancel
        built => build host
        join
        ask wait
        cookie",
    );
}

#[test]
fn a_build_that_writes_its_own_input_ends() {
    table(
        FREE,
        "begin => build host
        built => start, host started, build ahead
        join => welcome
        break page => edit, cancel
        built => reload: `page.rs` changed, build reload
        restart => cancel
        break page => edit
        built => restart: on request, build host
        break page => edit
        built => build host
        break page => edit
        built => build host
        save page 2 => edit, cancel
        built => build host",
    );
}

#[test]
fn a_comment_changes_nothing() {
    running_table(
        FREE,
        "comment page 2 => edit, nothing: only comments, formatting or tests changed; line numbers follow with the next reload
        save page 3 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        comment page 4 => edit, cancel, nothing: only comments, formatting or tests changed; line numbers follow with the next reload
        built",
    );
}

#[test]
fn what_fails_is_not_built_again_after_scripts_ran() {
    running_table(
        FREE,
        "break page => edit, reload: `page.rs` changed, build reload
        built => compile error
        save words 2 => edit, build scripts
        built => nothing: nothing has changed since the last build, which failed",
    );
}

#[test]
fn what_runs_goes_on_while_links_are_prepared() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        save page 2 => edit, nothing: the saved files match the running program",
    );
}

#[test]
fn a_requested_reload_does_not_wait_for_an_empty_file() {
    running_table(
        FREE,
        "pause => note: paused
        empty page
        pass 700 => edit, nothing: the session is paused
        reload => reload: `page.rs` changed, build reload",
    );
}

#[test]
fn cargo_is_asked_what_manifests_mean() {
    running_table(
        FREE,
        "save Cargo 2 => edit, build cargo's answer
        built => nothing: harmless
        save Cargo 3 => edit, build cargo's answer
        built => restart: `cargo.toml` changed, build host
        built => start, restarted: `Cargo.toml` changed, build ahead
        join => welcome
        built => take ahead, build merge
        built
        save Cargo 5 => edit, build cargo's answer
        save Cargo 4 => edit, cancel
        built => build cargo's answer
        built => nothing: harmless",
    );
}

#[test]
fn scripts_are_run_before_a_reload() {
    running_table(
        FREE,
        "save words 2 => edit, build scripts
        built => nothing: same
        scripts change
        save words 3 => edit, build scripts
        built => restart: other, build host
        built => start, restarted: other, build ahead
        join => welcome
        scripts fail
        save words 4 => edit, cancel
        built => build scripts
        built => error: script
        save words 5 => edit, build scripts
        a new file
        scripts fail
        built
        no scripts
        built
        save words 6 => edit, build scripts
        built => error: no shell",
    );
}

#[test]
fn what_scripts_write_has_an_outcome_although_edits_wait() {
    running_table(
        FREE,
        "scripts change
        save words 2 => edit, build scripts
        pause => note: paused
        a new file
        built
        tick => nothing: the session is paused",
    );
}

#[test]
fn nobody_knows_which_files_were_touched() {
    running_table(
        FREE,
        "write page 2
        overflow
        tick => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        write page 3
        ask wait
        tick => edit, cancel
        built => reload: `page.rs` changed, build reload
        live",
    );
}

#[test]
fn the_third_build_in_a_row_is_not_cancelled() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        pass 50
        save page 3 => edit, cancel
        next fails
        built => reload: `page.rs` changed, build reload
        pass 50
        save page 4 => edit, cancel
        next fails
        built => reload: `page.rs` changed, build reload
        pass 50
        save page 5 => edit
        built => offer 1
        live => live 1, reload: `page.rs` changed, build reload",
    );
}

#[test]
fn a_question_does_not_wait_for_a_file_that_stays_empty() {
    running_table(
        FREE,
        "empty page
        pass 650
        ask wait
        cookie
        pass 60 => edit, reload: `page.rs` changed, build reload
        built => compile error, answer failed",
    );
}

#[test]
fn a_program_that_changes_its_own_inputs_is_not_restarted_forever() {
    let mut lines = String::new();
    for content in 2..7 {
        lines += &format!(
            "scripts change
            save words {content} => edit, build scripts
            built => restart: other, build host
            built => start, restarted: other, build ahead
            join => welcome
            built => take ahead, build merge
            built\n"
        );
    }
    lines += "scripts change
        save words 7 => edit, build scripts
        built => error: other: this has restarted the program 5 times, each time within a second of its start, \
              so it is not restarted for this again
        ask wait
        cookie => answer refused for other
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built
        pass 1000
        scripts change
        save words 8 => edit, build scripts
        built => restart: other, build host";
    running_table(FREE, &lines);
}

#[test]
fn a_program_that_changes_its_inputs_and_crashes_is_not_restarted_forever() {
    let mut lines = "exit => exited in 0\n".to_owned();
    for content in 2..7 {
        lines += &format!(
            "save words {content} => edit, restart: the host is not running, build host
            built => start, restarted: the host is not running, build ahead
            exit => exited in 0
            built => take ahead, build merge
            built\n"
        );
    }
    lines += "save words 7 => edit, error: `words.txt` changed: this has restarted the program 5 times, each time \
              within a second of its start, so it is not restarted for this again
        ask wait
        cookie => answer failed
        ask restart
        cookie => restart: the host is not running, build host";
    running_table(FREE, &lines);
}

#[test]
fn a_host_that_an_offer_does_not_reach_is_restarted() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        unreachable => refused 1 until a restart: no
        pass 500 => note: the host left the session, restart: the host left the session, build host",
    );
}

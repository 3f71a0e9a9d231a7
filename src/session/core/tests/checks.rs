//! The check of the whole workspace, while nobody waits.

use super::Policy;
use super::tables::*;

/// The start of a session that checks the workspace.
const CHECKED: &str = "begin => build host
    built => start, host started, build ahead
    join => welcome
    built => take ahead, build merge
    built => build check
    built => checked: 0 errors";

fn checked_table(policy: Policy, lines: &str) {
    table(policy, &format!("{CHECKED}\n{lines}"));
}

#[test]
fn the_workspace_is_checked_after_each_reload() {
    checked_table(
        CHECKING,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        next check fails
        built => build check
        built => checked: 1 errors",
    );
}

#[test]
fn a_save_cancels_the_check() {
    checked_table(
        CHECKING,
        "save test => build check
        save page 2 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built => build check
        next check fails
        save test => cancel
        built => build check
        built => checked: 0 errors",
    );
}

#[test]
fn a_question_waits_for_the_check_of_what_was_saved_before_it() {
    checked_table(
        CHECKING,
        "ask checked
        cookie => answer live, checked
        write test
        ask checked
        cookie => build check
        next check fails
        built => checked: 1 errors, answer live, check failed
        save page 2 => edit, reload: `page.rs` changed, build reload
        ask checked
        cookie
        built => offer 1
        ask wait
        live => live 1, build merge
        cookie => answer live
        built => build check
        built => checked: 0 errors, answer live, checked",
    );
}

#[test]
fn a_question_about_code_that_is_not_live_waits_for_no_check() {
    checked_table(
        CHECKING,
        "break page => edit, reload: `page.rs` changed, build reload
        ask checked
        cookie
        built => compile error, answer failed",
    );
    running_table(
        FREE,
        "ask checked
        cookie => answer live",
    );
}

#[test]
fn edits_that_need_a_restart_are_checked_too() {
    let staying = Policy {
        checks: true,
        ..STAYING
    };
    checked_table(
        staying,
        "save model 2 => edit, refused 1 until a restart: `model.rs` changed, and `model` is not reloadable; the old code keeps running until the program is restarted, build check
        built => checked: 0 errors",
    );
}

#[test]
fn a_paused_session_checks_what_runs() {
    checked_table(
        CHECKING,
        "pause => note: paused
        save test => build check
        save page 2 => edit, cancel
        built => nothing: the session is paused",
    );
}

#[test]
fn an_edit_that_is_undone_does_not_prevent_the_check() {
    checked_table(
        CHECKING,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        save page 3 => edit, cancel
        save page 2 => edit, nothing: the saved files match the running program
        built => build merge
        built => build check
        built => checked: 0 errors",
    );
}

#[test]
fn if_events_are_lost_the_workspace_is_checked_again_for_a_question() {
    checked_table(
        CHECKING,
        "write test
        ask checked
        pass 1000 => build check
        built => checked: 0 errors, answer live, checked",
    );
}

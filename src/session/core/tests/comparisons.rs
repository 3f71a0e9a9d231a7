//! The host's code, compared with what runs: before a restart, and while nobody waits.

use super::tables::*;
use super::world::World;

#[test]
fn a_host_with_the_same_code_is_not_restarted() {
    running_table(
        FREE,
        "next host is the same
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        ask wait
        cookie
        built => note: no restart is needed, reload: `model.rs` changed, build reload
        built => offer 1
        live => live 1, answer live, build merge
        built
        save model 3 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead",
    );
}

#[test]
fn what_is_the_same_is_so_until_a_source_changes() {
    running_table(
        FREE,
        "next host is the same
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        save page 2 => edit, cancel
        built => build host
        next host is the same
        built => note: no restart is needed, reload: `model.rs` changed, build reload
        save page 3 => edit, cancel
        built => offer 1",
    );
}

#[test]
fn a_requested_restart_compares_nothing() {
    running_table(
        FREE,
        "next host is the same
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        restart => cancel
        built => build host
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead",
    );
}

#[test]
fn other_items_are_compared_when_nobody_waits() {
    running_table(
        FREE,
        "save page 6 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built => build shadow
        save page 8 => edit, cancel
        built => reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built => build shadow
        pass 250
        built => compared: same after 250 ms
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 3
        live => live 3, build merge
        next comparison differs
        built => build shadow
        built => compared: different, restart: other code, build host
        built => start, restarted: other code, build ahead",
    );
}

#[test]
fn a_program_that_no_longer_compiles_is_not_live() {
    running_table(
        FREE,
        "next comparison fails
        save page 6 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built => build shadow
        built => compared: failed, error: no host
        ask wait
        cookie => answer failed
        save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built => build shadow
        built => compared: same
        ask wait
        cookie => answer live",
    );
}

#[test]
fn without_restarts_other_code_is_said_once() {
    running_table(
        STAYING,
        "next comparison differs
        save page 6 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built => build shadow
        built => compared: different, refused 1 until a restart: other code; the old code keeps running until the program is restarted
        ask wait
        cookie => answer refused for other code
        save page 8 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built",
    );
}

#[test]
fn without_restarts_an_edit_is_compared_before_it_is_refused() {
    running_table(
        STAYING,
        "next host is the same
        save page 9 => edit, build host's code
        ask wait
        cookie
        built => reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, answer live, build merge
        built => build shadow
        built => compared: same
        save page 1 => edit, reload: `page.rs` changed, build reload
        built => offer 2
        live => live 2, build merge
        built => build shadow
        built => compared: same
        next comparison differs
        save page 9 => edit, build host's code
        ask wait
        cookie
        built => refused 3 until a restart: `fn page` in `page.rs` changed, and it is compiled into `main.rs`; the old code keeps running until the program is restarted, answer refused for `fn page` in `page.rs` changed, and it is compiled into `main.rs` and other code",
    );
}

#[test]
fn without_restarts_it_is_known_why_the_user_should_restart() {
    let mut world = World::new(STAYING);
    let model = "`model.rs` changed, and `model` is not reloadable";
    let code = "other code";
    for (words, reasons) in [
        ("begin", &[][..]),
        ("built", &[]),
        ("join", &[]),
        ("built", &[]),
        ("built", &[]),
        ("next misfits", &[]),
        ("save page 6", &[]),
        ("built", &["misfit"]),
        ("next comparison differs", &["misfit"]),
        ("save page 8", &["misfit"]),
        ("built", &["misfit"]),
        ("live", &[]),
        ("built", &[]),
        ("built", &[code]),
        ("save model 2", &[model, code]),
        ("save page 6", &[model, code]),
        ("exit", &[]),
    ] {
        happen(&mut world, words);
        let found = world.core.manual_restart_reasons();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, reasons, "{words}");
    }
}

#[test]
fn a_comparison_of_files_that_changed_meanwhile_is_not_made_again() {
    running_table(
        FREE,
        "next host is the same
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        write model 3
        built => build host
        next host is the same
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead",
    );
}

#[test]
fn what_was_the_same_for_one_host_is_not_for_the_next() {
    running_table(
        FREE,
        "next host is the same
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        built => note: no restart is needed, reload: `model.rs` changed, build reload
        save model 3 => edit, cancel
        next fails
        built => restart: `model.rs` changed, and `model` is not reloadable, build host
        built => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead
        save model 2 => edit, cancel
        built => restart: `model.rs` changed, and `model` is not reloadable, build host",
    );
}

#[test]
fn a_host_that_was_built_before_is_started_if_a_generation_is_live() {
    running_table(
        FREE,
        "save page 2 => edit, reload: `page.rs` changed, build reload
        built => offer 1
        live => live 1, build merge
        built
        save model 2 => edit, restart: `model.rs` changed, and `model` is not reloadable, build host
        write model 1
        write page 1
        built of what is there => start, restarted: `model.rs` changed, and `model` is not reloadable, build ahead",
    );
}

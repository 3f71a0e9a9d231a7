//! Clocks that were changed: the content of files counts, and their times do not.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use super::{Desk, PAGE};
use hotmod_testkit::Workspace;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Saves a file as if at this time: nobody sees it with another.
fn save_at(workspace: &Workspace, path: &str, text: &str, time: SystemTime) {
    let aside = workspace.path(path).with_file_name(".lib.rs.new");
    fs::write(&aside, text).unwrap();
    File::options()
        .write(true)
        .open(&aside)
        .unwrap()
        .set_modified(time)
        .unwrap();
    fs::rename(aside, workspace.path(path)).unwrap();
}

#[test]
fn saves_go_live_after_the_clock_was_changed() {
    let workspace = Workspace::new("basic", "clock_set");
    let session = workspace.run().ready();
    let mut desk = Desk::new(workspace, session);
    let now = SystemTime::now();
    let text = desk.workspace.read(PAGE);
    let save = |desk: &Desk, page: &str, time| {
        let text = text.replace("\"one\"", &format!("{page:?}"));
        save_at(&desk.workspace, PAGE, &text, time);
    };
    let times = [
        now - YEAR,
        now - 2 * YEAR,
        SystemTime::UNIX_EPOCH,
        now + YEAR,
        now - YEAR,
        now - YEAR,
    ];
    for (index, time) in times.into_iter().enumerate() {
        let page = format!("page-{index}");
        save(&desk, &page, time);
        desk.goes_live(&page);
    }
    // In a base crate.
    let widget = desk.workspace.read("widgets/src/lib.rs");
    save_at(
        &desk.workspace,
        "widgets/src/lib.rs",
        &widget.replace("\"one\"", "\"old\""),
        now - YEAR,
    );
    desk.goes_live("page-5");
    assert!(desk.session.ask("ask").contains(" widget=old "));
    desk.answers += 1;

    // Cargo goes by times alone.
    let model = desk.workspace.read("model/src/lib.rs");
    for (name, time) in [
        ("old", now - YEAR),
        ("older", now - 2 * YEAR),
        ("coming", now + YEAR),
        ("past", now - YEAR),
    ] {
        save_at(
            &desk.workspace,
            "model/src/lib.rs",
            &model.replace("\"one\"", &format!("{name:?}")),
            time,
        );
        let outcome = desk
            .session
            .wait_for_any(&["restarted", "live", "compile-error", "error"]);
        assert_eq!(outcome["event"], "restarted", "{name}: {outcome}");
        desk.session.wait_for_answer("ready");
        let answer = desk.session.ask("ask");
        assert!(
            answer.contains(&format!(" model={name} page=page-5 widget=old ")),
            "{answer}"
        );
    }
}

#[test]
fn artefacts_from_the_future_delay_nothing() {
    let workspace = Workspace::new("basic", "clock_set_back").with_own_target();
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    session.interrupt();
    // All of it was made before the clock was set back.
    let time = SystemTime::now() + YEAR;
    for file in hotmod_testkit::files(workspace.target()) {
        File::open(file).unwrap().set_modified(time).unwrap();
    }
    let session = workspace.run().ready();
    let mut desk = Desk::new(workspace, session);
    desk.shows("two");
    desk.save("two", "three");
    desk.goes_live("three");
    desk.save("three", "four");
    desk.goes_live("four");
    desk.workspace
        .edit("model/src/lib.rs", "\"one\"", "\"two\"");
    desk.session.wait_for("restarted");
    desk.session.wait_for_answer("ready");
    let answer = desk.session.ask("ask");
    assert!(answer.contains(" model=two page=four "), "{answer}");
}

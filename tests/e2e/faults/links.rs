//! Links that fail, and links that succeed without a valid library.

use super::linker::Linker;
use super::{Desk, PAGE};
use hotmod_testkit::{Workspace, files};

fn desk(test: &str) -> (Desk, Linker) {
    let workspace = Workspace::new("basic", test);
    let linker = Linker::of(&workspace);
    let session = linker.session(&workspace);
    let mut desk = Desk::new(workspace, session);
    desk.save("one", "warm");
    desk.goes_live("warm");
    (desk, linker)
}

#[test]
fn a_damaged_library_is_refused_until_it_is_linked_again() {
    let (mut desk, linker) = desk("damaging_linker");
    let size = "size=$(wc -c < \"$out\")";
    let damaged = "the linker's output is";
    let mut was = "warm".to_owned();
    for (index, (damage, words)) in [
        (": > \"$out\"".to_owned(), damaged),
        (
            "head -c 100 \"$out\" > x; cp x \"$out\"".to_owned(),
            damaged,
        ),
        (
            format!("{size}; truncate -s $((size / 8)) \"$out\""),
            damaged,
        ),
        // Behind all that is loaded.
        (
            format!("{size}; truncate -s $((size - 100)) \"$out\""),
            damaged,
        ),
        // What was not written before the machine went down is zero after it.
        (
            format!("{size}; truncate -s $((size / 8)) \"$out\"; truncate -s $size \"$out\""),
            damaged,
        ),
        ("head -c 999999 /dev/urandom > \"$out\"".to_owned(), damaged),
        (
            "rm \"$out\"".to_owned(),
            "could not read the linker's output: No such file",
        ),
        // Whole, and not what was asked for.
        (
            "cp \"$(cc -print-file-name=libm.so.6)\" \"$out\"".to_owned(),
            "the linker's output is not build",
        ),
        (
            "cp \"$(ls -t \"${out%/*}\"/*.so | tail -n1)\" \"$out\"".to_owned(),
            "the linker's output is not build",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        linker.fails(&format!("$real \"$@\" || exit\n{damage}"));
        let name = format!("damaged-{index}");
        desk.save(&was, &name);
        let outcome = desk
            .session
            .wait_for_any(&["live", "refused", "error", "restarted"]);
        assert_eq!(outcome["event"], "refused", "{damage}: {outcome}");
        assert_eq!(outcome["restart"], false, "{damage}: {outcome}");
        let reason = outcome["reason"].as_str().unwrap();
        assert!(reason.contains(words), "{damage}: {reason}");
        desk.shows(&was);
        linker.works();
        was = format!("well-{index}");
        desk.save(&name, &was);
        desk.goes_live(&was);
    }
    // None of them makes it doubt the next one.
    assert_eq!(desk.session.count("note"), 0, "{}", desk.session.screen());
}

#[test]
fn a_failed_link_that_no_restart_would_fix_keeps_the_state() {
    let (mut desk, linker) = desk("failing_linker");
    let mut was = "warm".to_owned();
    for (index, (fault, words)) in [
        // As lld and GNU ld say it.
        ("echo \"ld.lld: error: failed to open $out: No space left on device\" >&2; exit 1", "No space left on device"),
        ("echo \"ld: final link failed: No space left on device\" >&2; exit 1", "No space left on device"),
        ("echo \"ld.lld: error: cannot open output file $out: Read-only file system\" >&2; exit 1", "Read-only file system"),
        ("kill -KILL $$", "signal 9"),
        (": > \"$out.tmp123\"; kill -BUS $$", "signal 7"),
    ]
    .into_iter()
    .enumerate()
    {
        linker.fails(fault);
        let name = format!("kept-{index}");
        desk.save(&was, &name);
        let outcome = desk.session.wait_for_any(&["live", "refused", "error", "compile-error", "restarted"]);
        assert_eq!(outcome["event"], "error", "{outcome}");
        let message = outcome["message"].as_str().unwrap();
        assert!(message.contains("the linker failed") && message.contains(words), "{message}");
        assert!(outcome["help"].is_string(), "{outcome}");
        desk.shows(&was);
        linker.works();
        // The next save, though nothing changed since.
        desk.workspace.write(PAGE, &desk.workspace.read(PAGE));
        desk.goes_live(&name);
        was = name;
    }
    let left = files(desk.workspace.target());
    let left = left
        .iter()
        .filter(|it| it.to_string_lossy().ends_with(".tmp123"));
    assert_eq!(left.count(), 0, "what a linker left takes space");

    linker.remove();
    desk.save(&was, "kept");
    let outcome =
        desk.session
            .wait_for_any(&["live", "refused", "error", "compile-error", "restarted"]);
    assert_eq!(outcome["event"], "error", "{outcome}");
    let message = outcome["message"].as_str().unwrap();
    assert!(
        message.contains("could not run `") && message.contains("`: No such file or directory"),
        "{message}"
    );
    desk.shows(&was);
    linker.put_back();
    desk.workspace.write(PAGE, &desk.workspace.read(PAGE));
    desk.goes_live("kept");
    assert_eq!(desk.session.count("host-started"), 1);
    assert_eq!(desk.session.count("restarted"), 0);
}

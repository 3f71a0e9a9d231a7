//! Panics in reloaded code: std's message in every generation.

use hotmod_testkit::{Session, Workspace};

use super::{eventually, ready};

const END: &str = "note: Some details are omitted, run with `RUST_BACKTRACE=full`";

/// Waits until so many panics were printed, with their backtraces; the last one.
fn printed(session: &Session, count: usize, end: &str) -> String {
    let all = || session.screen().matches(end).count();
    eventually(&format!("{count} panics are printed"), || all() >= count);
    let screen = session.screen();
    let begin = screen.rfind("\nthread '").unwrap();
    screen[begin..].to_owned()
}

/// Has the host panic, and returns what was printed, without what tells threads and generations apart.
fn fail(session: &mut Session, count: usize) -> String {
    assert_eq!(session.ask("fail"), "true");
    let text = printed(session, count, END);
    let (before, after) = text.split_once(" (").unwrap();
    let (_, after) = after.split_once(')').unwrap();
    let text = format!("{before}{after}");
    let (before, after) = text.split_once("no divisor in ").unwrap();
    format!(
        "{before}no divisor in N{}",
        after.trim_start_matches(|it: char| it.is_ascii_digit())
    )
}

fn reload(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit("pages/src/lib.rs", from, to);
    let outcome = session.wait_for_any(&["live", "refused", "restarted", "host-exited"]);
    assert_eq!(outcome["event"], "live", "{outcome}");
}

/// Names and places of a backtrace's frames, without their numbers.
fn frames(text: &str) -> Vec<String> {
    let (_, text) = text.split_once("stack backtrace:\n").unwrap();
    let (text, _) = text.split_once("note: ").unwrap();
    let mut frames: Vec<String> = Vec::new();
    for line in text.lines() {
        match line.trim_start().strip_prefix("at ") {
            Some(place) => frames.last_mut().unwrap().push_str(&format!(" at {place}")),
            None => frames.push(line.split_once(": ").unwrap_or(("", line)).1.to_owned()),
        }
    }
    frames
}

#[test]
fn a_panic_in_reloaded_code_is_printed_as_in_generation_0() {
    let workspace = Workspace::new("unruly", "panics");
    let mut session = workspace.run().variable("RUST_BACKTRACE", "1").ready();
    let of_std = fail(&mut session, 1);
    let expected = frames(&of_std);
    reload(&workspace, &mut session, "\"one ", "\"two ");
    let first = fail(&mut session, 2);
    reload(&workspace, &mut session, "\"two ", "\"three ");
    let second = fail(&mut session, 3);
    assert_eq!(first, second);
    assert_eq!(
        first.lines().take(3).collect::<Vec<_>>(),
        of_std.lines().take(3).collect::<Vec<_>>()
    );
    assert_eq!(first.lines().last(), of_std.lines().last());
    let found = frames(&first);
    let is_reloaded = |frame: &&String| frame.contains("pages::inner::divide");
    assert!(
        expected
            .iter()
            .any(|it| it.starts_with("pages::inner::divide at ./pages/src/inner.rs:"))
    );
    let until = 1 + expected.iter().position(|it| is_reloaded(&it)).unwrap();
    assert_eq!(found[..until], expected[..until], "{first}");
    let caller = found
        .iter()
        .filter(|it| it.starts_with("pages::fail at ./pages/src/lib.rs:"));
    assert!(caller.count() > 0, "{first}");
    let main = |it: &&String| it.starts_with("app::");
    assert_eq!(
        found.iter().rfind(main),
        expected.iter().rfind(main),
        "{first}"
    );
    assert!(!first.contains("<unknown>"), "{first}");

    // Many at once: each one is whole.
    let begin = session.screen().len();
    assert_eq!(session.ask("fail-in-threads"), "8");
    printed(&session, 11, END);
    let screen = session.screen();
    let parts: Vec<&str> = screen[begin..]
        .split("\nthread '<unnamed>' (")
        .skip(1)
        .collect();
    assert_eq!(parts.len(), 8, "{screen}");
    for part in parts {
        assert!(
            part.contains("pages::inner::divide\n             at ./pages/src/inner.rs:"),
            "{part}"
        );
        assert_eq!(part.matches(END).count(), 1, "{part}");
    }

    // A hook of the program's own calls the one before it.
    assert_eq!(session.ask("chain-hook"), "set");
    assert_eq!(fail(&mut session, 12), second);
    // The session may print a line of its own in between.
    let screen = session.screen();
    let (_, after) = screen.rsplit_once("the program's own hook\n").unwrap();
    assert!(after.contains("\nthread 'main' ("), "{screen}");

    assert_eq!(session.ask("show-all"), "all");
    assert_eq!(session.ask("fail"), "true");
    eventually("the whole backtrace is printed", || {
        session.screen().contains(" - _start\n")
    });
    let screen = session.screen();
    let whole = &screen[screen.rfind("the program's own hook").unwrap()..];
    let (_, frame) = whole
        .split_once(" - pages[")
        .or_else(|| whole.split_once(" - pages::inner"))
        .unwrap();
    let place = frame.lines().nth(1).unwrap();
    let indent = " ".repeat(31);
    let file = workspace.path("pages/src/inner.rs");
    assert!(
        place.starts_with(&format!("{indent}at {}:", file.display())),
        "{whole}"
    );

    session.tell("fail-twice");
    assert_eq!(session.wait_for("host-exited")["signal"], 6);
}

#[test]
fn without_a_backtrace_or_a_hook_std_prints_its_usual_message() {
    let workspace = Workspace::new("unruly", "plain_panics");
    let mut session = ready(&workspace);
    reload(&workspace, &mut session, "\"one ", "\"two ");
    assert_eq!(session.ask("fail"), "true");
    let hint = "run with `RUST_BACKTRACE=1` environment variable to display a backtrace";
    let text = printed(&session, 1, hint);
    assert!(text.contains(":\nno divisor in 1\nnote: "), "{text}");
    assert!(!text.contains("stack backtrace"), "{text}");
    session.tell("drop-hook");
    assert_eq!(session.ask("fail"), "true");
    eventually("it is printed once more", || {
        session.screen().matches("no divisor in 1").count() == 2
    });
}

//! Native code: in reloadable crates, in the crates they share with the host, and in libraries that the
//! program loads.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

/// What the native code of the reloadable crates answers when each is first called in a generation.
fn first_answers(session: &mut Session, name: &str, dynamic: i32, step: i32) {
    for (question, answer) in [
        ("c", "1 1".to_owned()),
        ("c", "2 2".to_owned()),
        ("whole", "1".to_owned()),
        ("c++", "17".to_owned()),
        ("prebuilt", "42".to_owned()),
        ("dynamic", dynamic.to_string()),
        ("base", (step + 1).to_string()),
        ("base", (step + 2).to_string()),
        ("foo", "1 201".to_owned()),
    ] {
        assert_eq!(
            session.ask(question),
            format!("{name} {answer}"),
            "{question}"
        );
    }
}

/// The generation that an edit makes live; a restart is none.
fn next_generation(session: &mut Session) -> u64 {
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{event}");
    event["generation"].as_u64().unwrap()
}

#[test]
fn native_code_of_reloadable_crates_is_reloaded_with_them() {
    let workspace = Workspace::new("linking", "native_code");
    let mut session = workspace.run().ready();
    first_answers(&mut session, "one", 1, 10);
    workspace.edit(PAGES, "\"one\"", "\"two\"");
    assert_eq!(next_generation(&mut session), 1);
    first_answers(&mut session, "two", 2, 10);
    // A base crate, which is compiled as an rlib.
    workspace.edit("widgets/src/lib.rs", "i32 = 10", "i32 = 20");
    assert_eq!(next_generation(&mut session), 2);
    first_answers(&mut session, "two", 3, 20);
    assert_eq!(session.count("host-exited"), 0);
}

#[test]
fn names_of_bundled_libraries_are_nobody_elses() {
    let workspace = Workspace::new("linking", "bundled_libraries");
    let mut plain = workspace.command("cargo");
    plain.args(["run", "--quiet", "--package", "app"]);
    let expected = "ready\n1 202\n4202\none 1 201\n";
    assert_eq!(answers(plain, "host\nplugin\nfoo\n"), expected);

    let system = workspace.run().ready().ask("system");
    // The system's library comes first where a loader looks for names.
    let mut session = workspace.run().variable("LD_PRELOAD", &system).ready();
    assert_eq!(session.ask("host"), "1 202");
    assert_eq!(session.ask("plugin"), "4202");
    assert_eq!(session.ask("foo"), "one 1 201");
    workspace.edit(PAGES, "\"one\"", "\"two\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("foo"), "two 1 201");
    drop(session);

    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "\"two\"", "\"three\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("foo"), "three 1 201");
    assert_eq!(session.ask("plugin"), "4202");
}

/// What a program answers outside of a session.
fn answers(mut program: Command, questions: &str) -> String {
    program.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(questions.as_bytes()).unwrap();
    drop(stdin);
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

//! Native code: in reloadable crates, in the crates they share with the host, and in libraries that the
//! program loads.

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
        assert_eq!(session.ask(question), format!("{name} {answer}"), "{question}");
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

//! A session for Linux on arm64, whose program runs under qemu.
//!
//! It needs `qemu-aarch64`, a cross compiler, its libc, and the standard library for the target: `cargo test --test
//! e2e -- arm64 --ignored`.

use hotmod_testkit::Workspace;

const PAGE: &str = "pages/src/lib.rs";
const TARGET: &str = "aarch64-unknown-linux-gnu";

/// A type that the host gets.
const ADDED: &str = "
/// What the host holds.
pub struct Title {
    /// Its number.
    pub number: u32,
}

/// The title.
#[hotmod::hot]
pub fn title() -> Title {
    Title { number: 7 }
}
";

#[test]
#[ignore = "needs qemu-aarch64"]
fn arm64_under_qemu() {
    let workspace = Workspace::new("basic", "arm64");
    let question =
        "\"title\" => println!(\"{}\", pages::title().number),\n            \"settle\" =>";
    workspace.edit("app/src/main.rs", "\"settle\" =>", question);
    workspace.write(PAGE, &(workspace.read(PAGE) + ADDED));
    let of_target = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU";
    let runner = "qemu-aarch64-static -L /usr/aarch64-linux-gnu";
    let mut session = workspace
        .run()
        .arguments(["--target", TARGET])
        .variable(&format!("{of_target}_LINKER"), "aarch64-linux-gnu-gcc")
        .variable(&format!("{of_target}_RUNNER"), runner)
        .ready();
    assert!(
        session
            .ask("ask")
            .contains("page=one widget=one generation=0")
    );

    workspace.edit(PAGE, "\"one\"", "\"two\"");
    let live = session.wait_for_any(&["live", "restarted", "refused", "error"]);
    assert_eq!(live["event"], "live", "{live}");
    assert!(
        session
            .ask("ask")
            .contains("page=two widget=one generation=1")
    );
    // The base.
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    let live = session.wait_for_any(&["live", "restarted", "refused", "error"]);
    assert_eq!(live["event"], "live", "{live}");
    assert!(
        session
            .ask("ask")
            .contains("page=two widget=two generation=2")
    );
    assert_eq!(session.ask("title"), "7");

    // The layouts are compared.
    let text = workspace.read(PAGE);
    let text = text.replace("{ number: 7 }", "{ number: 8, more: 1 }");
    let fields = "pub number: u32,\n    /// More.\n    pub more: u64,";
    workspace.write(PAGE, &text.replace("pub number: u32,", fields));
    let restarted = session.wait_for_any(&["live", "restarted", "error"]);
    let reason = restarted["reason"].as_str().unwrap_or_default();
    assert!(
        reason.contains("`pages::Title`: field `more: u64` added"),
        "{restarted}"
    );
    session.wait_for_answer("ready");
    assert_eq!(session.ask("title"), "8");

    // A clean build of the program has the same code.
    let model = workspace.read("model/src/lib.rs");
    workspace.write("model/src/lib.rs", &format!("{model}// comment\n"));
    workspace.edit(PAGE, "{ number: 8", "{ number: 9");
    session.wait_for("live");
    assert_eq!(session.ask("title"), "9");
    assert_eq!(session.count("restarted"), 1);
}

//! Compile errors, missing files and impossible reloads: each is reported once, and the old code
//! keeps running.

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";
const MODEL: &str = "model/src/lib.rs";

fn restarted(session: &mut Session) -> String {
    let event = session.wait_for_any(&["restarted", "live", "compile-error", "error"]);
    assert_eq!(event["event"], "restarted", "{event}");
    session.wait_for_answer("ready");
    event["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_compile_error_is_shown_once_and_its_repair_goes_live() {
    let workspace = Workspace::new("basic", "compile_error");
    let original = workspace.read(PAGE);
    let mut session = workspace.run().ready();
    let pid = session.ask("ask");
    let pid = pid.split(' ').next().unwrap().to_owned();

    workspace.edit(PAGE, "\"one\"", "nonsense");
    let rendered = session.wait_for_diagnostics();
    assert!(
        rendered.contains("error[E0425]: cannot find value `nonsense`"),
        "{rendered}"
    );
    assert!(session.ask("ask").contains("page=one "));
    // Saved again as it is: nothing new to say.
    workspace.write(PAGE, &workspace.read(PAGE));
    let verdict = session.wait_for("verdict");
    assert_eq!(
        verdict["reason"],
        "nothing has changed since the last build, which failed"
    );

    workspace.edit(PAGE, "nonsense", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two "));

    // Taken back instead of repaired.
    workspace.edit(PAGE, "\"two\"", "nonsense");
    session.wait_for("compile-error");
    workspace.edit(PAGE, "nonsense", "\"two\"");
    let verdict = session.wait_for("verdict");
    assert_eq!(
        verdict["reason"],
        "the saved files match the running program"
    );

    // In the base crate.
    workspace.edit("widgets/src/lib.rs", "\"one\"", "1");
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("mismatched types"), "{rendered}");
    workspace.edit("widgets/src/lib.rs", "    1", "    \"two\"");
    assert_eq!(session.wait_for("live")["generation"], 2);
    workspace.write(PAGE, &original);
    assert_eq!(session.wait_for("live")["generation"], 3);
    let answer = session.ask("ask");
    assert!(answer.contains("page=one widget=two "), "{answer}");
    assert!(answer.starts_with(&pid), "{answer}");

    assert_eq!(session.count("compile-error"), 3);
    assert_eq!(session.count("restarted"), 0);
    let screen = session.screen();
    assert_eq!(
        screen.matches("cannot find value `nonsense`").count(),
        2,
        "{screen}"
    );
}

#[test]
fn an_error_in_an_unmarked_crate_leaves_the_old_host_running() {
    let workspace = Workspace::new("basic", "error_in_unmarked");
    let mut session = workspace.run().ready();
    workspace.edit(MODEL, "\"one\"", "nonsense");
    session.wait_for("compile-error");
    assert!(session.ask("ask").contains("calls=1 model=one "));
    // Taken back: the state is still there.
    workspace.edit(MODEL, "nonsense", "\"one\"");
    let verdict = session.wait_for("verdict");
    assert_eq!(
        verdict["reason"],
        "the saved files match the running program"
    );
    assert!(session.ask("ask").contains("calls=2 model=one "));
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    let event = session.wait_for_any(&["live", "restarted", "compile-error", "error"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("calls=3 model=one page=two "));

    workspace.edit("app/src/main.rs", "\"ready {}\"", "\"ready {}\", nonsense");
    session.wait_for("compile-error");
    assert!(session.ask("ask").contains("calls=4 "));
    // What else is edited meanwhile waits for the repair.
    workspace.edit("app/src/main.rs", "\"ready {}\", nonsense", "\"ready {}!\"");
    assert_eq!(
        restarted(&mut session),
        "`app/src/main.rs` changed, and `app` is not reloadable"
    );
    assert_eq!(session.count("compile-error"), 2);
}

#[test]
fn leftovers_of_an_unfinished_build_are_no_error() {
    let workspace = Workspace::new("basic", "unfinished_build");
    let model = workspace.read(MODEL);
    let with_spare = format!("{model}\npub const SPARE: &str = \"spare\";\n");
    workspace.write(MODEL, &with_spare);
    let mut session = workspace.run().ready();

    // The model is built, the host is not.
    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/main.rs", &format!("{main}nonsense"));
    session.wait_for("compile-error");
    workspace.write(MODEL, &model);
    session.wait_for("compile-error");
    // Taken back at once: cargo has no time to build it again.
    workspace.write(MODEL, &with_spare);
    workspace.write("app/src/main.rs", &main);
    while session.wait_for("verdict")["reason"] != "the saved files match the running program" {}

    workspace.edit(PAGE, "\"one\"", "model::SPARE");
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_ne!(event["event"], "compile-error", "{event}");
    if event["event"] == "restarted" {
        assert_eq!(
            event["reason"],
            "`model` was rebuilt after the host was built"
        );
        session.wait_for_answer("ready");
    }
    assert!(session.ask("ask").contains("page=spare "));
}

#[test]
fn a_new_file_fixes_a_build() {
    let workspace = Workspace::new("basic", "new_file_mends");
    let mut session = workspace.run().ready();
    let original = workspace.read(PAGE);
    let with = |expression: &str, rest: &str| original.replace("\"one\"", expression) + rest;

    workspace.write(PAGE, &with("foo::NAME", "mod foo;\n"));
    session.wait_for("compile-error");
    workspace.write(
        "pages/src/foo.rs",
        "pub(crate) const NAME: &str = \"foo\";\n",
    );
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=foo "));

    // The error is in what uses it, which is not where it is mended.
    workspace.write("pages/src/bar.rs", "pub(crate) const NAME: u8 = 0;\n");
    let user = "mod bar;\nconst TEXT: &str = bar::NAME;\n";
    workspace.write(PAGE, &with("TEXT", user));
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("mismatched types"), "{rendered}");
    workspace.write(
        "pages/src/bar.rs",
        "pub(crate) const NAME: &str = \"bar\";\n",
    );
    assert_eq!(session.wait_for("live")["generation"], 2);
    assert!(session.ask("ask").contains("page=bar "));

    workspace.write(PAGE, &with("include_str!(\"text.txt\")", ""));
    session.wait_for("compile-error");
    workspace.write("pages/src/text.txt", "text");
    assert_eq!(session.wait_for("live")["generation"], 3);
    assert!(session.ask("ask").contains("page=text "));

    workspace.write(PAGE, &with("include_str!(\"../../far/text.txt\")", ""));
    session.wait_for("compile-error");
    workspace.write("far/text.txt", "far");
    assert_eq!(session.wait_for("live")["generation"], 4);
    assert!(session.ask("ask").contains("page=far "));

    // In a crate that is not reloadable.
    let model = workspace.read(MODEL);
    workspace.write(MODEL, &format!("{model}pub mod foo;\n"));
    session.wait_for("compile-error");
    workspace.write("model/src/foo.rs", "pub const NAME: &str = \"foo\";\n");
    // Nothing of it is in the program's code. An edit of the new file is.
    assert_eq!(session.wait_for("live")["generation"], 5);
    workspace.write(
        "model/src/foo.rs",
        "#[unsafe(no_mangle)]\npub fn foo() {}\n",
    );
    restarted(&mut session);
    workspace.write(
        MODEL,
        &model.replace("\"one\"", "include_str!(\"text.txt\")"),
    );
    session.wait_for("compile-error");
    workspace.write("model/src/text.txt", "text");
    restarted(&mut session);
    assert!(session.ask("ask").contains("model=text page=far "));
    assert_eq!(session.count("compile-error"), 6);
}

#[test]
fn after_a_failed_first_build_the_session_waits_for_an_edit() {
    let workspace = Workspace::new("basic", "first_build_fails");
    let original = workspace.read(PAGE);
    workspace.write(PAGE, &format!("{original}mod foo;\n"));
    let mut session = workspace.run().start();
    session.wait_for("compile-error");
    // Another mistake, then the file that was missing.
    workspace.write(MODEL, &(workspace.read(MODEL) + "mod bar;\n"));
    session.wait_for("compile-error");
    workspace.write("model/src/bar.rs", "");
    session.wait_for("compile-error");
    workspace.write("pages/src/foo.rs", "");
    session.wait_for("host-started");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=one "));
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
}

#[test]
fn a_broken_manifest_is_refused_at_the_start_and_waited_for_later() {
    let workspace = Workspace::new("basic", "broken_manifest");
    let original = workspace.read("Cargo.toml");
    {
        let mut session = workspace.run().ready();
        workspace.write("Cargo.toml", &format!("{original}[nonsense\n"));
        let error = session.wait_for("error");
        assert!(
            error["message"].as_str().unwrap().contains("Cargo.toml"),
            "{error}"
        );
        assert!(session.ask("ask").contains("calls=1 "));
        workspace.write("Cargo.toml", &original);
        let verdict = session.wait_for("verdict");
        assert_eq!(
            verdict["reason"],
            "the saved files match the running program"
        );
        workspace.edit(PAGE, "\"one\"", "\"two\"");
        assert_eq!(session.wait_for("live")["generation"], 1);
        assert!(session.ask("ask").contains("calls=2 "));
    }
    workspace.write("Cargo.toml", &format!("{original}[nonsense\n"));
    let mut session = workspace.run().start();
    assert_eq!(session.wait().code(), Some(2), "{}", session.screen());
}

#[test]
fn without_full_debug_information_types_are_compared_by_tokens() {
    let workspace = Workspace::new("basic", "not_a_reload");
    let original = workspace.read(PAGE);
    let types = "\n#[derive(Debug)]\npub struct S { pub a: u8 }\npub enum E { A, B }\n\
                 pub trait T { fn t(&self) -> u8 { 1 } }\n\
                 #[hotmod::hot]\npub fn other(a: u8) -> u8 { a }\n";
    workspace.write(PAGE, &format!("{original}{types}"));
    let mut session = workspace.run().arguments(["--debuginfo", "lines"]).ready();

    // A body, also of a default method, is a reload.
    workspace.edit(PAGE, "u8 { 1 }", "u8 { 2 }");
    assert_eq!(session.wait_for("live")["generation"], 1);

    for (from, to, item, change) in [
        (
            "pub a: u8",
            "pub a: u8, pub b: u32",
            "struct S",
            ": field `b` added",
        ),
        ("{ A, B }", "{ A, C, B }", "enum E", " changed"),
        (
            "fn t(&self) ->",
            "fn t(&self, _: u8) ->",
            "trait T",
            " changed",
        ),
    ] {
        workspace.edit(PAGE, from, to);
        assert_eq!(
            restarted(&mut session),
            format!("`{item}` in `{PAGE}`{change}")
        );
    }
    workspace.edit(
        PAGE,
        "other(a: u8) -> u8 { a }",
        "other(a: u16) -> u16 { a }",
    );
    session.wait_for("refused");
    let reason = restarted(&mut session);
    assert!(reason.contains("other"), "{reason}");
    assert!(session.screen().contains(&reason));

    let text = workspace.read(PAGE);
    let end = text.find("#[hotmod::hot]\npub fn other").unwrap();
    workspace.write(PAGE, &text[..end]);
    session.wait_for("refused");
    let reason = restarted(&mut session);
    assert!(reason.contains("other"), "{reason}");

    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two "));
}

#[test]
fn output_of_the_program_does_not_count_as_a_fix() {
    let workspace = Workspace::new("basic", "logs_while_broken");
    workspace.write("app.log", "start\n");
    workspace.write("pages/app.log", "start\n");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "\"one\"", "nonsense");
    session.wait_for("compile-error");
    for line in 0..5 {
        for log in ["app.log", "pages/app.log"] {
            let text = workspace.read(log);
            workspace.write(log, &format!("{text}{line}\n"));
        }
        session.ask("ask");
    }
    workspace.edit(PAGE, "nonsense", "\"two\"");
    session.wait_for("live");
    assert_eq!(session.count("compile-error"), 1);
    assert_eq!(session.count("edit"), 2);
}

#[test]
fn downloaded_crates_need_no_network() {
    let workspace = Workspace::new("basic", "no_network");
    let run = || {
        let run = workspace.run().variable("CARGO_NET_RETRY", "0");
        // Nobody listens there.
        run.variable("CARGO_HTTP_PROXY", "http://127.0.0.1:1")
    };
    // Its own build has seen to it that all is there.
    let mut session = run().ready();
    assert!(session.ask("ask").contains("page=one "));
    session.interrupt();

    let nothing = tempfile::tempdir().unwrap();
    let home = nothing.path().to_str().unwrap();
    let mut session = run().variable("CARGO_HOME", home).start();
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("127.0.0.1"), "{rendered}");
}

//! Code that runs when generations come and go: setups, teardowns and `on_reload`.

use std::time::{Duration, Instant};

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";
const SETUP: &str = "// outcome of the setup";
const TEARDOWN: &str = "// outcome of the teardown";

/// The next lines of the host are these.
fn says(session: &mut Session, lines: &[&str]) {
    for line in lines {
        assert_eq!(session.answer(), *line);
    }
}

/// An edit that goes live in place of the generation `before`, with what everybody says.
fn goes_live(session: &mut Session, before: u32, generation: u32) {
    assert_eq!(session.wait_for("live")["generation"], generation);
    let told_late = format!("late {generation}");
    let lines = [
        format!("widgets begin {generation}"),
        format!("pages begin {generation} {generation}"),
        format!("reloaded {generation} {generation} {generation}"),
        format!("told {generation}"),
        format!("pages end {before} {before}"),
        format!("widgets end {before}"),
    ];
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    if generation > 1 {
        lines.insert(4, &told_late);
    }
    says(session, &lines);
}

#[test]
fn hooks_run_bases_first_and_the_retired_generation_ends_after_the_swap() {
    let workspace = Workspace::new("hooks", "hooks_order");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    goes_live(&mut session, 0, 1);
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    goes_live(&mut session, 1, 2);
    let screen = session.screen();
    let said = "hotmod: a function given to `on_reload` panicked: it does not matter";
    assert_eq!(screen.matches(said).count(), 2, "{screen}");

    // A teardown that panics is said, and changes nothing.
    workspace.edit(PAGE, TEARDOWN, "panic!(\"no end\");");
    goes_live(&mut session, 2, 3);
    workspace.edit(PAGE, "panic!(\"no end\");", TEARDOWN);
    goes_live(&mut session, 3, 4);
    let screen = session.screen();
    let said = "hotmod: in generation 3: teardown `pages::end` panicked: no end";
    assert!(screen.contains(said), "{screen}");
    assert_eq!(session.ask("call"), "Ok(4) then 4");
}

#[test]
fn a_setup_that_fails_keeps_the_old_code_until_the_next_edit() {
    let workspace = Workspace::new("hooks", "hooks_fail");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    goes_live(&mut session, 0, 1);
    assert_eq!(session.ask("ask"), "two asked=1 count=1 in 1");

    let table = "if !std::path::Path::new(\"table.txt\").exists() { \
                 return Err(\"no `table.txt`\".to_owned()); }";
    let mut was = SETUP;
    for (generation, outcome, words) in [
        (
            2,
            "return Err(\"no table\".to_owned());",
            "failed: no table",
        ),
        (3, "panic!(\"no {}\", \"chair\");", "panicked: no chair"),
        (4, table, "failed: no `table.txt`"),
    ] {
        workspace.edit(PAGE, was, outcome);
        was = outcome;
        let refused = session.wait_for("refused");
        assert_eq!(refused["generation"], generation);
        assert_eq!(refused["restart"], false);
        let reason = format!("setup `pages::begin` {words}");
        assert_eq!(refused["reason"], reason);
        says(
            &mut session,
            &[
                &format!("widgets begin {generation}"),
                &format!("pages begin {generation} {generation}"),
                // Its own teardown has nothing to undo.
                &format!("widgets end {generation}"),
            ],
        );
        assert_eq!(session.ask("call"), "Ok(1) then 1");
        let screen = session.screen();
        let line = format!(
            "Refused gen {generation} · {reason}; the old code keeps running until the next edit"
        );
        assert!(screen.contains(&line), "{screen}");
    }
    // What the words name may be what it lacks.
    workspace.write("table.txt", "1\n");
    goes_live(&mut session, 1, 5);
    assert_eq!(session.ask("ask"), "two two asked=2 count=2 in 5");

    // Taken back before it could go live, an edit is none.
    workspace.edit(PAGE, table, "return Err(\"no\".to_owned());");
    session.wait_for("refused");
    workspace.edit(PAGE, "return Err(\"no\".to_owned());", table);
    assert_eq!(session.wait_for("verdict")["verdict"], "nothing");
    assert_eq!(session.count("restarted"), 0);
    assert_eq!(session.count("refused"), 4);
}

#[test]
fn a_setup_can_create_handles_to_its_own_generation() {
    let workspace = Workspace::new("hooks", "hooks_handles");
    let mut session = workspace.run().ready();
    let says = |name: &str| {
        format!(
            "#[hotmod::hot]\n    fn {name}() -> u32 {{ hotmod::generation() }}\n    \
             println!(\"{name} {{}}\", hotmod::live!({name})());\n    "
        )
    };
    workspace.edit(PAGE, SETUP, &says("extra"));
    session.wait_for_answer("extra 1");
    session.wait_for_answer("widgets end 0");

    // One that is refused has made its handles all the same, and somebody may have them.
    let fails = says("more") + "Err(\"no\".to_owned())";
    workspace.edit(PAGE, "Ok(())", &fails);
    session.wait_for_answer("more 2");
    assert_eq!(session.wait_for("refused")["restart"], false);
    workspace.edit(PAGE, &fails, "println!();\n    Ok(())");
    let reason = "the entry point `pages::begin::more` is gone";
    assert_eq!(session.wait_for("refused")["reason"], reason);
    assert_eq!(session.wait_for("restarted")["reason"], reason);
}

#[test]
fn the_host_can_catch_a_panic_in_an_entry_point() {
    let workspace = Workspace::new("hooks", "hooks_panic");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "// outcome of a call", "panic!(\"of a call\");");
    // Every call of it panics, in hooks too.
    let refused = session.wait_for("refused");
    assert_eq!(
        refused["reason"],
        "setup `pages::begin` panicked: of a call"
    );

    workspace.edit(
        PAGE,
        "panic!(\"of a call\");",
        "if std::thread::current().name() == Some(\"main\") { panic!(\"of a call\"); }",
    );
    session.wait_for("live");
    session.wait_for_answer("widgets end 0");
    assert_eq!(session.ask("call"), "Err(Any { .. }) then 2");
    workspace.edit(PAGE, "== Some(\"main\")", "== Some(\"other\")");
    session.wait_for("live");
    session.wait_for_answer("widgets end 2");
    assert_eq!(session.ask("call"), "Ok(3) then 3");
}

#[test]
fn a_setup_can_end_the_process() {
    let workspace = Workspace::new("hooks", "hooks_exit");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, SETUP, "std::process::exit(3);");
    let refused = session.wait_for("refused");
    assert_eq!(refused["restart"], true);
    let exited = session.wait_for("host-exited");
    assert_eq!(
        (&exited["code"], &exited["generation"]),
        (&3.into(), &0.into())
    );
    workspace.edit(PAGE, "std::process::exit(3);", SETUP);
    session.wait_for("restarted");
}

#[test]
fn a_host_whose_setup_never_ends_is_restarted_by_an_edit() {
    let workspace = Workspace::new("hooks", "hooks_block");
    let mut session = workspace.run().ready();
    let block = "loop { std::thread::park(); }";
    workspace.edit(PAGE, SETUP, block);
    session.wait_for("edit");
    session.wait_for_answer("pages begin 1 1");
    let blocked = Instant::now();
    // The old code goes on meanwhile.
    assert_eq!(session.ask("call"), "Ok(0) then 0");

    let text = workspace.read(PAGE).replace(block, SETUP);
    let edit = |name: &str| workspace.write(PAGE, &text.replace("\"one\"", &format!("{name:?}")));
    // An edit waits for the answer, until one comes that has no more reason to wait.
    edit("early");
    session.wait_for("edit");
    let patience = Duration::from_secs(5);
    std::thread::sleep(patience.saturating_sub(blocked.elapsed()));
    edit("late");
    let reason = "the host has not answered for 5 s: a hook may be stuck";
    let refused = session.wait_for("refused");
    assert_eq!(
        (&refused["reason"], &refused["restart"]),
        (&reason.into(), &true.into())
    );
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    session.wait_for_answer("ready");
    assert_eq!(session.ask("ask"), "late asked=1 count=1 in 0");
}

//! The examples, each with an edit of its reloadable crate.

use std::fs;
use std::path::Path;

use hotmod_testkit::{Session, Workspace, repository};

/// A session of an example that has printed these lines.
fn started(name: &str, lines: &[&str]) -> (Workspace, Session) {
    let example = repository().join("examples").join(name);
    let workspace = Workspace::copy_of(&example, &format!("example_{name}"));
    let mut session = workspace.run().start();
    for line in lines {
        session.wait_for_answer(line);
    }
    (workspace, session)
}

/// Edits the example's reloadable crate, and waits until the program prints these lines.
fn edit(
    workspace: &Workspace,
    session: &mut Session,
    file: &str,
    from: &str,
    to: &str,
    lines: &[&str],
) {
    let text = workspace.read(file);
    assert!(text.contains(from), "no `{from}` in `{file}`");
    workspace.write(file, &text.replace(from, to));
    session.wait_for("live");
    for line in lines {
        session.wait_for_answer(line);
    }
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn tasks_run_new_code() {
    let (workspace, mut session) = started("tasks", &["tick 1", "work 1"]);
    let file = "jobs/src/lib.rs";
    edit(
        &workspace,
        &mut session,
        file,
        " 1\"",
        " 2\"",
        &["tick 2", "work 2"],
    );
}

#[test]
fn callbacks_run_new_code() {
    let lines = ["click 1 of button 1", "pen 1"];
    let (workspace, mut session) = started("callbacks", &lines);
    let lines = ["click 2 of button 1", "pen 2"];
    edit(
        &workspace,
        &mut session,
        "drawing/src/lib.rs",
        " 1",
        " 2",
        &lines,
    );
}

#[test]
fn plugins_are_added() {
    let (workspace, mut session) = started("plugins", &["open"]);
    let submit = "inventory::submit!(Command { name: \"open\" });\n";
    let both = format!("{submit}inventory::submit!(Command {{ name: \"save\" }});\n");
    let file = "commands/src/lib.rs";
    edit(
        &workspace,
        &mut session,
        file,
        submit,
        &both,
        &["open save"],
    );
}

#[test]
fn recipes_show_the_code_of_the_examples() {
    let examples: String = ["tasks", "callbacks", "plugins"]
        .iter()
        .flat_map(|name| sources(&repository().join("examples").join(name)))
        .collect();
    let recipes = fs::read_to_string(repository().join("docs/recipes.md")).unwrap();
    let blocks: Vec<&str> = recipes.split("```rust\n").skip(1).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let code = block.split("```").next().unwrap();
        assert!(examples.contains(code), "no example has this code:\n{code}");
    }
}

/// The texts of all Rust sources in a folder.
fn sources(folder: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(folder).build();
    let files = walk.map(|entry| entry.unwrap().into_path());
    let rust = files.filter(|path| path.extension().is_some_and(|it| it == "rs"));
    rust.map(|path| fs::read_to_string(path).unwrap()).collect()
}

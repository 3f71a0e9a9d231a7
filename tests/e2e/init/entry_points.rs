//! `init --mark PATH:LINE`.

use super::{says, snapshot};
use hotmod_testkit::Workspace;

const PAGES: &str = "pages/src/lib.rs";

/// What the help of a restart says to run in the workspace: the arguments of `init`.
fn advised(help: &str) -> Vec<&str> {
    let command = help
        .split('`')
        .find(|it| it.starts_with("cargo hotmod init "));
    let arguments = command.unwrap_or_else(|| panic!("no command in `{help}`"));
    arguments.split(' ').skip(3).collect()
}

#[test]
fn the_help_of_a_restart_marks_the_function() {
    let workspace = Workspace::new("direct", "mark_as_advised");
    let mut session = workspace.run().ready();
    for (before, after, line) in [
        ("inlined-1", "inlined-2", "#[hotmod::hot]\npub fn inlined()"),
        // A method of a trait is marked by its block.
        (
            "from-1",
            "from-2",
            "#[hotmod::hot]\nimpl From<Mark> for String",
        ),
    ] {
        workspace.edit(PAGES, before, after);
        let verdict = session.wait_for("verdict");
        assert_eq!(verdict["verdict"], "restart", "{verdict}");
        let help = verdict["help"].as_str().unwrap().to_owned();
        assert!(session.screen().contains(&format!("help: {help}\n")));
        session.wait_for("restarted");
        session.wait_for_answer("ready");

        let diff = says(&workspace, &advised(&help));
        assert!(diff.contains("+#[hotmod::hot]"), "{diff}");
        assert!(workspace.read(PAGES).contains(line), "{diff}");
        let restarted = session.wait_for("restarted")["reason"].to_string();
        assert!(
            restarted.contains("takes effect with this restart"),
            "{restarted}"
        );
        session.wait_for_answer("ready");
        workspace.edit(PAGES, after, "edited");
        session.wait_for("live");
        let answer = session.ask("ask");
        assert!(answer.contains("edited"), "{answer}");
        workspace.edit(PAGES, "edited", after);
        session.wait_for("live");
    }
}

#[test]
fn several_functions_are_marked_at_once() {
    let workspace = Workspace::new("direct", "mark_several");
    let before = snapshot(&workspace);
    let text = workspace.read(PAGES);
    let line = |of: &str| text.lines().position(|it| it.contains(of)).unwrap() + 1;
    let places = ["fn plain()", "fn inlined()"].map(|it| format!("{PAGES}:{}", line(it)));
    says(&workspace, &["--mark", &places[1], &places[0]]);
    let marked = text
        .replace("pub fn plain()", "#[hotmod::hot]\npub fn plain()")
        .replace("pub fn inlined()", "#[hotmod::hot]\npub fn inlined()");
    assert_eq!(workspace.read(PAGES), marked);
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), before);
}

#[test]
fn the_async_functions_that_the_program_calls_are_named() {
    let workspace = Workspace::new("unmarked_kinds", "mark_async");
    let manifest = workspace.read("pages/Cargo.toml");
    let manifest = manifest.replace("[package.metadata.hotmod]\nreloadable = true\n", "");
    workspace.write("pages/Cargo.toml", &manifest);
    let text = workspace.read(PAGES) + "\npub async fn never_called() {}\n";
    workspace.write(PAGES, &text);
    let screen = says(&workspace, &["--existing", "pages"]);
    let line = text
        .lines()
        .position(|it| it.starts_with("pub async fn later"))
        .unwrap()
        + 1;
    let step = format!(
        "the `async` functions that the program calls: `cargo hotmod init --mark pages/src/lib.rs:{line}`\n"
    );
    assert!(screen.contains(&step), "{screen}");
    says(&workspace, &advised(&step));
    let marked = text.replace("pub async fn later", "#[hotmod::hot]\npub async fn later");
    assert_eq!(workspace.read(PAGES), marked);
}

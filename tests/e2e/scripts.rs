//! Build scripts: the files that they write and read.

use std::process::Command;

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// The next generation is live, and nothing was restarted for it.
fn reload(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(PAGE, &format!("{from:?}"), &format!("{to:?}"));
    let event = session.wait_for_any(&["live", "restarted", "compile-error", "error"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains(&format!("page={to} ")));
}

fn notes(session: &Session) -> Vec<String> {
    let events = session.events().into_iter();
    let notes = events.filter(|it| it["event"] == "note");
    notes
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_script_that_writes_a_source_does_not_restart_the_program_again_and_again() {
    let workspace = Workspace::new("basic", "written_source");
    workspace.write(
        "app/build.rs",
        "fn main() {\n    std::fs::write(\"src/generated.rs\", \"pub const MADE: &str = \
         \\\"made\\\";\\n\").unwrap();\n}\n",
    );
    workspace.edit(
        "app/src/main.rs",
        "use std::io",
        "mod generated;\nuse std::io",
    );
    workspace.edit("app/src/main.rs", "model::NAME,", "generated::MADE,");
    let mut session = workspace.run().ready();
    reload(&workspace, &mut session, "one", "two");
    assert!(session.ask("ask").contains(" model=made "));
    assert_eq!(session.count("restarted"), 0);
    let restart = |session: &mut Session, name: &str| {
        let text = format!("//! {name}\n{}", workspace.read("model/src/lib.rs"));
        workspace.write("model/src/lib.rs", &text);
        let reason = "`model/src/lib.rs` changed, and `model` is not reloadable";
        assert_eq!(session.wait_for("restarted")["reason"], reason);
        session.wait_for_answer("ready");
    };
    restart(&mut session, "one");
    reload(&workspace, &mut session, "two", "three");
    assert_eq!(session.count("restarted"), 1);

    // Another text each time, in a source and in a file that only the script reads. To cargo a file is
    // new if its time is later than that of the script's start, and that clock ticks every few ms.
    workspace.write(
        "app/build.rs",
        "fn main() {\n    std::thread::sleep(std::time::Duration::from_millis(20));\n    let now = std::time::SystemTime::now().duration_since(\
         std::time::UNIX_EPOCH).unwrap().as_nanos();\n    \
         std::fs::write(\"src/generated.rs\", format!(\"pub const MADE: &str = \\\"{now}\\\";\\n\
         \")).unwrap();\n    std::fs::write(\"stamp.txt\", now.to_string()).unwrap();\n    \
         println!(\"cargo::rerun-if-changed=stamp.txt\");\n    \
         println!(\"cargo::rerun-if-changed=src\");\n}\n",
    );
    let reason = "`app/build.rs` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    // Once more, since it is not known yet that the script wrote it, and not somebody who saved it.
    let reason = "`app/stamp.txt` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    session.wait_for_answer("ready");
    session.wait_for_answer("ready");
    let note = "`app/stamp.txt` changes in each build";
    let notes = notes(&session);
    assert!(notes.iter().any(|it| it.starts_with(note)), "{notes:?}");
    reload(&workspace, &mut session, "three", "four");
    restart(&mut session, "two");
    reload(&workspace, &mut session, "four", "five");
    restart(&mut session, "three");
    reload(&workspace, &mut session, "five", "six");
    assert_eq!(session.count("restarted"), 5);
}

#[test]
fn changes_by_version_control_wait_for_the_next_restart() {
    let workspace = Workspace::new("basic", "version_control");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(workspace.root()).args(arguments);
        let own = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];
        git.envs(own.map(|name| (name, "/dev/null")));
        let output = git.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let _ = std::fs::remove_dir_all(workspace.path(".git"));
    git(&["init", "--quiet", "--initial-branch=first"]);
    workspace.write(
        "model/build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=../.git/HEAD\");\n    \
         println!(\"cargo::rerun-if-changed=../.git/index\");\n    \
         let head = std::fs::read_to_string(\"../.git/HEAD\").unwrap();\n    \
         let name = head.trim().rsplit('/').next().unwrap();\n    \
         println!(\"cargo::rustc-env=BRANCH={name}\");\n}\n",
    );
    workspace.edit("model/src/lib.rs", "\"one\"", "env!(\"BRANCH\")");
    let mut session = workspace.run().ready();
    git(&["add", "model/src/lib.rs"]);
    git(&["symbolic-ref", "HEAD", "refs/heads/second"]);
    reload(&workspace, &mut session, "one", "two");
    git(&["add", "pages/src/lib.rs"]);
    reload(&workspace, &mut session, "two", "three");
    assert!(session.ask("ask").contains(" model=first "));
    assert_eq!(session.count("restarted"), 0);
    for file in ["HEAD", "index"] {
        let note = format!(
            "`.git/{file}` changed, which the build of `model` reads: the change shows after the next \
             restart"
        );
        let notes = notes(&session);
        assert_eq!(
            notes.iter().filter(|it| **it == note).count(),
            1,
            "{notes:?}"
        );
    }
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    let reason = "`app/src/main.rs` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains(" model=second "));
    std::fs::remove_dir_all(workspace.path(".git")).unwrap();
}

/// What it gives its crate depends on `words.txt`, and on its whole environment.
const SCRIPT: &str = r#"
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=words.txt");
    let out = env::var("OUT_DIR").unwrap();
    let all: Vec<String> = env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    fs::write(format!("{out}/environment"), all.join("\n")).unwrap();
    println!("cargo::rustc-env=ENVIRONMENT={}", all.join(" "));
    let words = fs::read_to_string("words.txt").unwrap();
    assert!(!words.contains("wrong"), "a word is wrong");
    println!("cargo::rustc-env=WORD={}", words.lines().next().unwrap());
    let count = words.lines().count();
    fs::write(format!("{out}/count.rs"), format!("{count}")).unwrap();
}
"#;

/// Writes a source of its crate, and names nothing that it reads.
const WRITER: &str = r#"
fn main() {
    std::fs::write("src/made.rs", "pub fn made() -> &'static str { \"made\" }\n").unwrap();
}
"#;

#[test]
fn a_script_with_the_same_output_does_not_restart() {
    let workspace = Workspace::new("basic", "same_outcome");
    let _ = std::fs::remove_dir_all(workspace.path(".git"));
    // All that git's own command does here.
    for folder in ["objects", "refs"] {
        std::fs::create_dir_all(workspace.path(".git").join(folder)).unwrap();
    }
    workspace.write(".git/HEAD", "ref: refs/heads/main\n");
    workspace.write(".gitignore", "*.log\n");
    workspace.write("pages/build.rs", SCRIPT);
    workspace.write("pages/words.txt", "alpha\nbeta\n");
    workspace.write("widgets/build.rs", WRITER);
    workspace.write("widgets/notes.txt", "one");
    workspace.edit("widgets/src/lib.rs", "    \"one\"", "    made::made()");
    let widgets = workspace.read("widgets/src/lib.rs");
    workspace.write("widgets/src/lib.rs", &format!("{widgets}mod made;\n"));
    workspace.edit(
        PAGE,
        "widgets::widget(),",
        "format!(\"{}-{}-{}\", widgets::widget(), env!(\"WORD\"), \
         include!(concat!(env!(\"OUT_DIR\"), \"/count.rs\"))),",
    );
    let mut session = workspace.run().ready();
    assert!(session.ask("ask").contains(" widget=made-alpha-2 "));
    reload(&workspace, &mut session, "one", "two");

    // Files that only the scripts read.
    let nothing = |session: &mut Session, file: &str, text: &str| {
        workspace.write(file, text);
        let verdict = session.wait_for_any(&["verdict", "restarted", "live", "error"]);
        assert_eq!(verdict["verdict"], "nothing", "{file}: {verdict}");
        let reason = "the build script's output is unchanged";
        assert_eq!(verdict["reason"], reason, "{file}");
    };
    nothing(&mut session, "pages/words.txt", "alpha\ngamma\n");
    nothing(&mut session, "pages/src/new/unused.txt", "one");
    nothing(&mut session, "widgets/notes.txt", "two");
    nothing(&mut session, "widgets/new.txt", "one");
    // What git ignores is nothing to a script that names nothing.
    workspace.write("widgets/new.log", "one");
    workspace.write("widgets/new.log", "two");
    // Both scripts read something of this save.
    workspace.write("widgets/notes.txt", "three");
    reload(&workspace, &mut session, "two", "three");
    let widgets = workspace.read("widgets/src/lib.rs");
    let widgets = widgets.replace("made::made()", "concat!(\"more\", \"\")");
    workspace.write("widgets/src/lib.rs", &widgets);
    session.wait_for("live");
    assert!(session.ask("ask").contains(" widget=more-alpha-2 "));
    assert_eq!(session.count("restarted"), 0);

    // One that fails is an error; the next save tries again.
    workspace.write("pages/words.txt", "wrong\ngamma\n");
    let said = session.wait_for_diagnostics();
    assert!(
        said.contains("the build script of `pages` failed"),
        "{said}"
    );
    assert!(said.contains("a word is wrong"), "{said}");
    workspace.write("pages/words.txt", "alpha\ndelta\n");
    let verdict = session.wait_for("verdict");
    assert_eq!(verdict["verdict"], "nothing", "{verdict}");
    reload(&workspace, &mut session, "three", "four");

    // What differs is named.
    let mut restarted = |text: &str, differs: &str, shown: &str| {
        workspace.write("pages/words.txt", text);
        let reason = format!("the build script of `pages` {differs}");
        assert_eq!(session.wait_for("restarted")["reason"], reason);
        session.wait_for_answer("ready");
        let answer = session.ask("ask");
        assert!(answer.contains(shown), "{answer}");
    };
    restarted(
        "omega\ndelta\n",
        "now prints `cargo::rustc-env=WORD=omega`",
        " widget=more-omega-2 ",
    );
    restarted(
        "omega\ndelta\nzeta\n",
        "writes different content to `count.rs`",
        " widget=more-omega-3 ",
    );
    reload(&workspace, &mut session, "four", "five");
    std::fs::remove_dir_all(workspace.path(".git")).unwrap();
}

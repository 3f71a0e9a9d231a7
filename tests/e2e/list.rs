//! `cargo hotmod list`: before a build, after one, and during a session.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use hotmod_testkit::{Workspace, tool};

fn list(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(tool());
    command.arg("list").args(arguments).output().unwrap()
}

fn text(workspace: &Workspace) -> String {
    let output = list(workspace, &[]);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn json(workspace: &Workspace) -> Value {
    let output = list(workspace, &["--format", "json"]);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn before_a_build_it_says_which_facts_are_unknown() {
    let workspace = Workspace::new("basic", "list_before_a_build").with_own_target();
    workspace.edit(
        "widgets/Cargo.toml",
        "[package.metadata.hotmod]\nreloadable = true\n",
        "[dependencies]\nbase = { path = \"../base\" }\n",
    );
    workspace.write(
        "base/Cargo.toml",
        "[package]\nname = \"base\"\nversion.workspace = true\nedition.workspace = true\n\n\
         [package.metadata.hotmod]\nreloadable = true\n",
    );
    workspace.write("base/src/lib.rs", "");
    workspace.edit("Cargo.toml", "members = [", "members = [\"base\", ");
    assert_eq!(
        text(&workspace),
        "host: `app`, binary of `app`\nsession: none\n\nreloadable:\n  base     marked\n  \
         widgets  joined: between `base` and `pages`\n  pages    marked\n\nshared with the \
         host:\n  \
         model\n\nnot reloadable:\n  none\n\nunknown before the \
         first build: entry points, direct uses by the host, state\n`cargo hotmod run` builds the \
         program\n"
    );
    assert_eq!(
        json(&workspace),
        json!({
            "host": { "name": "app", "kind": "binary", "package": "app" },
            "reloadable": [
                { "package": "base" },
                { "package": "widgets", "between": ["base", "pages"] },
                { "package": "pages" },
            ],
            "shared": ["model"],
            "not_reloadable": [
                { "package": "app", "reason": "the host" },
                { "package": "model", "reason": "not marked" },
            ],
            "entry_points": null,
            "redirected": null,
            "direct_uses": null,
            "state": null,
            "caches": null,
            "runs_when_loaded": null,
            "session": null,
        })
    );
    assert!(!workspace.target().exists(), "it wrote a target directory");
}

#[test]
fn after_a_build_it_shows_the_facts_of_the_build() {
    let workspace = Workspace::new("direct", "list_after_a_build");
    workspace.run().ready().interrupt();
    let listing = json(&workspace);
    assert_eq!(listing["entry_points"], json!(["pages::page"]));
    assert_eq!(listing["state"], json!(["pages::HITS", "pages::LOCAL"]));
    assert_eq!(listing["session"], Value::Null);
    let uses = listing["direct_uses"].as_array().unwrap();
    for expected in [
        json!({ "item": "pages::inlined", "user": "app" }),
        json!({ "item": "pages::TABLE", "user": "app" }),
    ] {
        assert!(uses.contains(&expected), "no {expected} in {uses:?}");
    }
    assert_eq!(
        listing["redirected"],
        json!([
            "<pages::Guard as Drop>::drop",
            "pages::Guard::method",
            "pages::make",
            "pages::of_site",
            "pages::plain",
        ])
    );
    let shown = text(&workspace);
    for line in [
        "session: none",
        "  pages::page",
        "called by the host without a mark (reloaded, too):\n  <pages::Guard as Drop>::drop",
        "  pages::HITS",
        "runs again on every reload:\n  none",
    ] {
        assert!(
            shown.contains(&format!("{line}\n")),
            "no `{line}` in:\n{shown}"
        );
    }
}

#[test]
fn every_kind_of_entry_point_is_listed() {
    let workspace = Workspace::new("kinds", "list_of_kinds");
    let session = workspace.run().ready();
    let listing = json(&workspace);
    drop(session);
    let found = listing["entry_points"].as_array().unwrap();
    for name in [
        "kinds::free",
        "kinds::inner::free",
        "kinds::asynchronous",
        "kinds::Screen::by_value",
        "kinds::Block::method",
        "<kinds::Screen as Show>::show",
        "<kinds::Block as Display>::fmt",
        // An argument has the function's name, so its description stands beside it.
        "kinds::fails",
        "kinds::pages::index",
        "<kinds::pages::Page as Load>::load",
    ] {
        assert!(found.contains(&json!(name)), "no {name} in {found:?}");
    }
    assert_eq!(
        listing["direct_uses"],
        json!([{ "item": "kinds::pages::generic", "user": "app" }])
    );
    assert_eq!(
        listing["redirected"],
        json!(["<kinds::Dropped as Drop>::drop"])
    );
}

#[test]
fn packages_that_are_not_reloadable_are_listed_with_the_reason() {
    let workspace = Workspace::new("basic", "list_of_outsiders").with_own_target();
    let package = |name: &str, rest: &str| {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = \
             true\n{rest}"
        );
        workspace.write(format!("{name}/Cargo.toml"), &manifest);
        let file = format!("{name}/src/lib.rs");
        workspace.write(file, "");
    };
    package("alone", "[package.metadata.hotmod]\nreloadable = true\n");
    package("derives", "[lib]\nproc-macro = true\n");
    package("plugin", "[lib]\ncrate-type = [\"cdylib\"]\n");
    package("task", "");
    fs::rename(
        workspace.path("task/src/lib.rs"),
        workspace.path("task/src/main.rs"),
    )
    .unwrap();
    workspace.edit(
        "widgets/Cargo.toml",
        "reloadable = true",
        "reloadable = false",
    );
    workspace.edit(
        "Cargo.toml",
        "members = [",
        "members = [\"alone\", \"derives\", \"plugin\", \"task\", ",
    );
    let manifest = workspace.read("Cargo.toml");
    let marks = "\n[workspace.metadata.hotmod]\nreloadable = [\"widgets\"]\n";
    workspace.write("Cargo.toml", &(manifest + marks));
    let reason = |package: &str, reason: &str| json!({ "package": package, "reason": reason });
    assert_eq!(
        json(&workspace)["not_reloadable"],
        json!([
            reason("alone", "not linked into `app`"),
            reason("app", "the host"),
            reason("derives", "a procedural macro"),
            reason("model", "not marked"),
            reason("plugin", "library is built only as `cdylib`"),
            reason("task", "has no library"),
            reason("widgets", "`reloadable = false` in its manifest"),
        ])
    );
    // In the text, each package has one place, unless it is verbose.
    workspace.edit(
        "alone/Cargo.toml",
        "reloadable = true",
        "reloadable = false",
    );
    let short = text(&workspace);
    for line in [
        "library is built only as `cdylib`:  plugin",
        "not linked into `app`:              alone",
    ] {
        assert!(
            short.contains(&format!("  {line}\n")),
            "no `{line}` in:\n{short}"
        );
    }
    assert_eq!(short.matches("model").count(), 1, "{short}");
    let verbose = list(&workspace, &["--verbose"]).stdout;
    let verbose = String::from_utf8(verbose).unwrap();
    for line in ["app      the host", "model    not marked"] {
        assert!(
            verbose.contains(&format!("  {line}\n")),
            "no `{line}` in:\n{verbose}"
        );
    }
}

#[test]
fn a_running_session_is_shown() {
    let workspace = Workspace::new("unruly", "list_of_a_session");
    let mut session = workspace.run().ready();
    let events = session.events();
    let started = events.iter().find(|it| it["event"] == "host-started");
    let pid = started.unwrap()["pid"].clone();
    let told = json(&workspace)["session"].clone();
    assert_eq!(told["pid"], pid);
    assert_eq!(told["generation"], 0);
    assert_eq!(told["build_id"], "0".repeat(16));
    assert_eq!(told["verdicts"], json!([]));
    assert!(text(&workspace).contains(&format!(
        "\nsession: running · gen 0 · build {} · pid {pid}\n",
        "0".repeat(16)
    )));
    // Nobody was kept from anything by being asked.
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    let first = session.wait_for("live");
    workspace.edit("pages/src/lib.rs", "\"two ", "\"three ");
    let live = session.wait_for("live");
    assert_ne!(first["build_id"], live["build_id"]);
    let told = json(&workspace)["session"].clone();
    for field in ["pid", "build_id", "kept_generations", "kept_bytes"] {
        assert_eq!(told[field], live[field], "{field}");
    }
    assert_eq!(told["generation"], 2);
    assert_eq!(told["retired"], json!([0, 1]));
    assert_eq!(told["last_build_failed"], false);

    workspace.edit("pages/src/lib.rs", "\"three ", "three ");
    session.wait_for("compile-error");
    workspace.write("pages/src/lib.rs", &workspace.read("pages/src/lib.rs"));
    session.wait_for("verdict");
    let told = json(&workspace)["session"].clone();
    assert_eq!(
        (&told["building"], &told["last_build_failed"]),
        (&json!(false), &json!(true))
    );
    let verdicts = told["verdicts"].as_array().unwrap();
    let words: Vec<_> = verdicts
        .iter()
        .map(|it| it["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["reload", "reload", "reload", "nothing"]);
    let reasons = session.events();
    let reasons = reasons.iter().filter(|it| it["event"] == "verdict");
    assert!(
        reasons
            .map(|it| &it["reason"])
            .eq(verdicts.iter().map(|it| &it["reason"]))
    );
    // Whether a second has passed since the reload.
    let shown = text(&workspace).replace("  not called yet: pages::page\n", "");
    for line in [
        " · the last build failed\n  retired: gen 0, 1 · 1 kept besides the baseline, in ",
        "s ago  nothing  nothing has changed since the last build, which failed\n",
        "s ago  reload   `pages/src/lib.rs` changed\n",
    ] {
        assert!(shown.contains(line), "no `{line}` in:\n{shown}");
    }

    session.tell("exit 3");
    session.wait_for("host-exited");
    let told = json(&workspace)["session"].clone();
    assert_eq!(
        (&told["pid"], &told["build_id"]),
        (&Value::Null, &Value::Null)
    );
    assert!(text(&workspace).contains("\nsession: no host is running · the last build failed\n"));
    session.interrupt();
    assert_eq!(json(&workspace)["session"], Value::Null);
}

#[test]
fn status_files_of_killed_sessions_and_broken_files_are_ignored() {
    let workspace = Workspace::new("basic", "list_of_a_killed_session");
    let mut session = workspace.run().ready();
    let generations = session.ask("env HOTMOD_DIR");
    let generations = generations.trim_start_matches("Ok(\"");
    let status = Path::new(generations).with_file_name("status.json");
    let whole = fs::read_to_string(&status).unwrap();
    for broken in ["", &whole[..whole.len() / 2], "[]"] {
        fs::write(&status, broken).unwrap();
        assert_eq!(json(&workspace)["session"], json!({}), "{broken:?}");
        assert!(text(&workspace).contains("\nsession: running, without a status file\n"));
    }
    fs::write(&status, whole).unwrap();
    assert_eq!(json(&workspace)["session"]["generation"], 0);
    session.signal("KILL");
    session.wait();
    assert!(status.exists(), "nobody was there to remove it");
    assert_eq!(json(&workspace)["session"], Value::Null);
}

#[test]
fn status_is_another_word_for_list() {
    let workspace = Workspace::new("basic", "list_as_status").with_own_target();
    let mut command = workspace.command(tool());
    let output = command.arg("status").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), text(&workspace));
}

#[test]
fn invalid_selections_are_reported_as_by_run() {
    let workspace = Workspace::new("basic", "list_of_a_mistake").with_own_target();
    for (arguments, answer) in [
        (
            &["--bin", "ap"][..],
            "error: the workspace has no binary `ap`\nhelp: did you mean `--bin app`?\n",
        ),
        (
            &["--format", "json", "--bin", "ap"],
            "error: the workspace has no binary `ap`",
        ),
        (&["--json"], "error: unexpected argument '--json' found"),
        (&["--format", "xml"], "[possible values: text, json]"),
        (&["--format"], "a value is required for '--format <FORMAT>'"),
        (&["--release", "--profile", "dev"], "cannot be used with"),
    ] {
        let output = list(&workspace, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(answer), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    fs::write(workspace.path("Cargo.toml"), "[workspace").unwrap();
    assert_eq!(list(&workspace, &[]).status.code(), Some(2));
}

/// A `list --watch`, and what it prints.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn begin(workspace: &Workspace, arguments: &[&str]) -> Self {
        let mut command = workspace.command(tool());
        command.args(["list", "--watch"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        Watching { child, lines }
    }

    /// The next line that contains these words.
    fn wait_for(&self, words: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|error| panic!("no `{words}`: {error}"));
            if line.contains(words) {
                return line;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_session_is_watched_from_its_start_to_its_end() {
    let workspace = Workspace::new("basic", "list_watch");
    let page = workspace.read("pages/src/lib.rs");
    let state =
        "\nstatic SHOWN: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);\n";
    let count = "    SHOWN.fetch_add(1, std::sync::atomic::Ordering::Relaxed);\n    format!(";
    workspace.write(
        "pages/src/lib.rs",
        &(page.replace("    format!(", count) + state),
    );
    let watching = Watching::begin(&workspace, &[]);
    watching.wait_for("session: none");
    let mut session = workspace.run().ready();
    watching.wait_for("gen 0");
    let noted = session
        .events()
        .into_iter()
        .find(|it| it["event"] == "note");
    let noted = noted.expect("a note")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    watching.wait_for("notes:");
    watching.wait_for(&noted);
    let json = Watching::begin(&workspace, &["--format", "json"]);
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    watching.wait_for("gen 1");
    let line: Value = serde_json::from_str(&json.wait_for("\"generation\":1")).unwrap();
    let notes = line["session"]["notes"].as_array().unwrap();
    assert!(notes.contains(&Value::from(noted)), "{line}");
    // A manifest that is broken for a moment does not end it.
    let manifest = workspace.read("pages/Cargo.toml");
    workspace.write("pages/Cargo.toml", "broken");
    session.wait_for_any(&["error", "compile-error"]);
    workspace.write("pages/Cargo.toml", &manifest);
    session.wait_for("verdict");
    session.signal("KILL");
    session.wait();
    watching.wait_for("session: none");
    assert!(workspace.run().ready().interrupt().code().is_some());
}

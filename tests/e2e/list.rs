//! `cargo hotmod list`: what it knows before a build, after one, and of a session that runs.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::support::{Workspace, tool};

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
    let output = list(workspace, &["--json"]);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn before_a_build_it_says_what_is_not_known() {
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
         widgets  joined: between `base` and `pages`\n  pages    marked\n\nshared with the host:\n  \
         model\n\nnot known before the first build: entry points, what the host uses without one, \
         state\n`cargo hotmod run` builds the program\n"
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
            "entry_points": null,
            "direct_uses": null,
            "state": null,
            "runs_when_loaded": null,
            "session": null,
        })
    );
    assert!(!workspace.target().exists(), "it wrote a target directory");
}

#[test]
fn after_a_build_it_says_what_the_build_told() {
    let workspace = Workspace::new("direct", "list_after_a_build");
    workspace.run().ready().interrupt();
    let listing = json(&workspace);
    assert_eq!(listing["entry_points"], json!(["pages::page"]));
    assert_eq!(listing["state"], json!(["pages::HITS", "pages::LOCAL"]));
    assert_eq!(listing["session"], Value::Null);
    let uses = listing["direct_uses"].as_array().unwrap();
    for expected in [
        json!({ "item": "pages::plain", "user": "app" }),
        json!({ "item": "<pages::Guard as Drop>::drop", "user": "app" }),
        json!({ "item": "pages::helper", "user": "site", "by_way_of": "pages::of_site" }),
    ] {
        assert!(uses.contains(&expected), "no {expected} in {uses:?}");
    }
    let shown = text(&workspace);
    for line in [
        "session: none",
        "  pages::page",
        "  pages::helper                  by `site` by way of `pages::of_site`",
        "  pages::HITS",
        "runs once more with each generation:\n  none",
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
    ] {
        assert!(found.contains(&json!(name)), "no {name} in {found:?}");
    }
    assert_eq!(
        listing["direct_uses"],
        json!([{ "item": "<kinds::Dropped as Drop>::drop", "user": "app" }])
    );
}

#[test]
fn a_session_that_runs_is_told() {
    let workspace = Workspace::new("unruly", "list_of_a_session");
    let mut session = workspace.run().ready();
    assert!(json(&workspace)["session"].is_object());
    assert!(text(&workspace).contains("\nsession: runs"));
    // Nobody was kept from anything by being asked.
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    session.wait_for("live");
    session.interrupt();
    assert_eq!(json(&workspace)["session"], Value::Null);
}

#[test]
fn what_cannot_be_selected_is_told_as_by_run() {
    let workspace = Workspace::new("basic", "list_of_a_mistake").with_own_target();
    for (arguments, answer) in [
        (
            &["--bin", "ap"][..],
            "error: no binary is called `ap` in the workspace\nhelp: did you mean `--bin app`?\n",
        ),
        (
            &["--json", "--bin", "ap"],
            "error: no binary is called `ap`",
        ),
        (&["--jsn"], "error: unexpected argument '--jsn' found"),
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

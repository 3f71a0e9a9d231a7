//! What no compiler checks of the repository itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::tool;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MOST_LINES: usize = 400;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

fn packages() -> Vec<Value> {
    let output = Command::new(std::env::var("CARGO").unwrap())
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("\n## [{VERSION}] - ");
    assert!(read("CHANGELOG.md").contains(&heading), "no {heading:?}");
}

#[test]
fn the_crates_have_one_version_and_ask_for_it_exactly() {
    let packages = packages();
    assert!(packages.len() >= 4);
    for package in &packages {
        let name = &package["name"];
        assert_eq!(package["version"], VERSION, "{name}");
        for dependency in package["dependencies"].as_array().unwrap() {
            let dependency_name = dependency["name"].as_str().unwrap();
            if dependency_name.starts_with("hotmod") && dependency["kind"].is_null() {
                let pin = format!("={VERSION}");
                assert_eq!(dependency["req"], pin, "{name} -> {dependency_name}");
            }
        }
    }
}

#[test]
fn the_crates_depend_on_each_other_as_designed() {
    let mut edges = BTreeSet::new();
    for package in packages() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            if to.contains("hotmod") && dependency["kind"] != "dev" {
                edges.insert(format!("{} -> {to}", package["name"].as_str().unwrap()));
            }
        }
    }
    assert_eq!(
        edges.into_iter().collect::<Vec<_>>(),
        [
            "cargo-hotmod -> hotmod-protocol",
            "hotmod -> hotmod-macros",
            "hotmod -> hotmod-protocol",
        ]
    );
}

#[test]
fn source_files_are_short_and_say_what_they_are_for() {
    let root = repository();
    let folders = ["src", "crates", "tests/e2e"];
    let mut wrong = Vec::new();
    for file in folders.iter().flat_map(|it| sources(&root.join(it))) {
        let name = file.strip_prefix(root).unwrap().display().to_string();
        if name.contains("/target/") || name.contains("/ui/") || name.contains("/fixtures/") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if lines > MOST_LINES && !name.starts_with("tests/") {
            wrong.push(format!("{name} has {lines} lines"));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not open with what it is for"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_commands_and_flags_of_the_readme_exist() {
    let help = |arguments: &[&str]| {
        let output = Command::new(tool()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let readme = read("README.md");
    let mut commands = BTreeSet::new();
    for rest in readme.split("cargo hotmod ").skip(1) {
        let word = rest.split(|c: char| !c.is_ascii_lowercase()).next();
        commands.extend(word.filter(|_| rest.starts_with(|c: char| c.is_ascii_lowercase())));
    }
    // The prose says "`cargo hotmod` keeps …": only what stands in one pair of backticks or on a
    // prompt's line follows the two words directly.
    assert!(commands.contains("run") && commands.contains("demo"));
    for command in commands {
        help(&[command, "--help"]);
    }

    let (_, options) = readme.split_once("## Options").unwrap();
    let (options, _) = options.split_once("\n\n|").unwrap();
    let run = help(&["run", "--help"]);
    let mut count = 0;
    for flag in options
        .split(['`', '/'])
        .filter(|it| it.starts_with('-') && *it != "--")
    {
        let is_there = run.split([' ', ',', '\n', '=']).any(|word| word == flag);
        assert!(is_there, "`{flag}` is no flag of `run`");
        count += 1;
    }
    assert!(count > 15, "the list of flags was not found");
}

#[test]
fn the_package_holds_what_users_need_and_nothing_else() {
    let output = Command::new(std::env::var("CARGO").unwrap())
        .args([
            "package",
            "--list",
            "--allow-dirty",
            "--offline",
            "-p",
            "cargo-hotmod",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    for needed in [
        "README.md",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "templates/web/Cargo.toml.in",
        "templates/web/app/src/main.rs",
        "templates/loop/rules/src/lib.rs",
        "templates/tui/gitignore.in",
        "templates/editors/vscode/launch.json",
    ] {
        assert!(list.lines().any(|it| it == needed), "no {needed}:\n{list}");
    }
    let mut stray = list
        .lines()
        .filter(|it| it.starts_with("tests/") || it.starts_with("crates/") || it.starts_with('.'))
        .filter(|it| *it != ".cargo_vcs_info.json");
    assert_eq!(stray.next(), None);
}

//! `init --editor`: the files are valid for their editors, and existing files are kept.

use serde_json::Value;

use super::{says, snapshot};
use hotmod_testkit::Workspace;

fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::empty(test, "loop").with_own_target();
    says(&workspace, &[]);
    workspace
}

#[test]
fn each_editor_gets_tasks_launch_and_settings() {
    let workspace = workspace("init_editors");
    let before = snapshot(&workspace);
    for (editor, files) in [
        (
            "vscode",
            &[
                ".vscode/tasks.json",
                ".vscode/launch.json",
                ".vscode/settings.json",
            ][..],
        ),
        (
            "zed",
            &[".zed/tasks.json", ".zed/debug.json", ".zed/settings.json"],
        ),
        ("helix", &[".helix/languages.toml", ".helix/config.toml"]),
        ("neovim", &[".nvim.lua"]),
    ] {
        says(&workspace, &["--editor", editor]);
        let mut all = String::new();
        for file in files {
            let text = workspace.read(file);
            assert!(!text.contains("{{"), "{file}: {text}");
            if file.ends_with(".json") {
                serde_json::from_str::<Value>(&text).unwrap();
            } else if file.ends_with(".toml") {
                text.parse::<toml::Table>().unwrap();
            }
            all += &text;
        }
        assert_eq!(snapshot(&workspace).len(), before.len() + files.len());
        for part in [
            "cargo hotmod run",
            "cargo hotmod reload",
            "cargo hotmod wait",
            "targetDir",
            "target/hotmod/debug/app",
        ] {
            assert!(all.contains(part), "{editor}: no {part} in {all}");
        }
        says(&workspace, &["--undo"]);
        assert_eq!(snapshot(&workspace), before, "{editor}");
    }
}

#[test]
fn vscodes_launch_configuration_reads_the_file_that_its_task_writes() {
    let workspace = workspace("init_vscode");
    says(&workspace, &["--editor", "vscode"]);
    let json = |file| serde_json::from_str::<Value>(&workspace.read(file)).unwrap();
    let launch = &json(".vscode/launch.json")["configurations"][0];
    let tasks = json(".vscode/tasks.json");
    let task = tasks["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|task| task["label"] == launch["preLaunchTask"])
        .expect("the task before the launch");
    let file = "target/hotmod/session.env";
    assert_eq!(launch["envFile"], format!("${{workspaceFolder}}/{file}"));
    assert_eq!(
        task["command"],
        format!("cargo hotmod env --output '{file}'")
    );
}

#[test]
fn existing_settings_are_kept() {
    let workspace = workspace("init_editor_there");
    workspace.write(".vscode/settings.json", "{ \"mine\": 1 }\n");
    let screen = says(&workspace, &["--editor", "vscode"]);
    assert_eq!(workspace.read(".vscode/settings.json"), "{ \"mine\": 1 }\n");
    assert!(
        screen.contains("warning: `.vscode/settings.json` already exists"),
        "{screen}"
    );
    assert!(
        screen.contains("\"rust-analyzer.cargo.targetDir\": true"),
        "{screen}"
    );
    assert!(workspace.path(".vscode/tasks.json").exists());

    // A second time there is nothing to do.
    let before = snapshot(&workspace);
    let screen = says(&workspace, &["--editor", "vscode"]);
    assert!(!screen.contains("Created"), "{screen}");
    assert_eq!(snapshot(&workspace), before);
}

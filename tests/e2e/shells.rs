//! The command line's documentation: help, completions and manual pages.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use hotmod_testkit::{Workspace, tool};

/// All commands, by the tool's own help.
fn commands() -> Vec<String> {
    let help = said(&["--help"]);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    // What goes on in the next line is further in.
    let lines = commands.lines().take_while(|line| !line.is_empty());
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

fn output(words: &[&str]) -> Output {
    Command::new(tool()).args(words).output().unwrap()
}

fn said(words: &[&str]) -> String {
    let output = output(words);
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_is_printed_in_all_usual_ways() {
    let all = said(&["help"]);
    assert_eq!(all, said(&["--help"]));
    let commands = commands();
    assert!(commands.contains(&"run".to_owned()) && commands.contains(&"help".to_owned()));
    for command in commands.iter().filter(|it| *it != "help") {
        let long = said(&["help", command]);
        assert_eq!(long, said(&["hotmod", command, "--help"]), "{command}");
        assert!(long.contains("\nExample"), "{command}: {long}");
    }
    let wrong = output(&["help", "walk"]);
    assert_eq!(wrong.status.code(), Some(2));
    let text = String::from_utf8(wrong.stderr).unwrap();
    assert!(text.contains("unrecognized subcommand 'walk'"), "{text}");
}

/// What bash would offer for these words, the last of which is not complete.
fn offered_by_bash(before: &str, words: &[&str]) -> Vec<String> {
    let script = format!(
        "{before}\n{}\n\
         COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))\n\
         [[ \"$(complete -p \"$1\")\" =~ -F\\ ([^\\ ]+) ]]\n\
         \"${{BASH_REMATCH[1]}}\" \"$1\" \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        said(&["completions", "bash"])
    );
    let mut bash = Command::new("bash")
        .args(["--norc", "/dev/stdin"])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn completions_contain_all_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: no `{command}`");
        }
        assert!(script.contains("no-restart"), "{shell}");
    }
    for words in [&["completions", "tcsh"][..], &["completions"]] {
        assert_eq!(output(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn bash_completes_both_ways_to_call_it() {
    let before = "_before() { COMPREPLY=(as-before); }\ncomplete -F _before cargo";
    let of = |words: &[&str]| offered_by_bash(before, words);
    for words in [&["cargo-hotmod"][..], &["cargo", "hotmod"]] {
        let and = |more: &[&'static str]| [words, more].concat();
        assert_eq!(of(&and(&["re"])), ["reload", "restart"]);
        assert_eq!(of(&and(&["run", "--no-r"])), ["--no-restart"]);
        let templates = of(&and(&["init", "--template", ""]));
        assert_eq!(templates, ["loop", "tui", "web"]);
        assert_eq!(of(&and(&["completions", "fi"])), ["fish"]);
    }
    assert_eq!(of(&["cargo", "bu"]), ["as-before"]);
    assert_eq!(of(&["cargo", "hotmod"]), ["as-before"]);
    // Nothing was there for it, and nothing can be loaded.
    let alone = offered_by_bash("unset -f _comp_load __load_completion", &["cargo", "bu"]);
    assert_eq!(alone, [""]);
}

#[test]
fn each_command_has_a_manual_page() {
    let workspace = Workspace::empty("manual_pages", "manual_pages");
    let folder = workspace.path("share/man1");
    said(&["man", "--output", folder.to_str().unwrap()]);
    let mut pages: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let mut wanted: Vec<String> = commands()
        .iter()
        .filter(|it| *it != "help")
        .map(|command| format!("cargo-hotmod-{command}.1"))
        .chain(["cargo-hotmod.1".to_owned()])
        .collect();
    wanted.sort();
    assert_eq!(pages, wanted);

    let main = said(&["man"]);
    assert_eq!(main, workspace.read("share/man1/cargo-hotmod.1"));
    for page in &wanted[..wanted.len() - 1] {
        let name = page.trim_end_matches(".1").replace('-', "\\-");
        assert!(main.contains(&name), "no `{name}`: {main}");
    }
    for page in &wanted {
        let text = workspace.read(folder.join(page));
        assert!(text.contains("\n.SH EXAMPLES\n"), "{page}: {text}");
        assert!(text.contains("cargo hotmod"), "{page}: {text}");
        let Ok(shown) = Command::new("man")
            .args(["--warnings", "-E", "UTF-8", "-l", "-Tutf8"])
            .arg(folder.join(page))
            .output()
        else {
            continue;
        };
        assert!(shown.stderr.is_empty(), "{page}: {shown:?}");
    }

    workspace.write("file", "");
    let file = workspace.path("file");
    let failed = output(&["man", "--output", file.to_str().unwrap()]);
    assert_eq!(failed.status.code(), Some(1));
    let text = String::from_utf8(failed.stderr).unwrap();
    assert!(text.starts_with("error: `"), "{text}");
    assert!(text.contains("could not be written"), "{text}");
}

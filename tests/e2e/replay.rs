//! A reload runs rustc for the affected crates and the linker, and nothing else.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use object::{Object as _, ObjectSection as _};
use serde_json::{Value, json};

use hotmod_testkit::{Session, Workspace, tool, write_script};

const BASE: &str = "widgets/src/lib.rs";
const LEAF: &str = "pages/src/lib.rs";

/// A session in which both crates have been compiled for the group.
fn warm(workspace: &Workspace) -> Session {
    let mut session = workspace.run().ready();
    workspace.edit(LEAF, "\"one\"", "\"warm\"");
    session.wait_for("live");
    session
}

/// Edits a file, and tells which crates were compiled for it.
fn compiled(workspace: &Workspace, session: &mut Session, edit: (&str, &str, &str)) -> Value {
    let (file, from, to) = edit;
    workspace.edit(file, from, to);
    session.wait_for("live")["crates"].clone()
}

#[test]
fn a_body_of_a_base_crate_recompiles_no_dependant() {
    let workspace = Workspace::new("basic", "body_of_a_base");
    let mut session = warm(&workspace);
    let edit = (BASE, "\"one\"", "\"two\"");
    assert_eq!(compiled(&workspace, &mut session, edit), json!(["widgets"]));
    assert!(session.ask("ask").contains("page=warm widget=two"));

    // A dependant is compiled against what it was before, and linked with what it is now.
    let edit = (LEAF, "\"warm\"", "\"hot\"");
    assert_eq!(compiled(&workspace, &mut session, edit), json!(["pages"]));
    assert!(session.ask("ask").contains("page=hot widget=two"));

    let edit = (
        BASE,
        "/// What pages",
        "pub fn added() {}\n\n/// What pages",
    );
    let all = json!(["widgets", "pages"]);
    assert_eq!(compiled(&workspace, &mut session, edit), all);

    let edit = (BASE, "\"two\"", "\"three\"");
    assert_eq!(compiled(&workspace, &mut session, edit), json!(["widgets"]));
    session.interrupt();

    // In a new session it is, whatever was kept before.
    let mut session = workspace.run().ready();
    workspace.edit(LEAF, "\"hot\"", "\"new\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=new widget=three"));
}

#[test]
fn inlined_code_recompiles_the_dependants() {
    let workspace = Workspace::new("basic", "code_of_a_base");
    let generic = "\n\npub fn most<T: PartialOrd>(a: T, b: T) -> T {\n    \
                   if a > b { a } else { b }\n}\n";
    let base = workspace.read(BASE) + generic;
    workspace.write(
        BASE,
        &base.replace("\"one\"", "[\"two\", \"one\"][most(0, 1)]"),
    );
    workspace.edit(
        LEAF,
        "widgets::widget()",
        "[widgets::widget(), \"b\"][widgets::most(0, 0)]",
    );
    let mut session = warm(&workspace);
    let all = json!(["widgets", "pages"]);
    let edit = (BASE, "a > b { a } else { b }", "a < b { a } else { b }");
    assert_eq!(compiled(&workspace, &mut session, edit), all);
    assert!(session.ask("ask").contains("widget=two"));

    // The leaf has no code of `most` itself: the base made some, and does no more.
    let edit = (BASE, "[\"two\", \"one\"][most(0, 1)]", "\"three\"");
    assert_eq!(compiled(&workspace, &mut session, edit), all);
    assert!(session.ask("ask").contains("widget=three"));
    assert_eq!(session.count("error"), 0);
}

#[test]
fn a_crate_that_cannot_be_a_separate_library_is_reloaded() {
    let workspace = Workspace::new("basic", "without_std");
    let manifest = workspace
        .read("widgets/Cargo.toml")
        .replace("widgets", "bare");
    workspace.write("bare/Cargo.toml", &manifest);
    workspace.write(
        "bare/src/lib.rs",
        "#![no_std]\n\npub fn bare() -> u8 {\n    1\n}\n",
    );
    workspace.edit("Cargo.toml", "[\"app\",", "[\"app\", \"bare\",");
    let dependency = "hotmod.workspace = true\nbare = { path = \"../bare\" }";
    workspace.edit("app/Cargo.toml", "hotmod.workspace = true", dependency);
    let mut session = warm(&workspace);
    for (from, to) in [("    1", "    2"), ("    2", "    3")] {
        let edit = ("bare/src/lib.rs", from, to);
        assert_eq!(compiled(&workspace, &mut session, edit), json!(["bare"]));
    }
}

#[test]
fn crates_that_the_group_cannot_be_linked_with_are_left_to_cargo() {
    let workspace = Workspace::new("basic", "unknown_symbol");
    let mut session = warm(&workspace);
    let call = "unsafe extern \"C\" {\n    safe fn no_such_symbol() -> u8;\n}\n\n/// What the host";
    workspace.edit(LEAF, "/// What the host", call);
    workspace.edit(LEAF, "\"warm\"", "no_such_symbol()");
    let reason = loop {
        let verdict = session.wait_for("verdict");
        if verdict["verdict"] == "restart" {
            break verdict["reason"].as_str().unwrap().to_owned();
        }
    };
    assert!(
        reason.contains("could not be linked") && reason.contains("no_such_symbol"),
        "{reason}"
    );
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("no_such_symbol"), "{rendered}");
    assert!(
        session.ask("ask").contains("page=warm"),
        "the old code keeps running"
    );
    workspace.edit(LEAF, "        no_such_symbol()", "        \"mended\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=mended"));
}

#[test]
fn two_sessions_of_one_program_are_refused() {
    let workspace = Workspace::new("basic", "two_sessions");
    let _first = workspace.run().ready();
    let output = workspace
        .command(tool())
        .args(["hotmod", "run"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains("another session of `app` is running in this workspace"),
        "{words}"
    );
    assert!(words.contains("help: "), "{words}");
}

#[test]
fn crates_that_a_flag_optimises_are_reloaded() {
    let workspace = Workspace::new("basic", "optimised_by_flag").with_own_target();
    let mut session = workspace.run().variable("RUSTFLAGS", "-O").ready();
    for (file, from, to) in [(LEAF, "\"one\"", "\"two\""), (BASE, "\"one\"", "\"two\"")] {
        workspace.edit(file, from, to);
        session.wait_for("live");
    }
    assert!(session.ask("ask").contains("page=two widget=two"));
}

#[test]
fn objects_that_differ_from_the_record_are_rebuilt() {
    let workspace = Workspace::new("basic", "foreign_objects").with_own_target();
    let mut session = warm(&workspace);
    session.interrupt();
    // A build that was ended after rustc, and before it was taken down, leaves others.
    let mut damaged = 0;
    for file in files(&workspace.target().join("hotmod/session")) {
        let is_of_base = file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .contains("libwidgets");
        if is_of_base && file.extension().is_some_and(|it| it == "rlib") {
            fs::write(file, "no archive").unwrap();
            damaged += 1;
        }
    }
    assert_eq!(
        damaged, 2,
        "the objects, and what dependants are compiled against"
    );
    let mut session = workspace.run().ready();
    workspace.edit(LEAF, "\"warm\"", "\"well\"");
    assert_eq!(
        session.wait_for_any(&["live", "error", "compile-error"])["event"],
        "live"
    );
    assert!(session.ask("ask").contains("page=well widget=one"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

/// A program under this name that notes that it was called, and is the real one.
fn noted(folder: &Path, name: &str, real: &str) -> PathBuf {
    let script = folder.join(name);
    let log = folder.join("log");
    let text = format!("#!/bin/sh\necho {name} >> {log:?}\nexec {real} \"$@\"\n");
    write_script(&script, &text);
    script
}

/// A `cc` that notes each of its runs. It is no script: those are always run, since they may do more than to link.
fn noted_compiler(folder: &Path, real: &Path) {
    let source = folder.join("cc.c");
    let log = folder.join("log");
    let text = format!(
        "#include <stdio.h>\n#include <unistd.h>\n\
         int main(int count, char **words) {{\n\
             FILE *log = fopen({log:?}, \"a\");\n\
             fputs(\"cc\\n\", log);\n\
             fclose(log);\n\
             words[0] = {real:?};\n\
             return execv(words[0], words);\n\
         }}\n"
    );
    fs::write(&source, text).unwrap();
    let mut compile = Command::new(real);
    compile.arg("-o").arg(folder.join("cc")).arg(&source);
    assert!(compile.status().unwrap().success());
}

#[test]
fn neither_cargo_nor_a_c_compiler_runs_for_a_reload() {
    let workspace = Workspace::new("basic", "what_runs");
    let folder = tempfile::tempdir().unwrap();
    let cargo = noted(folder.path(), "cargo", env!("CARGO"));
    let path = std::env::var("PATH").unwrap();
    let cc = std::env::split_paths(&path)
        .map(|it| it.join("cc"))
        .find(|it| it.exists());
    noted_compiler(folder.path(), &cc.unwrap());
    let path = format!("{}:{path}", folder.path().display());
    let run = workspace.run().variable("PATH", &path);
    let mut session = run.variable("CARGO", cargo.to_str().unwrap()).ready();
    workspace.edit(LEAF, "\"one\"", "\"two\"");
    session.wait_for("live");
    let log = folder.path().join("log");
    let ran = fs::read_to_string(&log).unwrap();
    assert!(ran.contains("cargo\n") && ran.contains("cc\n"), "{ran}");
    fs::write(&log, "").unwrap();
    for (file, from, to) in [(LEAF, "\"two\"", "\"three\""), (BASE, "\"one\"", "\"two\"")] {
        workspace.edit(file, from, to);
        session.wait_for("live");
    }
    assert_eq!(fs::read_to_string(&log).unwrap(), "");
}

#[test]
fn a_lock_that_another_cargo_holds_delays_no_reload() {
    let workspace = Workspace::new("basic", "held_locks").with_own_target();
    let build = workspace.command("cargo").arg("build").status().unwrap();
    assert!(build.success());
    let mut session = warm(&workspace);
    let held: Vec<File> = locks(workspace.target());
    assert!(held.len() > 1, "of the user's builds, and of the session's");

    let target = workspace.target().join("hotmod");
    let mut waiting = workspace
        .command("cargo")
        .args(["build", "--target-dir"])
        .arg(target)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let words = BufReader::new(waiting.stderr.take().unwrap())
        .lines()
        .next();
    assert!(
        words
            .unwrap()
            .unwrap()
            .contains("Blocking waiting for file lock")
    );

    for (file, from, to) in [(LEAF, "\"warm\"", "\"two\""), (BASE, "\"one\"", "\"two\"")] {
        workspace.edit(file, from, to);
        session.wait_for("live");
    }
    assert!(session.ask("ask").contains("page=two widget=two"));
    waiting.kill().unwrap();
    waiting.wait().unwrap();
}

/// Takes all of cargo's locks below a target directory.
fn locks(folder: &Path) -> Vec<File> {
    let mut held = Vec::new();
    for file in files(folder) {
        let name = file.file_name().unwrap().to_string_lossy();
        if name.starts_with(".cargo") && name.ends_with("lock") {
            let lock = File::open(file).unwrap();
            lock.lock().unwrap();
            held.push(lock);
        }
    }
    held
}

#[test]
fn generations_have_the_requested_debug_information() {
    let sizes = ["none", "lines", "full"].map(|choice| {
        let workspace = Workspace::new("basic", &format!("debuginfo_{choice}"));
        let mut session = workspace.run().arguments(["--debuginfo", choice]).ready();
        workspace.edit(LEAF, "\"one\"", "\"two\"");
        let live = session.wait_for("live");
        let maps = fs::read_to_string(format!("/proc/{}/maps", live["pid"])).unwrap();
        let build = live["build_id"].as_str().unwrap();
        let mut mapped = maps
            .lines()
            .filter_map(|line| Some(&line[line.find('/')?..]));
        let library = mapped.find(|path| path.contains(build)).unwrap();
        let bytes = fs::read(library).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        file.section_by_name(".debug_info")
            .map_or(0, |it| it.size())
    });
    assert_eq!(sizes[0], 0);
    assert!(sizes.is_sorted_by(|less, more| less < more), "{sizes:?}");
}

#[test]
fn a_quiet_session_restarts_its_host() {
    let workspace = Workspace::new("basic", "quiet_restart");
    let mut session = workspace.run().arguments(["--quiet"]).ready();
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("model=two"));
}

#[test]
fn a_leaf_can_use_a_macro_from_its_own_crate() {
    let workspace = Workspace::new("basic", "proc_macro");
    workspace.write(
        "shout/Cargo.toml",
        "[package]\nname = \"shout\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\nproc-macro = \
         true\n",
    );
    workspace.write(
        "shout/src/lib.rs",
        "use proc_macro::TokenStream;\n\n#[proc_macro]\npub fn shout(text: TokenStream) -> \
         TokenStream {\n    \
         text.to_string().to_uppercase().parse().unwrap()\n}\n",
    );
    workspace.edit("Cargo.toml", "members = [", "members = [\"shout\", ");
    let manifest = workspace.read("pages/Cargo.toml") + "shout.path = \"../shout\"\n";
    workspace.write("pages/Cargo.toml", &manifest);
    workspace.edit("pages/src/lib.rs", "\"one\"", "shout::shout!(\"one\")");
    let mut session = workspace.run().ready();
    assert!(session.ask("ask").contains("page=ONE "));
    workspace.edit("pages/src/lib.rs", "(\"one\")", "(\"two\")");
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("page=TWO "));
}

//! What cargo builds in a session's own target directory, with the user's settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use hotmod_testkit::{Session, Workspace, compiled, files};

fn cargo_build(workspace: &Workspace) -> Vec<String> {
    let output = workspace.command("cargo").arg("build").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    compiled(&text)
}

/// All files of the user's build, and what would tell that one was touched.
fn user_files(directory: &Path) -> BTreeMap<PathBuf, (SystemTime, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // Any cargo that runs here, `cargo metadata` too, notes what rustc said of itself.
        if path.ends_with("target/hotmod") || path.ends_with(".rustc_info.json") {
            continue;
        }
        if path.is_dir() {
            found.extend(user_files(&path));
        } else {
            let modified = path.metadata().unwrap().modified().unwrap();
            let content = fs::read(&path).unwrap();
            found.insert(path, (modified, content));
        }
    }
    found
}

/// The fixture `records` has programs in two packages.
const APP: [&str; 2] = ["-p", "app"];

/// Edits the leaf of the fixture `records`, and waits until that is live.
fn edit_leaf(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(
        "leaf/src/lib.rs",
        &format!("\"{from}\""),
        &format!("\"{to}\""),
    );
    session.wait_for("live");
    let answer = session.ask("?");
    assert!(answer.contains(to), "{answer}");
}

/// One record of a session.
fn record(workspace: &Workspace, crate_name: &str) -> PathBuf {
    beside_units(workspace, crate_name, ".json")
}

/// What of a session lies beside a unit.
fn beside_units(workspace: &Workspace, crate_name: &str, ending: &str) -> PathBuf {
    let mut found = Vec::new();
    collect(&workspace.target().join("hotmod"), &mut found);
    found.retain(|path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        path.parent().unwrap().ends_with("session/units")
            && name.starts_with(&format!("{crate_name}-"))
            && name.ends_with(ending)
    });
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn a_warm_workspace_is_not_built_again() {
    let workspace = Workspace::new("records", "warm").with_own_target();
    let cold = cargo_build(&workspace);
    for name in [
        "itoa",
        "libc",
        "proc-macro2",
        "syn",
        "tokio",
        "tokio-macros",
    ] {
        assert!(cold.iter().any(|it| it == name), "no `{name}` in {cold:?}");
    }
    let before = user_files(workspace.target());

    let mut session = workspace.run().arguments(APP).ready();
    let local = [
        "app",
        "base",
        "hotmod",
        "hotmod-macros",
        "hotmod-protocol",
        "leaf",
        "middle",
        "model",
    ];
    assert_eq!(compiled(&session.screen()), local, "{}", session.screen());
    let answer = session.ask("first");
    assert_eq!(
        answer,
        "first gen=0 2 one made 7 40 base-one words model-one leaf-one model=model-one"
    );
    edit_leaf(&workspace, &mut session, "leaf-one", "leaf-two");
    session.interrupt();
    let after = user_files(workspace.target());
    let touched = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let touched: Vec<_> = before.keys().chain(after.keys()).filter(touched).collect();
    assert!(touched.is_empty(), "{touched:?}");

    // The edit is in the baseline now; everything else is as it was.
    let mut session = workspace.run().arguments(APP).ready();
    assert_eq!(compiled(&session.screen()), ["app", "leaf"]);
    session.interrupt();
    let mut session = workspace.run().arguments(APP).ready();
    assert_eq!(compiled(&session.screen()), [""; 0]);
    edit_leaf(&workspace, &mut session, "leaf-two", "leaf-one");
    session.interrupt();

    // Saved again by the edits, so cargo takes the leaf as new; nothing but that.
    let again = cargo_build(&workspace);
    assert!(
        again.iter().all(|it| it == "leaf" || it == "app"),
        "{again:?}"
    );
    assert_eq!(cargo_build(&workspace), [""; 0]);

    // A record that is gone, or that another tool wrote, is made again: by a build of that unit.
    fs::remove_file(record(&workspace, "base")).unwrap();
    let host = record(&workspace, "app");
    let text = fs::read_to_string(&host).unwrap();
    fs::write(&host, text.replacen("\"tool\": \"", "\"tool\": \"9", 1)).unwrap();
    let mut session = workspace.run().arguments(APP).ready();
    let screen = session.screen();
    assert!(compiled(&screen).contains(&"base".to_owned()), "{screen}");
    assert!(compiled(&screen).contains(&"app".to_owned()), "{screen}");
    edit_leaf(&workspace, &mut session, "leaf-one", "leaf-two");
}

#[test]
fn a_first_session_compiles_no_crate_of_a_registry_again() {
    let workspace = Workspace::new("basic", "other_features").with_own_target();
    // As few features as any package may ask for: each that a session added would be one more.
    workspace.edit(
        "app/Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\n\
         libc = { version = \"0.2\", default-features = false }\n\
         proc-macro2 = { version = \"1\", default-features = false }\n\
         quote = { version = \"1\", default-features = false }\n\
         syn = { version = \"3\", default-features = false, features = [\"parsing\"] }\n",
    );
    let cold = cargo_build(&workspace);
    for name in ["libc", "proc-macro2", "quote", "syn"] {
        assert!(cold.iter().any(|it| it == name), "no `{name}` in {cold:?}");
    }
    let session = workspace.run().ready();
    let mut again = compiled(&session.screen());
    let local = ["app", "model", "pages", "widgets"];
    again.retain(|name| !local.contains(&name.as_str()));
    assert_eq!(again, ["hotmod", "hotmod-macros", "hotmod-protocol"]);
}

#[test]
fn build_scripts_are_run_by_cargo() {
    let workspace = Workspace::new("records", "build_scripts");
    let mut session = workspace.run().arguments(APP).ready();
    let mut restarted = |file: &str, from: &str, to: &str, reason: &str, shown: &str| {
        workspace.edit(file, from, to);
        assert_eq!(session.wait_for("restarted")["reason"], reason);
        session.wait_for_answer("ready");
        let answer = session.ask("?");
        assert!(answer.contains(shown), "{answer}");
    };
    restarted(
        "base/name.txt",
        "one",
        "two",
        "the build script of `base` now prints `cargo::rustc-env=BASE_NAME=two`",
        " two made 7 ",
    );
    restarted(
        "base/native.c",
        "return 7",
        "return 8",
        "the build script of `base` writes different content to `libhotmod_base.a`",
        " two made 8 ",
    );
    restarted(
        "base/build.rs",
        "\\\"made\\\"",
        "\\\"new\\\"",
        "`base/build.rs` changed, and the build script of `base` reads it",
        " two new 8 ",
    );
    // It names no file, so all files of its package count.
    let reason = "the build script of `middle` now prints `cargo::rustc-env=WORDS=phrases`";
    restarted("middle/words.txt", "words", "phrases", reason, " phrases ");
    let reason = "`model/name.txt` changed, and `model` is not reloadable";
    restarted(
        "model/name.txt",
        "model-one",
        "model-two",
        reason,
        "model=model-two",
    );

    // What they gave to their crates is there in a generation too.
    workspace.edit("base/src/lib.rs", "\"base-one\"", "\"base-two\"");
    session.wait_for("live");
    let answer = session.ask("last");
    assert_eq!(
        answer,
        "last gen=1 2 two new 8 40 base-two phrases model-two leaf-one model=model-two"
    );
}

#[test]
fn each_program_of_a_workspace_is_a_host() {
    let workspace = Workspace::new("records", "hosts");
    let hosts: [(&[&str], &str); 4] = [
        (&APP, "? gen=1 "),
        (&["-p", "app", "--bin", "second"], "second ? gen=1 "),
        (&["-p", "app", "--example", "shown"], "example ? gen=1 "),
        (&["--package", "leaf"], "own ? gen=1 "),
    ];
    for (arguments, begin) in hosts {
        let mut session = workspace.run().arguments(arguments).ready();
        workspace.edit("leaf/src/lib.rs", "\"leaf-one\"", "\"leaf-two\"");
        session.wait_for("live");
        let answer = session.ask("?");
        assert!(
            answer.starts_with(begin) && answer.contains("leaf-two"),
            "{answer}"
        );
        session.interrupt();
        workspace.edit("leaf/src/lib.rs", "\"leaf-two\"", "\"leaf-one\"");
    }
    // One does not undo the other.
    for arguments in [
        &APP as &[&str],
        &["-p", "app", "--bin", "second"],
        &APP,
        &["-p", "app", "--bin", "second"],
    ] {
        let mut session = workspace.run().arguments(arguments).ready();
        session.interrupt();
    }
    let mut session = workspace.run().arguments(APP).ready();
    assert_eq!(compiled(&session.screen()), [""; 0]);
    session.interrupt();

    let mut session = workspace
        .run()
        .arguments(["-p", "app", "--features", "loud"])
        .ready();
    assert!(session.ask("?").contains("leaf-one!"));
    edit_leaf(&workspace, &mut session, "leaf-one", "leaf-two");
    assert!(session.ask("?").contains("leaf-two!"));
}

/// A session of the fixture `basic` in which an edit goes live; what was on its screen.
fn basic_reloads(workspace: &Workspace, mut session: Session) -> String {
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    let answer = session.ask("ask");
    assert!(answer.ends_with("widget=two generation=1"), "{answer}");
    session.interrupt();
    workspace.edit("widgets/src/lib.rs", "\"two\"", "\"one\"");
    session.screen()
}

/// The triple that rustc builds for by itself.
fn triple() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    lines
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

#[test]
fn a_session_takes_cargos_selections() {
    let workspace = Workspace::new("basic", "selections");
    let manifest = workspace.read("Cargo.toml");
    workspace.write(
        "Cargo.toml",
        &format!("{manifest}\n[profile.quick]\ninherits = \"dev\"\ndebug = 0\n"),
    );
    let other = workspace.target().with_file_name("other-target");
    let other = other.to_str().unwrap();
    let triple = triple();
    let selections: [&[&str]; 4] = [
        &["--release"],
        &["--profile", "quick"],
        &["--target", &triple],
        &["--target-dir", other],
    ];
    for arguments in selections {
        basic_reloads(&workspace, workspace.run().arguments(arguments).ready());
    }
    assert!(Path::new(other).join("hotmod").is_dir());

    let manifest = workspace.path("Cargo.toml");
    let mut run = workspace
        .run()
        .arguments(["--manifest-path", manifest.to_str().unwrap()]);
    run = run.directory(Path::new("/"));
    basic_reloads(&workspace, run.ready());
}

#[test]
fn unsupported_settings_are_overridden_and_reported() {
    let workspace = Workspace::new("basic", "set_aside");
    let manifest = workspace.read("Cargo.toml");
    let profile = "[profile.dev]\npanic = \"abort\"\nlto = \"thin\"\nstrip = true\n";
    workspace.write("Cargo.toml", &format!("{manifest}\n{profile}"));
    workspace.write(
        ".cargo/config.toml",
        "[build]\nrustc-workspace-wrapper = \"/usr/bin/env\"\n",
    );
    let run = workspace.run().variable("RUSTC_WRAPPER", "/usr/bin/env");
    let screen = basic_reloads(&workspace, run.ready());
    for said in [
        "`panic = \"abort\"` in `",
        "`lto = \"thin\"` in `",
        "`strip = true` in `",
        "`RUSTC_WRAPPER=/usr/bin/env` is not used in a session",
        "`build.rustc-workspace-wrapper` of `",
    ] {
        assert_eq!(screen.matches(said).count(), 1, "`{said}` in:\n{screen}");
    }
}

#[test]
fn the_users_linker_is_used() {
    let workspace = Workspace::new("basic", "own_linker");
    let config = "[build]\nrustflags = [\"-C\", \"link-arg=-fuse-ld=bfd\"]\n";
    workspace.write(".cargo/config.toml", config);
    basic_reloads(&workspace, workspace.run().ready());
}

/// How a session ends that is refused.
fn refused(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(hotmod_testkit::tool());
    command.args(["hotmod", "run"]).args(arguments);
    command.output().unwrap()
}

#[test]
fn static_targets_are_refused() {
    let workspace = Workspace::new("basic", "static_target");
    let output = refused(&workspace, &["--target", "x86_64-unknown-linux-musl"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("`x86_64-unknown-linux-musl` links its libraries statically"),
        "{text}"
    );
    assert!(
        text.contains("use a target with a dynamic C library"),
        "{text}"
    );
}

#[test]
fn unsupported_flags_are_refused() {
    let workspace = Workspace::new("basic", "refused_flags");
    for (flags, named) in [
        (
            "-C target-feature=+crt-static",
            "`crt-static` in `RUSTFLAGS`",
        ),
        ("-C panic=abort", "`panic=abort` in `RUSTFLAGS`"),
    ] {
        let mut session = workspace.run().variable("RUSTFLAGS", flags).start();
        assert_eq!(session.wait().code(), Some(2));
        let screen = session.screen();
        assert!(screen.contains(named), "{screen}");
        assert!(screen.contains("help: a session loads code"), "{screen}");
    }

    // What a configuration file asks for is known when cargo has read it.
    let config = "[build]\nrustflags = [\"-C\", \"panic=abort\"]\n";
    workspace.write(".cargo/config.toml", config);
    let mut session = workspace.run().start();
    let event = session.wait_for("compile-error")["rendered"].to_string();
    assert!(
        event.contains("`panic=abort` does not work in a session"),
        "{event}"
    );
    assert!(
        event.contains("help: remove it from `RUSTFLAGS`"),
        "{event}"
    );
    assert_eq!(session.count("host-started"), 0);
}

#[test]
fn a_newly_marked_crate_joins_the_group() {
    let workspace = Workspace::new("basic", "newly_marked");
    let mut session = workspace.run().ready();
    let manifest = workspace.read("model/Cargo.toml");
    let marked = format!("{manifest}\n[package.metadata.hotmod]\nreloadable = true\n");
    workspace.write("model/Cargo.toml", &marked);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    // Its own function: what the host calls without an entry point asks for a restart.
    workspace.edit(
        "model/src/lib.rs",
        "fetch_add(1, Ordering::Relaxed) + 1\n}\n",
        "fetch_add(1, Ordering::Relaxed) + 1\n}\n\npub(crate) fn one() {}\n",
    );
    let live = session.wait_for("live");
    assert_eq!(live["crates"].as_array().unwrap()[0], "model");
    session.interrupt();

    // The other way round, between two sessions.
    workspace.write("model/Cargo.toml", &manifest);
    let mut session = workspace.run().ready();
    workspace.edit("model/src/lib.rs", "fn one", "fn two");
    let reason = "`model/src/lib.rs` changed, and `model` is not reloadable";
    assert_eq!(session.wait_for("verdict")["reason"], reason);
    session.interrupt();
    workspace.write("model/Cargo.toml", &marked);
    let mut session = workspace.run().ready();
    workspace.edit("model/src/lib.rs", "fn two", "fn three");
    session.wait_for("live");
}

#[test]
fn an_emptied_target_directory_is_filled_again() {
    let workspace = Workspace::new("basic", "emptied_target").with_own_target();
    let mut session = workspace.run().ready();
    // So that nothing is being built when it goes.
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    fs::remove_dir_all(workspace.target()).unwrap();
    workspace.edit("pages/src/lib.rs", "\"two\"", "\"three\"");
    let restarted = session.wait_for("restarted");
    assert_eq!(
        restarted["reason"],
        "build artifacts are missing from the target directory"
    );
    session.wait_for_answer("ready");
    workspace.edit("pages/src/lib.rs", "\"three\"", "\"four\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=four "));
}

#[test]
fn a_build_script_added_during_a_session_is_run() {
    let workspace = Workspace::new("basic", "new_build_script");
    let mut session = workspace.run().ready();
    workspace.write(
        "pages/build.rs",
        "fn main() {\n    println!(\"cargo:rerun-if-changed=build.rs\");\n    \
         println!(\"cargo:rustc-env=MADE=made\");\n}\n",
    );
    let restarted = session.wait_for("restarted");
    assert_eq!(restarted["reason"], "`pages/build.rs` changed");
    session.wait_for_answer("ready");
    workspace.edit("pages/src/lib.rs", "\"one\"", "env!(\"MADE\")");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=made "));
}

#[test]
fn an_unmarked_crate_leaves_the_group() {
    let workspace = Workspace::new("basic", "unmarked");
    let mut session = workspace.run().ready();
    workspace.edit(
        "widgets/Cargo.toml",
        "reloadable = true",
        "reloadable = false",
    );
    // A sandwich would keep it: `pages` alone is left.
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(
        session.wait_for("live")["crates"],
        serde_json::json!(["pages"])
    );
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(
        session.wait_for("restarted")["reason"],
        "`widgets/src/lib.rs` changed, and `widgets` is not reloadable"
    );
}

#[test]
fn a_damaged_record_of_a_link_is_recreated() {
    let workspace = Workspace::new("direct", "damaged_symbols").with_own_target();
    workspace.run().ready().interrupt();
    let symbols = beside_units(&workspace, "app", ".symbols");
    let whole = fs::read(&symbols).unwrap();
    fs::write(&symbols, &whole[..whole.len() / 2]).unwrap();
    let mut session = workspace.run().ready();
    assert_eq!(fs::read(&symbols).unwrap(), whole);
    workspace.edit("pages/src/lib.rs", "table-1", "table-2");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "restarted", "{event}");
}

/// The objects in rustc's newest incremental state of a crate, by inode. rustc links those that it
/// reuses.
fn kept_objects(workspace: &Workspace, crate_name: &str) -> BTreeSet<u64> {
    let prefix = format!("{crate_name}-");
    let is_of_crate = |path: &Path| {
        let mut folders = path.iter().map(|it| it.to_str().unwrap());
        folders.any(|it| it == "incremental") && folders.any(|it| it.starts_with(&prefix))
    };
    let mut states: BTreeMap<PathBuf, BTreeSet<u64>> = BTreeMap::new();
    for file in files(&workspace.target().join("hotmod")) {
        if file.extension().is_some_and(|it| it == "o") && is_of_crate(&file) {
            let inode = file.metadata().unwrap().ino();
            let state = file.parent().unwrap().to_owned();
            states.entry(state).or_default().insert(inode);
        }
    }
    let modified = |state: &PathBuf| state.metadata().unwrap().modified().unwrap();
    let newest = states.into_iter().max_by_key(|(state, _)| modified(state));
    newest.expect("it was compiled").1
}

#[test]
fn a_restart_uses_the_incremental_state_of_the_host() {
    let workspace = Workspace::new("unmarked", "incremental_restart").with_own_target();
    let mut session = workspace.run().variable("CARGO_INCREMENTAL", "1").ready();
    let mut restart = |from: &str, to: &str| {
        workspace.edit("model/src/lib.rs", from, to);
        session.wait_for("restarted");
        session.wait_for_answer("ready");
        kept_objects(&workspace, "app")
    };
    // The shared dylib, which the host is linked with, contains `model`, and so another one is built.
    let before = restart("untitled", "nameless");
    let after = restart("nameless", "unnamed");
    let reused = before.intersection(&after).count();
    assert!(reused > after.len() / 2, "{reused} of {}", after.len());
}

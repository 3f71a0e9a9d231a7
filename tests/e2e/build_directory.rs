//! Cargo's build directory. Its layout can change between versions, users can move it, and two sessions
//! can build in it.

use std::fs;

use hotmod_testkit::{Session, Workspace, compiled, files, given, is_installed, use_toolchain};

use super::process::eventually;
use super::startup::with_cargo;

/// The members of the workspace: cargo builds them otherwise for a session.
const MEMBERS: [&str; 4] = ["app", "model", "pages", "widgets"];

/// A workspace in which the build script of a reloadable crate reads a file.
fn with_script(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test).with_own_target();
    workspace.write("pages/name.txt", "first");
    workspace.write(
        "pages/build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=name.txt\");\n    \
         println!(\"cargo::rustc-env=NAME={}\", std::fs::read_to_string(\"name.txt\").unwrap());\n}\n",
    );
    workspace.edit(
        "pages/src/lib.rs",
        "\"one\"",
        "concat!(\"one-\", env!(\"NAME\"))",
    );
    workspace
}

/// Builds as its user does, then runs sessions with these variables.
fn reloads_and_restarts(
    workspace: &Workspace,
    toolchain: Option<&str>,
    variables: &[(&str, &str)],
) {
    let mut build = workspace.command("cargo");
    build.envs(variables.iter().copied());
    // With the feature and the setting of a session's build: these make other artefacts.
    build.args([
        "build",
        "--quiet",
        "--package",
        "app",
        "--features",
        "hotmod/live",
    ]);
    build.args(["--config", "profile.dev.package.hotmod.opt-level=3"]);
    let session = || -> Session {
        let mut run = workspace.run();
        for (name, value) in variables {
            run = run.variable(name, value);
        }
        if let Some(toolchain) = toolchain {
            run = run.toolchain(toolchain);
        }
        run.ready()
    };
    if let Some(toolchain) = toolchain {
        use_toolchain(&mut build, toolchain);
    }
    assert!(build.status().unwrap().success());

    let mut running = session();
    let screen = running.screen();
    assert_eq!(compiled(&screen), MEMBERS, "{screen}");
    assert!(running.ask("ask").contains("page=one-first "));
    workspace.edit("pages/src/lib.rs", "\"one-\"", "\"two-\"");
    running.wait_for("live");
    assert!(running.ask("ask").contains("page=two-first "));
    workspace.write("pages/name.txt", "second");
    running.wait_for("restarted");
    running.wait_for_answer("ready");
    assert!(running.ask("ask").contains("page=two-second "));
    // It names what it reads, and that was found.
    let screen = running.screen();
    assert!(!screen.contains("names no file"), "{screen}");
    running.interrupt();

    // All that the first session recorded is found by the second.
    let mut running = session();
    assert_eq!(compiled(&running.screen()), [""; 0], "{}", running.screen());
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    running.wait_for("live");
    assert!(running.ask("ask").contains("widget=two "));
}

#[test]
fn a_separate_build_directory_seeds_the_sessions() {
    let workspace = with_script("set_apart");
    workspace.write(".cargo/config.toml", "[build]\nbuild-dir = \"made\"\n");
    let made = workspace.path("made");
    let _ = std::fs::remove_dir_all(&made);
    reloads_and_restarts(&workspace, None, &[]);
    assert!(made.is_dir() && !made.join("hotmod").exists());
}

/// Only nightly's cargo has the new layout.
#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it should know")]
fn the_new_layout_of_the_build_directory_is_understood() {
    if !is_installed("nightly") {
        return println!("not run: rustup has no nightly");
    }
    let workspace = with_script("new_layout");
    let layout = [("CARGO_UNSTABLE_BUILD_DIR_NEW_LAYOUT", "true")];
    reloads_and_restarts(&workspace, Some("nightly"), &layout);
}

#[test]
fn two_sessions_of_a_workspace_follow_a_version_that_is_edited() {
    let workspace = Workspace::new("basic", "two_hosts");
    let program = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/second.rs", &program);
    let hosts = ["app", "second"];
    let mut sessions = hosts.map(|host| workspace.run_as(host).arguments(["--bin", host]).ready());
    for version in 1..=given("EDITS").unwrap_or(2) {
        let manifest = workspace.read("pages/Cargo.toml");
        let lines = manifest
            .lines()
            .map(|line| match line.starts_with("version") {
                true => format!("version = \"0.1.{version}\"\n"),
                false => format!("{line}\n"),
            });
        workspace.write("pages/Cargo.toml", &lines.collect::<String>());
        for session in &mut sessions {
            let event = session.wait_for_any(&["restarted", "error", "compile-error"]);
            assert_eq!(event["event"], "restarted", "{event}");
            session.wait_for_answer("ready");
        }
    }
    // Both reload what is theirs by now.
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    for session in &mut sessions {
        let event = session.wait_for_any(&["live", "error", "compile-error"]);
        assert_eq!(event["event"], "live", "{event}");
        assert!(session.ask("ask").contains("page=two "));
    }
}

/// A session removes artifacts that it needs to be built again. In another session, rustc may be about to
/// read them.
#[test]
fn a_build_waits_for_that_of_another_session() {
    let workspace = Workspace::new("basic", "two_builds");
    let program = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/second.rs", &program);
    let first = with_cargo(&workspace, "cargo-pause").arguments(["--bin", "app"]);
    let mut first = first.ready();

    // Cargo takes `pages` as fresh. But its record is missing, so it has to be built again.
    for file in files(&workspace.target().join("hotmod")) {
        let path = file.to_string_lossy();
        if path.contains("/two_builds-") && path.contains("/units/pages-") {
            fs::remove_file(file).unwrap();
        }
    }
    let fifo = workspace.fifo();
    let pause = "if [ \"$1\" = run ]; then $real \"$@\"; touch paused; read line < ";
    workspace.write("cargo-pause", &format!("{pause}{fifo:?}; exit 0; fi\n"));
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    eventually("cargo has run", || workspace.path("paused").exists());

    let mut second = workspace
        .run_as("second")
        .arguments(["--bin", "second"])
        .start();
    let words = "Blocking waiting for a build of another session";
    eventually("the second session waits", || {
        second.screen().contains(words)
    });
    assert_eq!(second.count("host-started"), 0);
    fs::remove_file(workspace.path("cargo-pause")).unwrap();
    fs::write(fifo, "\n").unwrap();
    for (session, outcome) in [(&mut first, "restarted"), (&mut second, "host-started")] {
        let event = session.wait_for_any(&[outcome, "error", "compile-error"]);
        assert_eq!(event["event"], outcome, "{event}");
        session.wait_for_answer("ready");
    }
}

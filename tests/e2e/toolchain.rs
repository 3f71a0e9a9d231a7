//! The toolchain is rustup's choice, or the user's, and may change during a session.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use hotmod_testkit::{Session, Workspace, is_installed, let_rustup_choose, tool, write_script};

/// A command of the tool's in a shell in which rustup chooses the toolchain.
fn in_shell(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.command(tool());
    let_rustup_choose(&mut command);
    command.arg("hotmod").args(arguments);
    command
        .env("RUST_BACKTRACE", "1")
        .env("RUSTUP_AUTO_INSTALL", "0");
    command
}

/// All that a command writes.
fn words(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    stdout + &stderr
}

fn pin(workspace: &Workspace, channel: &str) {
    let text = format!("[toolchain]\nchannel = \"{channel}\"\n");
    workspace.write("rust-toolchain.toml", &text);
}

#[test]
fn a_toolchain_that_is_not_installed_is_named_once() {
    let workspace = Workspace::outside_checkout("basic", "not_installed");
    pin(&workspace, "1.50");
    // A demo that an earlier run of the test made.
    let _ = fs::remove_dir_all(workspace.path("new"));
    for arguments in [
        &["doctor"][..],
        &["run"],
        &["list"],
        &["init"],
        &["demo", "new"],
    ] {
        let words = words(&mut in_shell(&workspace, arguments));
        let install = words
            .lines()
            .filter(|it| it.contains("rustup toolchain install 1.50"));
        assert_eq!(install.count(), 1, "{arguments:?}: {words}");
        assert_eq!(
            words.matches("is not installed").count(),
            1,
            "{arguments:?}: {words}"
        );
        assert!(!words.contains("backtrace"), "{arguments:?}: {words}");
    }
}

/// A folder like `real`, file for file, without those whose name begins so.
fn link_all(real: &Path, folder: &Path, but: &str) {
    fs::create_dir_all(folder).unwrap();
    for entry in fs::read_dir(real).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(but) {
            symlink(entry.path(), folder.join(name)).unwrap();
        }
    }
}

#[test]
fn a_compiler_without_a_dynamic_libstd_is_refused_with_a_fix() {
    let workspace = Workspace::new("basic", "no_dynamic_std");
    let mut rustc = workspace.command("rustc");
    let libdir = words(rustc.args(["--print", "target-libdir"]));
    let libdir = Path::new(libdir.trim());
    let target = libdir.parent().unwrap().file_name().unwrap();
    let sysroot = workspace.path("sysroot");
    let _ = fs::remove_dir_all(&sysroot);
    link_all(
        libdir,
        &sysroot.join("lib/rustlib").join(target).join("lib"),
        "libstd-",
    );
    // As Debian's packages are: all there, but this one library.
    let compiler = workspace.path("rustc");
    let script = format!(
        "#!/bin/sh\nexec rustc --sysroot '{}' \"$@\"\n",
        sysroot.display()
    );
    write_script(&compiler, &script);
    for command in ["run", "doctor"] {
        let mut tool = workspace.command(tool());
        let words = words(tool.args(["hotmod", command]).env("RUSTC", &compiler));
        assert!(
            words.contains("there is no dynamic libstd for `"),
            "{words}"
        );
        assert!(
            words.contains("use a toolchain from https://rustup.rs"),
            "{words}"
        );
        assert!(!words.contains("rustup target add"), "{words}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it should know")]
fn a_toolchain_file_that_comes_during_a_session_changes_the_toolchain() {
    if !is_installed("nightly") {
        return println!("not run: rustup has no nightly");
    }
    let workspace = Workspace::new("basic", "toolchain_file");
    let mut session = workspace.run().chosen_by_rustup().ready();
    let restarted = |session: &mut Session, name: &str| {
        let reason = "`rust-toolchain.toml` changed";
        assert_eq!(session.wait_for("restarted")["reason"], reason);
        session.wait_for_answer("ready");
        let note = format!("everything is compiled with `rustc {name}");
        assert!(session.screen().contains(&note), "{}", session.screen());
    };
    pin(&workspace, "nightly");
    restarted(&mut session, "");
    assert!(
        session.screen().contains("-nightly ("),
        "{}",
        session.screen()
    );
    assert!(session.ask("ask").contains("page=one "));
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(
        session.wait_for_any(&["live", "restarted"])["event"],
        "live"
    );
    assert!(session.ask("ask").contains("page=two "));

    // One that is not there changes nothing, and the program goes on.
    pin(&workspace, "1.50");
    let error = session.wait_for("error");
    assert!(
        error["help"]
            .as_str()
            .unwrap()
            .contains("rustup toolchain install 1.50"),
        "{error}"
    );
    assert!(session.ask("ask").contains("page=two "));

    fs::remove_file(workspace.path("rust-toolchain.toml")).unwrap();
    restarted(&mut session, "");
    assert!(session.ask("ask").contains("page=two "));
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(
        session.wait_for_any(&["live", "restarted"])["event"],
        "live"
    );
    assert!(session.ask("ask").contains("page=two widget=two "));
}

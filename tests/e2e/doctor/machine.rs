//! Problems of the machine: limits and mounts, in the test's own namespaces.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{doctor, findings};
use hotmod_testkit::{Workspace, tool};

/// The doctor after these commands of a shell, which change nothing outside.
fn after(workspace: &Workspace, commands: &str) -> (Option<i32>, Vec<Value>) {
    let mut command = workspace.command("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-ec"]);
    let tool = tool().display();
    command
        .arg(format!("{commands}\nexec '{tool}' doctor \"$@\""))
        .arg("sh");
    findings(&mut command)
}

fn assert_one(found: &(Option<i32>, Vec<Value>), code: i32, what: &str, help: &str) {
    let (its, found) = found;
    assert_eq!((*its, found.len()), (Some(code), 1), "{found:#?}");
    let of = |field: &str| found[0][field].as_str().unwrap();
    assert!(of("what").contains(what), "{found:#?}");
    assert!(of("help").contains(help), "{found:#?}");
}

#[test]
fn limits_of_watches_are_found_by_trying() {
    let workspace = Workspace::new("basic", "doctor_limits").with_own_target();
    let limit = |name: &str, value: u32| {
        after(
            &workspace,
            &format!("echo {value} > /proc/sys/user/max_inotify_{name}"),
        )
    };
    assert_one(
        &limit("watches", 3),
        0,
        "the system can't watch ",
        "raise the limit: `sudo sysctl fs.inotify.max_user_watches=",
    );
    assert_one(
        &limit("instances", 0),
        1,
        "cannot watch files: ",
        "raise the limit: `sudo sysctl fs.inotify.max_user_instances=",
    );
    assert_eq!(limit("watches", 1000).0, Some(0));
}

#[test]
fn file_systems_that_cannot_hold_a_build_are_named() {
    let workspace = Workspace::new("basic", "doctor_mounts").with_own_target();
    fs::create_dir_all(workspace.target()).unwrap();
    let mounted = |options: &str| {
        let target = workspace.target().display();
        after(
            &workspace,
            &format!("mount -t tmpfs -o {options} none '{target}'"),
        )
    };
    let help = "use another target directory: `--target-dir`";
    assert_one(&mounted("noexec"), 1, "mounted with `noexec`", help);
    assert_one(&mounted("ro"), 1, "can't be written to", help);
    assert_one(
        &mounted("size=10m"),
        0,
        "only 10 MB are free for `",
        "free some disk space, or use another target directory: `--target-dir`",
    );
}

#[test]
fn a_build_directory_on_another_file_system_is_named() {
    let workspace = Workspace::new("basic", "doctor_build_directory").with_own_target();
    let build = workspace.path("made");
    fs::create_dir_all(&build).unwrap();
    let shown = build.display();
    let found = after(
        &workspace,
        &format!("mount -t tmpfs none '{shown}'; export CARGO_BUILD_BUILD_DIR='{shown}'"),
    );
    assert_one(
        &found,
        0,
        "are on different file systems",
        "put both on the same file system",
    );
}

#[test]
fn a_socket_is_created_as_a_trial() {
    let workspace = Workspace::new("basic", "doctor_socket").with_own_target();
    let long = workspace.path("a".repeat(100));
    fs::create_dir_all(&long).unwrap();
    let at = |folder: &Path| findings(doctor(&workspace).env("XDG_RUNTIME_DIR", folder));
    assert_one(
        &at(&long),
        1,
        "SUN_LEN",
        "set `XDG_RUNTIME_DIR` to a folder that you own, with a short path",
    );
    assert!(
        fs::read_dir(&long).unwrap().next().is_none(),
        "it left something"
    );
    assert_one(
        &at(Path::new("/proc/self")),
        1,
        "can't be created in `/proc/self`",
        "set `XDG_RUNTIME_DIR`",
    );
}

#[test]
fn without_a_compiler_the_rest_is_checked() {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool());
    command.arg("doctor").current_dir(elsewhere.path());
    let found = findings(command.env("RUSTC", "none-such-rustc"));
    assert_one(
        &found,
        1,
        "could not run `none-such-rustc`",
        "install Rust, or set `RUSTC` to the compiler to use",
    );
}

//! Folders that are not writable.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Desk, PAGE};
use hotmod_testkit::{Session, Workspace, tool};

/// A session that may do no more than its files' modes say, whoever runs the test.
fn session(workspace: &Workspace) -> Session {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let run = workspace.run();
    let run = match is_root {
        true => run.typed_as(
            "setpriv",
            &[
                "--bounding-set=-dac_override",
                tool().to_str().unwrap(),
                "hotmod",
                "run",
            ],
        ),
        false => run,
    };
    run.ready()
}

#[test]
fn with_a_read_only_target_directory_the_old_code_keeps_running() {
    let workspace = Workspace::new("basic", "read_only_target").with_own_target();
    let session = session(&workspace);
    let mut desk = Desk::new(workspace, session);
    desk.save("one", "two");
    desk.goes_live("two");

    let folders = folders(&desk.workspace.target().join("hotmod"));
    let mode = |mode: u32| {
        for folder in &folders {
            fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    mode(0o555);
    desk.save("two", "three");
    let outcomes = ["live", "refused", "restarted", "compile-error", "error"];
    let outcome = desk.session.wait_for_any(&outcomes);
    assert!(
        outcome["event"] == "error" || outcome["event"] == "compile-error",
        "{outcome}"
    );
    let words = outcome["message"]
        .as_str()
        .or(outcome["rendered"].as_str())
        .unwrap();
    assert!(words.contains("Permission denied"), "{words}");
    desk.shows("two");
    mode(0o755);
    desk.workspace.write(PAGE, &desk.workspace.read(PAGE));
    desk.goes_live("three");
    assert_eq!(desk.session.count("restarted"), 0);
}

#[test]
fn with_a_full_disk_the_old_code_keeps_running_and_the_next_save_goes_live() {
    let in_own_namespace = ["unshare", "--user", "--map-root-user", "--mount"];
    let may_mount = Command::new(in_own_namespace[0])
        .args(&in_own_namespace[1..])
        .arg("true")
        .status()
        .is_ok_and(|it| it.success());
    if !may_mount {
        // Some systems let nobody do that; `links` has the words that a linker says then.
        return;
    }
    let workspace = Workspace::new("basic", "full_disk").with_own_target();
    let folder = workspace.target().join("hotmod");
    fs::create_dir_all(&folder).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size=400m none {folder:?} && exec {:?} hotmod run \"$@\"",
        tool()
    );
    let words = [&in_own_namespace[1..], &["sh", "-c", &mount, "sh"]].concat();
    let session = workspace
        .run()
        .typed_as(in_own_namespace[0], &words)
        .ready();
    let mut desk = Desk::new(workspace, session);
    desk.save("one", "two");
    desk.goes_live("two");

    // The disk is there for the session alone.
    let root = PathBuf::from(format!("/proc/{}/root", desk.session.pid()));
    let fill = root.join(folder.strip_prefix("/").unwrap()).join("fill");
    let mut was = "two";
    for page in ["three", "four"] {
        let full = io::copy(&mut io::repeat(1), &mut File::create(&fill).unwrap()).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        desk.save(was, page);
        let outcomes = ["live", "refused", "restarted", "compile-error", "error"];
        let outcome = desk.session.wait_for_any(&outcomes);
        let is_error = outcome["event"] == "error" || outcome["event"] == "compile-error";
        assert!(is_error, "{outcome}");
        assert!(
            outcome.to_string().contains("No space left on device"),
            "{outcome}"
        );
        desk.shows(was);
        fs::remove_file(&fill).unwrap();
        desk.workspace.write(PAGE, &desk.workspace.read(PAGE));
        desk.goes_live(page);
        was = page;
    }
    assert_eq!(desk.session.count("restarted"), 0);
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(folders(&entry.path()));
        }
    }
    found
}

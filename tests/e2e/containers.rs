//! Sessions in containers: namespaces of their own, with a home, a user or disks that a container may have.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotmod_testkit::{Run, Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// The owner of sources that nobody in the container is.
const STRANGER: u32 = 12_345;

/// A session as root of a container, after these lines of a shell.
fn inside<'a>(workspace: &'a Workspace, lines: &str) -> Run<'a> {
    as_user(workspace, &["--map-root-user", "--mount"], lines)
}

fn as_user<'a>(workspace: &'a Workspace, options: &[&str], lines: &str) -> Run<'a> {
    let script = format!("{lines}\nexec {:?} hotmod run \"$@\"", tool());
    let shell = ["sh", "-ec", &script, "sh"];
    let words: Vec<&str> = options.iter().copied().chain(shell).collect();
    workspace.run().typed_as("unshare", &words)
}

/// Mounts a folder once more, at the same place, with these options.
fn remount(folder: &Path, options: &str) -> String {
    format!("mount --bind {folder:?} {folder:?}\nmount -o remount,bind,{options} {folder:?}")
}

/// An empty folder beside the workspace.
fn folder(workspace: &Workspace, ending: &str) -> PathBuf {
    let folder = workspace.root().with_extension(ending);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder that the toolchain uses: cargo's home, or rustup's.
fn home_of(variable: &str, name: &str) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.unwrap_or_else(|| home.unwrap().join(name))
}

/// Edits a leaf, a base and what is not reloadable.
fn edits(workspace: &Workspace, session: &mut Session) {
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=two widget=two "));
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("model=two "));
    assert_eq!(session.count("error"), 0, "{}", session.screen());
}

/// The file system of a container's mounts on a Mac: what is edited outside sends no events inside.
#[test]
#[ignore = "needs bindfs"]
fn bindfs_sends_no_events_so_the_sources_are_polled() {
    let workspace = Workspace::new("basic", "container_without_events");
    let root = workspace.root();
    // It ends with the tool, which replaces the shell.
    let mount = format!(
        "setpriv --pdeathsig KILL bindfs -f -o nonempty {root:?} {root:?} &\n\
         until mountpoint --quiet {root:?}; do sleep 0.01; done\ncd {root:?}"
    );
    let mut session = inside(&workspace, &mount).ready();
    let notes = session.events();
    let mut notes = notes.iter().filter(|it| it["kind"] == "polled");
    let note = notes
        .next()
        .expect("the session does not say that it polls");
    assert_eq!(notes.next(), None);
    assert!(root.starts_with(note["path"].as_str().unwrap()), "{note}");
    assert!(
        note["file_system"].as_str().unwrap().contains("FUSE"),
        "{note}"
    );
    edits(&workspace, &mut session);
    // By another name, and gone for a while.
    let text = workspace.read(PAGE);
    workspace.write("pages/src/new", &text.replace("two", "three"));
    fs::rename(workspace.path("pages/src/new"), workspace.path(PAGE)).unwrap();
    session.wait_for("live");
    fs::remove_file(workspace.path(PAGE)).unwrap();
    session.wait_for("compile-error");
    workspace.write(PAGE, &text.replace("two", "four"));
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=four "));
    // A question is answered for what was saved before it.
    workspace.write(PAGE, &text.replace("two", "five"));
    assert_eq!(
        session.ask("settle"),
        format!("Live {{ generation: {} }}", 3)
    );
    assert!(session.ask("ask").contains("page=five "));
}

#[test]
fn a_home_that_is_read_only() {
    let workspace = Workspace::new("basic", "container_read_only_home");
    let home = folder(&workspace, "home");
    let [cargo, rustup] = [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")]
        .map(|(variable, name)| home_of(variable, name));
    let mut lines: Vec<String> = [&home, &cargo, &rustup]
        .into_iter()
        .filter(|it| it.is_dir())
        .map(|it| remount(it, "ro"))
        .collect();
    lines.push(format!("! touch {:?} 2>/dev/null", home.join("file")));
    let mut run = inside(&workspace, &lines.join("\n"));
    for (variable, folder) in [
        ("HOME", &home),
        ("CARGO_HOME", &cargo),
        ("RUSTUP_HOME", &rustup),
    ] {
        run = run.variable(variable, folder.to_str().unwrap());
    }
    edits(&workspace, &mut run.ready());
}

#[test]
fn a_user_without_a_name_or_a_home() {
    let workspace = Workspace::new("basic", "container_user");
    // Only its owner can write the lock file.
    let mut lock = workspace.command("cargo");
    let locked = lock.args(["generate-lockfile", "--offline"]).status();
    assert!(locked.unwrap().success());
    // Only root can give its files away. For others, they are at least not those of this user's name.
    let owner = format!("{STRANGER}:{STRANGER}");
    let mut give = Command::new("chown");
    let _ = give.args(["-R", &owner]).arg(workspace.root()).output();
    let options = ["--map-user=4321", "--map-group=4321"];
    let cargo = home_of("CARGO_HOME", ".cargo");
    let rustup = home_of("RUSTUP_HOME", ".rustup");
    let mut session = as_user(&workspace, &options, "")
        .with(|command| {
            for variable in ["HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR"] {
                command.env_remove(variable);
            }
        })
        .variable("CARGO_HOME", cargo.to_str().unwrap())
        .variable("RUSTUP_HOME", rustup.to_str().unwrap())
        .ready();
    let users = fs::read_to_string(format!("/proc/{}/uid_map", session.pid())).unwrap();
    assert!(users.trim().starts_with("4321 "), "{users}");
    edits(&workspace, &mut session);
}

#[test]
fn a_folder_for_temporary_files_from_which_nothing_can_be_run() {
    let workspace = Workspace::new("basic", "container_noexec");
    let temporary = folder(&workspace, "tmp");
    let script = temporary.join("script");
    hotmod_testkit::write_script(&script, "#!/bin/sh\n");
    let lines = format!(
        "{}\n! {script:?} 2>/dev/null",
        remount(&temporary, "noexec")
    );
    let run = inside(&workspace, &lines).variable("TMPDIR", temporary.to_str().unwrap());
    edits(&workspace, &mut run.ready());
}

#[test]
fn without_a_runtime_directory_other_terminals_find_the_session() {
    let workspace = Workspace::new("basic", "container_runtime_directory");
    // Not that of a user who is logged in outside.
    let lines = "[ ! -d /run/user ] || mount -t tmpfs none /run/user";
    let without = |command: &mut Command| _ = command.env_remove("XDG_RUNTIME_DIR");
    let mut session = inside(&workspace, lines).with(without).ready();
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    let mut wait = workspace.command(tool());
    without(&mut wait);
    let output = wait.arg("wait").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(session.ask("ask").contains("page=two "));
}

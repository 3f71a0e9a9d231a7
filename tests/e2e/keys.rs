//! `--keys`: what each key does, in a real terminal.

use std::fs;
use std::path::Path;

use rustix::termios::LocalModes;

use crate::process::{eventually, running};
use hotmod_testkit::{Terminal, Workspace, tool, write_script};

const PAGE: &str = "pages/src/lib.rs";

/// With a host that listens, and that would see it if the keyboard were its own.
fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test);
    workspace.edit(
        "app/src/main.rs",
        "    for line in std::io::stdin()",
        "    let door = std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();\n    \
         println!(\"door={}\", door.local_addr().unwrap().port());\n    \
         let lines = std::io::stdin().lines().count();\n    println!(\"lines={lines}\");\n    \
         loop {\n        if std::fs::remove_file(\"ask\").is_ok() {\n            \
         println!(\"said {}\", pages::page());\n        }\n        \
         std::thread::sleep(std::time::Duration::from_millis(5));\n    }\n    \
         #[allow(unreachable_code)]\n    for line in std::io::stdin()",
    );
    workspace
}

fn executable(path: &Path, script: &str) {
    write_script(path, &format!("#!/bin/sh\n{script}\n"));
}

#[test]
fn each_key_does_what_it_says() {
    let workspace = workspace("keys");
    let bin = workspace.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let opened = workspace.path("opened");
    let _ = fs::remove_file(&opened);
    for browser in ["xdg-open", "wslview"] {
        let opens = format!("echo \"$1\" > {}", opened.display());
        executable(&bin.join(browser), &opens);
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());

    let mut terminal =
        Terminal::with_size(&workspace, (24, 80), &["--keys", "-v"], &[("PATH", &path)]);
    let help = terminal.wait_for("show this help");
    assert!(
        help.contains("r reload now") && help.contains("q quit"),
        "{help}"
    );
    let door = terminal.wait_for("door=");
    let door = door.lines().last().unwrap().trim().strip_prefix("door=");
    let url = format!("http://127.0.0.1:{}/", door.unwrap());
    terminal.wait_for("lines=0");

    terminal.type_in("r");
    terminal.wait_for("Reloaded gen 1 · ");

    let list = |arguments: &[&str]| {
        let mut list = workspace.command(tool());
        let output = list.arg("list").args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let is_paused = || -> (bool, bool) {
        let told: serde_json::Value = serde_json::from_str(&list(&["--format", "json"])).unwrap();
        let is_said = list(&[]).contains(" · paused\n");
        (told["session"]["paused"].as_bool().unwrap(), is_said)
    };
    assert_eq!(is_paused(), (false, false));
    terminal.type_in("p");
    terminal.wait_for("paused");
    assert_eq!(is_paused(), (true, true));
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    terminal.wait_for("the session is paused");
    let wait = || {
        let mut wait = workspace.command(tool());
        wait.arg("wait").output().unwrap().status.code()
    };
    assert_eq!(wait(), Some(7));
    terminal.type_in("r");
    terminal.wait_for("Reloaded gen 2 · pages");
    assert_eq!(wait(), Some(0));
    terminal.type_in("b");
    terminal.wait_for("Rolled back gen 3 · the code of gen 1 again");
    assert_eq!(wait(), Some(10));
    terminal.type_in("b");
    terminal.wait_for("Rolled back gen 4 · the code of gen 0 again");
    terminal.type_in("b");
    terminal.wait_for("error: no generation was live before this one");
    terminal.type_in("r");
    terminal.wait_for("Reloaded gen 5 · ");
    assert_eq!(wait(), Some(0));
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    terminal.wait_for("the session is paused");
    terminal.type_in("p");
    terminal.wait_for("Reloaded gen 6 · pages");
    assert_eq!(is_paused(), (false, false));
    workspace.write("ask", "");
    terminal.wait_for("page=three");

    terminal.type_in("l");
    let listing = terminal.wait_for("gen 6");
    assert!(listing.contains("host: `app`"), "{listing}");
    terminal.wait_for("pages::page");

    terminal.type_in("o");
    terminal.wait_for(&format!("Open {url}"));
    let begun = std::time::Instant::now();
    // The browser writes it in its own time.
    while fs::read_to_string(&opened).unwrap_or_default().trim() != url {
        assert!(begun.elapsed().as_secs() < 60, "no browser was started");
        std::thread::yield_now();
    }
    for browser in ["xdg-open", "wslview", "gio", "gnome-open", "kde-open"] {
        executable(&bin.join(browser), "exit 2");
    }
    terminal.type_in("o");
    terminal.wait_for("could not open `");
    terminal.wait_for("help: open it yourself");

    // What means nothing does nothing, nor does Ctrl-Z where no shell could make it go on.
    terminal.type_in("\x1a\nxyz?");
    terminal.wait_for("show this help");
    terminal.type_in("R");
    // The host's lines may come before that of its start.
    terminal.wait_for("Restarting on request");
    terminal.wait_for("door=");
    terminal.type_in("q");
    assert_eq!(terminal.wait().code(), Some(0));
}

/// As a shell leaves it: what is typed is shown, and comes with Enter.
fn reads_lines(terminal: &Terminal) -> bool {
    let of_lines = LocalModes::ICANON | LocalModes::ECHO;
    terminal.mode().local_modes.contains(of_lines)
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let workspace = workspace("keys_of_a_job");
    let script = "\"$@\"; echo it stopped; read -r line; echo \"line=$line\"; fg";
    let mut terminal = Terminal::as_job(&workspace, script, &["--keys"]);
    terminal.wait_for("lines=0");
    assert!(!reads_lines(&terminal));

    terminal.type_in("\x1a");
    terminal.wait_for("it stopped");
    assert!(reads_lines(&terminal));
    let is_stopped = |process: &Path| {
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        status.contains("State:\tT") || status.contains("Name:\tbash")
    };
    eventually("session and host are stopped", || {
        running(&workspace).iter().all(|it| is_stopped(it))
    });
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    terminal.type_in("q\n");
    terminal.wait_for("line=q");

    terminal.wait_for("Reloaded gen 1 · ");
    terminal.type_in("p");
    terminal.wait_for("paused");
    assert!(!reads_lines(&terminal));
    workspace.write("ask", "");
    terminal.wait_for("page=two");
    terminal.type_in("q");
    assert_eq!(terminal.wait().code(), Some(0));
    assert!(reads_lines(&terminal));
}

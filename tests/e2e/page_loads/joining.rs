//! A request to a new process that the tool has not welcomed yet.

use std::fs;

use hotmod_testkit::{Client, Workspace, write_script};

use super::{MODEL, PAGE_LOAD, PAGES, started, template, title};
use crate::process::eventually;

/// Stops the session whose process id is in a file, and becomes the program.
const RUNNER: &str = "#!/bin/sh\n\
                      cd \"${0%/*}\"\n\
                      if [ -e session ]; then kill -STOP \"$(cat session)\"; fi\n\
                      cd - > /dev/null\n\
                      exec \"$@\"\n";

fn use_runner(workspace: &Workspace) {
    write_script(workspace.path("tools/run"), RUNNER);
    let config = "[target.'cfg(unix)']\nrunner = \"tools/run\"\n";
    workspace.write(".cargo/config.toml", config);
}

/// Whether the program has accepted all connections to a port.
fn is_accepted(port: u16) -> bool {
    let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
    let listening = sockets
        .lines()
        .map(str::split_whitespace)
        .find_map(|mut it| {
            let (address, state) = (it.nth(1)?, it.nth(1)?);
            let is_it = address.ends_with(&format!(":{port:04X}")) && state == "0A";
            is_it.then(|| it.next())?
        });
    // Of a socket that listens, the second number counts the connections that nobody has accepted.
    listening.expect("a socket").ends_with(":00000000")
}

#[test]
fn a_request_waits_for_a_tool_that_is_busy_when_the_program_starts() {
    let workspace = template("page_loads_joining");
    use_runner(&workspace);
    let (session, port) = started(&workspace);
    let pid = session.pid();
    workspace.write("tools/session", &pid.to_string());
    workspace.edit(MODEL, "+ 1", "+ 1001");
    eventually("the session is stopped", || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.contains(") T ")
    });
    let mut client = Client::connect(port);
    workspace.edit(PAGES, "Hello from pages", "Hello again");
    client.send("/", PAGE_LOAD).unwrap();
    eventually("the connection is accepted", || is_accepted(port));
    session.signal("CONT");
    let page = client.response().unwrap();
    assert_eq!(title(&page.body), "Hello again", "{page:?}");
    assert_eq!(page.header("hotmod-state"), "live");
}

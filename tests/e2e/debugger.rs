//! A host under a debugger: breakpoints, backtraces and variables of reloaded code.
//!
//! The debugger is gdb, and the test is not run without it: `cargo test --test e2e -- gdb --ignored`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::join::variables;
use hotmod_testkit::Workspace;

const PAGE: &str = "pages/src/lib.rs";

/// In lines that the file has not when the host is built.
const ADDED: &str = r#"
fn added(given: u32) -> String {
    let doubled = given * 2;
    format!("added {doubled}")
}
"#;

/// Stops where the new code has computed a variable, looks around, and lets the program run on.
const SCRIPT: &str = "set breakpoint pending on
set pagination off
set width 0
break pages/src/lib.rs:LINE
run
printf \"stopped\\n\"
backtrace
print given
print doubled
info symbol $pc
continue
";

#[test]
#[ignore = "needs gdb"]
fn gdb_stops_in_reloaded_code_and_knows_its_way_to_main() {
    stop_in_reloaded_code(&Workspace::new("basic", "gdb"));
}

#[test]
#[ignore = "needs gdb"]
fn gdb_stops_in_code_that_the_host_calls_through_a_trampoline() {
    let workspace = Workspace::new("basic", "gdb_unmarked");
    workspace.edit(PAGE, "#[hotmod::hot]\n", "");
    stop_in_reloaded_code(&workspace);
}

fn stop_in_reloaded_code(workspace: &Workspace) {
    let arguments = ["--wait-for-host", "--debuginfo", "full"];
    let mut session = workspace.run().arguments(arguments).start();
    let waiting = session.wait_for("waiting-for-host");
    let program = waiting["program"].as_str().unwrap();
    let source = workspace.read(PAGE);
    let edited = source.replace("\"one\"", "added(21)") + ADDED;
    let mut lines = edited.lines();
    let line = 1 + lines
        .position(|line| line.contains("format!(\"added"))
        .unwrap();
    assert!(line > source.lines().count());
    let script = workspace.root().with_extension("gdb");
    fs::write(&script, SCRIPT.replace("LINE", &line.to_string())).unwrap();

    let output = fs::File::create(workspace.root().with_extension("gdb.txt")).unwrap();
    let mut gdb = workspace
        .command("gdb")
        .args(["-nx", "-batch", "-x"])
        .arg(&script)
        .arg(program)
        .envs(variables(workspace))
        // The program's, too.
        .stdin(Stdio::piped())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    session.wait_for("host-joined");
    workspace.write(PAGE, &edited);
    assert_eq!(session.wait_for("live")["generation"], 1);
    let mut stdin = gdb.stdin.take().unwrap();
    writeln!(stdin, "ask").unwrap();
    drop(stdin);
    session.wait_for("host-exited");
    assert!(gdb.wait().unwrap().success());

    let said = fs::read_to_string(workspace.root().with_extension("gdb.txt")).unwrap();
    // It did not know the line before the edit.
    let (before, after) = said
        .split_once("\nstopped\n")
        .unwrap_or_else(|| panic!("{said}"));
    let pending = format!("Breakpoint 1 (pages/src/lib.rs:{line}) pending.\n");
    assert!(before.contains(&pending), "{said}");
    let call = 1 + edited
        .lines()
        .position(|line| line.contains("added(21)"))
        .unwrap();
    let mut rest = after;
    for wanted in [
        format!("pages::added (given=21) at pages/src/lib.rs:{line}\n"),
        format!("in pages::page () at pages/src/lib.rs:{call}\n"),
        "in app::main () at app/src/main.rs:".to_owned(),
        "$1 = 21\n".to_owned(),
        "$2 = 42\n".to_owned(),
        // The library of the generation, and not the host.
        "pages[".to_owned(),
        "]::added".to_owned(),
        " in section .text of ".to_owned(),
        "/libhotmod_group-".to_owned(),
        "page=added 42 widget=one generation=1\n".to_owned(),
        "exited normally".to_owned(),
    ] {
        let (_, behind) = rest
            .split_once(&wanted)
            .unwrap_or_else(|| panic!("no `{wanted}` in its place:\n{said}"));
        rest = behind;
    }
}

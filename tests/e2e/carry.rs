//! Values that survive restarts.

mod overlap;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hotmod_testkit::{Session, Workspace, tool};
use serde_json::Value;

use crate::process::eventually;

const MODEL: &str = "model/src/lib.rs";

fn started(test: &str, arguments: &[&str]) -> (Workspace, Session) {
    let workspace = Workspace::new("carry", test);
    let session = workspace.run().arguments(arguments).ready();
    (workspace, session)
}

/// Waits for the next restart, and until the program is ready.
fn restarted(session: &mut Session) -> Value {
    let event = session.wait_for("restarted");
    session.wait_for_answer("ready");
    event
}

fn names(event: &Value, field: &str) -> Vec<String> {
    let names = event[field].as_array().unwrap().iter();
    names
        .map(|it| it["name"].as_str().or(it.as_str()).unwrap().to_owned())
        .collect()
}

/// Restarts the program by an edit of the unmarked crate.
fn edit_model(workspace: &Workspace, session: &mut Session, from: &str, to: &str) -> Value {
    workspace.edit(MODEL, from, to);
    restarted(session)
}

#[test]
fn a_type_that_changes_is_carried_as_far_as_it_can_be() {
    let (workspace, mut session) = started("carry_types", &[]);
    assert_eq!(session.ask("bounce"), "1");
    assert_eq!(session.ask("cache abc"), "abc");
    assert_eq!(session.ask("page"), "page 0");
    let field = "    pub bounces: u64,\n";
    let added = format!("{field}    #[serde(default)]\n    pub colour: String,\n");
    let event = edit_model(&workspace, &mut session, field, &added);
    assert_eq!(names(&event, "carried"), ["pages::PAGES", "world", "cache"]);
    assert_eq!(names(&event, "reset"), [""; 0]);
    assert_eq!(session.ask("page"), "page 1");
    assert_eq!(
        session.ask("ask"),
        "World { height: 0.0, bounces: 1, colour: \"\" }"
    );
    assert_eq!(session.ask("cache d"), "abcd");

    let event = edit_model(&workspace, &mut session, "    pub height: f64,\n", "");
    assert_eq!(names(&event, "dropped"), ["world.height"]);
    assert_eq!(session.ask("ask"), "World { bounces: 1, colour: \"\" }");

    let with_speed = format!("{field}    pub speed: f64,\n");
    let event = edit_model(&workspace, &mut session, field, &with_speed);
    assert_eq!(names(&event, "carried"), ["pages::PAGES", "cache"]);
    assert_eq!(event["reset"][0]["name"], "world");
    assert_eq!(event["reset"][0]["reason"], "missing field `speed`");
    let line = "· carried: pages::PAGES, cache · reset: world (missing field `speed`)\n";
    assert!(session.screen().contains(line), "{}", session.screen());
    assert!(session.ask("ask").contains("bounces: 0, speed: 0.0"));
}

fn restart_command(workspace: &Workspace, words: &[&str]) -> Command {
    let mut command = workspace.command(tool());
    command.args(["hotmod", "restart"]).args(words);
    command
}

/// Restarts the program on request.
fn restart(workspace: &Workspace, session: &mut Session, words: &[&str]) -> Value {
    let output = restart_command(workspace, words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    restarted(session)
}

#[test]
fn a_value_that_is_created_late_is_told_when_it_is_read() {
    let (workspace, mut session) = started("carry_late", &[]);
    assert_eq!(session.ask("bounce"), "1");
    assert_eq!(session.ask("page"), "page 0");
    let first = "    let world = hotmod::carry(";
    let late = format!("    std::thread::sleep(Duration::from_secs(2));\n{first}");
    workspace.edit("app/src/main.rs", first, &late);
    let event = session.wait_for("restarted");
    assert_eq!(names(&event, "carried"), ["pages::PAGES"]);
    assert_eq!(names(&event, "not_read"), ["cache", "world"]);
    let mut read = Vec::new();
    while read.len() < 2 {
        let note = session.wait_for("note");
        if note["kind"] == "value-carried" {
            read.push(note["name"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(read, ["world", "cache"]);
    session.wait_for_answer("ready");
    assert_eq!(session.ask("bounce"), "2");
}

#[test]
fn values_are_saved_as_late_as_possible() {
    let (workspace, mut session) = started("carry_late", &[]);
    // By default, the signal ends the program at once.
    assert_eq!(session.ask("bounce"), "1");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "2");
    // Its handler is the last code that runs.
    assert_eq!(session.ask("handle"), "handles");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "1503");
    // The values are those of one step.
    assert_eq!(session.ask("yield"), "yields");
    restart(&workspace, &mut session, &[]);
    let world = session.ask("ask");
    let cache = session.ask("cache ");
    assert!(world.ends_with(&format!("bounces: {cache} }}")), "{world}");
    // Without the values of the process before.
    let event = restart(&workspace, &mut session, &["--fresh"]);
    assert_eq!(names(&event, "carried"), [""; 0]);
    assert_eq!(session.ask("bounce"), "1");
}

#[test]
fn two_values_cannot_have_one_name() {
    let (workspace, mut session) = started("carry_names", &[]);
    let taken = |name: &str| {
        format!("this program already carries a value named `{name}`: each needs a name of its own")
    };
    // The first one stays. A static is carried by its path.
    assert_eq!(session.ask("bounce"), "1");
    assert_eq!(session.ask("page"), "page 0");
    for name in ["world", "pages::PAGES"] {
        assert_eq!(session.ask(&format!("carry {name}")), taken(name));
    }
    let event = restart(&workspace, &mut session, &[]);
    assert_eq!(names(&event, "carried"), ["pages::PAGES", "world", "cache"]);
    assert_eq!(session.ask("bounce"), "2");
    // A static that comes later is refused.
    assert_eq!(session.ask("carry pages::LATER"), "carried");
    let migrate = "    #[migrate(serde_json)]\n";
    let later = format!("{migrate}    static LATER: AtomicU64 = AtomicU64::new(0);\n{migrate}");
    workspace.edit("pages/src/lib.rs", migrate, &later);
    let event = session.wait_for("refused");
    assert_eq!(event["reason"], taken("pages::LATER"), "{event}");
    restarted(&mut session);
    assert_eq!(session.ask("carry pages::LATER"), taken("pages::LATER"));
}

/// Of a reloadable crate, of a crate that the group and the program share, and of the program itself.
#[test]
fn statics_of_each_crate_are_carried() {
    let workspace = Workspace::new("carry", "carry_statics");
    let library = "hotmod::keep! {
    #[migrate(serde_json)]
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
}

pub fn count() -> u64 {
    COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}
";
    let dependencies = "[dependencies]\n";
    let needs = |package: &str, needs: &str| {
        let manifest = format!("{package}/Cargo.toml");
        workspace.edit(&manifest, dependencies, &format!("{dependencies}{needs}"));
    };
    needs(
        "model",
        "hotmod.workspace = true\nserde_json.workspace = true\n",
    );
    needs("app", "serde_json.workspace = true\n");
    needs("pages", "model.workspace = true\n");
    for file in [MODEL, "app/src/main.rs"] {
        workspace.write(file, &format!("{}\n{library}", workspace.read(file)));
    }
    workspace.edit(
        "pages/src/lib.rs",
        "\"page {}\"",
        "\"page {} {}\", model::count()",
    );
    let ask = "            \"pid\" =>";
    let count = format!("            \"count\" => println!(\"{{}}\", count()),\n{ask}");
    workspace.edit("app/src/main.rs", ask, &count);
    let mut session = workspace.run().ready();
    for number in ["0", "1"] {
        assert_eq!(session.ask("count"), number);
        assert_eq!(session.ask("page"), format!("page {number} {number}"));
    }
    let event = restart(&workspace, &mut session, &[]);
    assert_eq!(
        names(&event, "carried"),
        [
            "app::COUNT",
            "pages::PAGES",
            "model::COUNT",
            "world",
            "cache"
        ]
    );
    assert_eq!(session.ask("count"), "2");
    assert_eq!(session.ask("page"), "page 2 2");
}

#[test]
fn a_program_that_does_not_end_is_killed_with_its_values_saved() {
    let arguments = ["--stop-signal", "INT", "--stop-timeout", "0.5"];
    let (workspace, mut session) = started("carry_killed", &arguments);
    assert_eq!(session.ask("handle"), "handles");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "201", "it was not SIGINT");
    assert_eq!(session.ask("ignore"), "ignores");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "202");
    let note = "the program has not ended 0.5 s after SIGINT, so it is killed";
    assert!(session.screen().contains(note), "{}", session.screen());
    // Its lock is never released, so the values are those of the last time.
    assert_eq!(session.ask("hold"), "holds");
    // Reloads don't wait for it.
    for (old, new) in [
        ("page {}", "page 2 {}"),
        ("page 2", "page 3"),
        ("page 3", "page 4"),
    ] {
        workspace.edit("pages/src/lib.rs", old, new);
        let event = session.wait_for_any(&["live", "restarted"]);
        assert_eq!(event["event"], "live", "{event}");
    }
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "202");
    let said = "the carried values can't be saved: nothing was written for 1 s";
    assert!(session.screen().contains(said), "{}", session.screen());
}

#[test]
fn a_crash_costs_what_came_after_the_last_checkpoint() {
    let (workspace, mut session) = started("carry_crash", &[]);
    assert_eq!(session.ask("bounce"), "1");
    // The first second of a process does not count.
    let begun = Instant::now();
    let file = loop {
        assert_eq!(session.ask("checkpoint"), "saved");
        let socket = session.ask("socket");
        let file = Path::new(&socket).with_file_name("carried");
        if file.exists() {
            break file;
        }
        assert!(begun.elapsed() < Duration::from_secs(60));
    };
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(session.ask("bounce"), "2");
    session.tell("abort");
    session.wait_for("host-exited");
    let event = restart(&workspace, &mut session, &[]);
    assert_eq!(names(&event, "carried"), ["world", "cache"], "{event}");
    assert!(event["lost_seconds"].is_u64(), "{event}");
    assert_eq!(session.ask("bounce"), "2");

    // A program that crashes at its start does not change them.
    let main = "fn main() {\n";
    workspace.edit("app/src/main.rs", main, "fn main() {\n    early();\n");
    let crash = "fn early() { panic!() }\n";
    workspace.write(
        "app/src/main.rs",
        &(workspace.read("app/src/main.rs") + crash),
    );
    session.wait_for("host-exited");
    for _ in 0..2 {
        workspace.edit("app/src/main.rs", "fn early() {", "fn early() { let _ = 1;");
        session.wait_for("host-exited");
    }
    workspace.edit(
        "app/src/main.rs",
        "    early();\n",
        "    if false { early() }\n",
    );
    let event = restarted(&mut session);
    assert_eq!(names(&event, "carried"), ["world", "cache"], "{event}");
    assert_eq!(session.ask("bounce"), "3");
}

#[test]
fn a_program_that_is_killed_while_it_saves_keeps_the_values_from_before() {
    let (workspace, mut session) = started("carry_killed_saving", &[]);
    assert_eq!(session.ask("bounce"), "1");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "2");
    // More than the buffer of the file: half of the file is written when the lock stops it.
    let long = "a".repeat(300_000);
    assert_eq!(session.ask(&format!("cache {long}")), long);
    assert_eq!(session.ask("hold"), "holds");
    let socket = session.ask("socket");
    let pid = session.ask("pid");
    let asked = restart_command(&workspace, &[]).spawn().unwrap();
    let half = Path::new(&socket).with_file_name("carried.new");
    eventually("values are being written", || {
        fs::metadata(&half).is_ok_and(|it| it.len() > 0)
    });
    let kill = Command::new("kill").args(["-KILL", &pid]).status().unwrap();
    assert!(kill.success());
    let event = restarted(&mut session);
    assert!(asked.wait_with_output().unwrap().status.success());
    assert_eq!(names(&event, "carried"), ["world", "cache"]);
    assert!(event["lost_seconds"].is_u64(), "{event}");
    assert_eq!(session.ask("bounce"), "2");
    assert_eq!(session.ask("cache b"), "b");
    // Those of the next restart are saved again.
    let event = restart(&workspace, &mut session, &[]);
    assert!(event["lost_seconds"].is_null(), "{event}");
    assert_eq!(session.ask("bounce"), "3");
}

#[test]
fn a_value_that_threads_cannot_share_does_not_compile() {
    let workspace = Workspace::new("carry", "carry_not_sync");
    let world = "hotmod::carry(\"world\", || Mutex::new(World::default()))";
    let carry = |value: &str| format!("hotmod::carry(\"world\", || {value})");
    let cell = "std::cell::RefCell::new(World::default())";
    workspace.edit("app/src/main.rs", world, &carry(cell));
    let mut session = workspace.run().start();
    let said = session.wait_for_diagnostics();
    for words in [
        "`RefCell<World>` cannot be shared between threads safely",
        "use `std::sync::RwLock` instead",
        "required by a bound in `carry`",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let guard = "std::rc::Rc::new(World::default())";
    workspace.edit("app/src/main.rs", cell, guard);
    let said = session.wait_for_diagnostics();
    let words = "`Rc<World>` cannot be sent between threads safely";
    assert!(said.contains(words), "{said}");
}

#[test]
fn values_that_cannot_be_saved_or_read_are_named() {
    let (workspace, mut session) = started("carry_faults", &[]);
    assert_eq!(session.ask("bounce"), "1");
    assert_eq!(session.ask("cache a"), "a");
    restart(&workspace, &mut session, &[]);
    // No file may be longer than a byte.
    assert_eq!(session.ask("bounce"), "2");
    assert_eq!(session.ask("limit"), "limits");
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.ask("bounce"), "2");
    let note = "the carried value `world` was not saved";
    assert!(session.screen().contains(note), "{}", session.screen());

    let save = "Ok(self.bytes.clone())";
    edit_model(&workspace, &mut session, save, "panic!(\"no pen\")");
    restart(&workspace, &mut session, &[]);
    let note = "the carried value `cache` was not saved, so a restart takes it back to the last time \
                it was: it panicked: no pen";
    assert!(session.screen().contains(note), "{}", session.screen());
    assert_eq!(session.ask("cache b"), "ab");

    let load = "-> Result<Cache, String> {\n";
    let panics = format!("{load}        assert!(bytes.is_empty(), \"no glasses\");\n");
    let event = edit_model(&workspace, &mut session, load, &panics);
    assert_eq!(names(&event, "carried"), ["world"]);
    assert_eq!(event["reset"][0]["name"], "cache");
    assert_eq!(event["reset"][0]["reason"], "it panicked: no glasses");

    // The report waits for a value that takes long to read.
    let slow =
        format!("{load}        std::thread::sleep(std::time::Duration::from_millis(1500));\n");
    let event = edit_model(&workspace, &mut session, &panics, &slow);
    assert_eq!(names(&event, "carried"), ["world", "cache"]);
}

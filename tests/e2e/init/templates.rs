//! Each template as a new user meets it: an empty folder, `init`, the next steps on the screen, an
//! edit.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::termios::{Termios, tcgetattr};

use super::{as_told, assert_sound, init, says, search_path, snapshot, told};
use hotmod_testkit::{Client, Run, Terminal, Workspace, free_port};

/// Long enough for a build on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a workspace in an empty folder, and looks it over.
fn made(test: &str, target: &str, arguments: &[&str]) -> (Workspace, String) {
    let workspace = Workspace::empty(test, target);
    let screen = says(&workspace, arguments);
    let tests = assert_sound(&workspace);
    assert!(target == "web" || tests.contains(" 1 passed"), "{tests}");
    (workspace, screen)
}

/// The session that the screen tells to start.
fn session<'a>(workspace: &'a Workspace, screen: &str) -> Run<'a> {
    let words: Vec<&str> = told(screen, "Run").split(' ').collect();
    let run = workspace.run().typed_as(words[0], &words[1..]);
    run.variable("PATH", &search_path())
}

#[test]
fn an_empty_folder_becomes_a_simulation() {
    let (workspace, screen) = made("init_loop", "loop", &[]);
    let mut session = session(&workspace, &screen).start();
    let seconds = |line: &str| {
        line.split(" s |")
            .next()
            .unwrap()
            .trim()
            .parse::<u64>()
            .unwrap()
    };
    let first = session.answer();
    assert!(first.ends_with("rules of generation 0"), "{first}");

    let source = told(&screen, "Edit");
    workspace.edit(source, "bounces, rules", "bounces, new rules");
    workspace.edit(
        source,
        "const GRAVITY: f64 = -9.81;",
        "const GRAVITY: f64 = -1.6;",
    );
    session.wait_for("live");
    let line = loop {
        let line = session.answer();
        if line.contains("new rules of generation") {
            break line;
        }
    };
    // The world went on.
    assert!(seconds(&line) > seconds(&first), "{first}\n{line}");
    assert_eq!(session.count("restarted"), 0);

    // A new field is no reason to begin again.
    let world = workspace.read("world/src/lib.rs");
    let world = world.replace(
        "time: f64,\n",
        "time: f64,\n    #[serde(default)]\n    pub wind: f64,\n",
    );
    let world = world.replace("time: 0.0,\n", "time: 0.0,\n            wind: 0.0,\n");
    workspace.write("world/src/lib.rs", &world);
    let event = session.wait_for("restarted");
    assert_eq!(event["carried"].as_array().unwrap(), &["world"]);
    // Some of these lines are from before the restart.
    let mut last = line;
    for _ in 0..6 {
        let next = session.answer();
        assert!(seconds(&next) > seconds(&last), "{last}\n{next}");
        last = next;
    }

    // A field that can't be read is.
    let world = world.replace("wind: f64", "wind: String");
    let world = world.replace("wind: 0.0", "wind: String::new()");
    workspace.write("world/src/lib.rs", &world);
    let event = session.wait_for("restarted");
    assert_eq!(event["reset"][0]["name"], "world");
    let reason = event["reset"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("expected string"), "{reason}");
    let is_new = |line: &String| seconds(line) < seconds(&last);
    (0..6)
        .map(|_| session.answer())
        .find(is_new)
        .expect("the world begins again");
    assert_eq!(session.interrupt().code(), Some(130));
}

#[test]
fn an_empty_folder_becomes_a_web_server() {
    let (workspace, screen) = made("init_web", "web", &["--template", "web"]);
    let port = free_port();
    let mut session = session(&workspace, &screen)
        .variable("PORT", &port.to_string())
        .start();
    session.wait_for("host-started");
    let mut client = Client::connect(port);
    assert!(client.page().unwrap().contains("<h1>Hello from pages</h1>"));
    workspace.edit(told(&screen, "Edit"), "Hello from pages", "Hello again");
    session.wait_for("live");
    assert!(client.page().unwrap().contains("<h1>Hello again</h1>"));
    assert_eq!(session.count("restarted"), 0);
}

/// What a program writes to its terminal.
struct Seen {
    text: String,
    chunks: Receiver<Vec<u8>>,
}

impl Seen {
    /// What is seen up to there is gone afterwards.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.text.contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(chunk) = self.chunks.recv_timeout(left) else {
                let begin: String = self.text.chars().take(3_000).collect();
                panic!("no {text:?} in {begin:?}");
            };
            self.text += &String::from_utf8_lossy(&chunk);
        }
        let end = self.text.find(text).unwrap() + text.len();
        self.text.drain(..end);
    }
}

/// Modes that programs change, without what the kernel keeps there for itself.
fn modes(of: &Termios) -> String {
    format!(
        "{:?} {:?} {:?}",
        of.input_modes, of.output_modes, of.local_modes
    )
}

#[test]
fn an_empty_folder_becomes_a_terminal_program() {
    let (workspace, screen) = made("init_tui", "tui", &["--template", "tui"]);
    let source = told(&screen, "Edit");
    let mut command = as_told(&workspace, told(&screen, "Run"));
    command.env("TERM", "xterm");
    let (mut child, mut keyboard) = Terminal::open(&mut command, (24, 80));
    let before = modes(&tcgetattr(&keyboard).unwrap());
    let mut output = keyboard.try_clone().unwrap();
    // The command holds the terminal's other end: it would never be closed.
    drop(command);
    let (sender, chunks) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let mut seen = Seen {
        text: String::new(),
        chunks,
    };

    // A screen of its own, and what is on it. Only what changes is drawn, and no blanks.
    seen.wait_for("\x1b[?1049h");
    seen.wait_for("screens");
    assert_ne!(
        modes(&tcgetattr(&keyboard).unwrap()),
        before,
        "it is not in raw mode"
    );
    keyboard.write_all(b"\x1b[A").unwrap();
    workspace.edit(source, "\"The count is {}.\"", "\"#=#{}#=#\"");
    seen.wait_for("#=#1#=#");

    // The end of the session is the end of the program, and nothing of it stays.
    let status = Command::new("kill").arg(child.id().to_string()).status();
    assert!(status.unwrap().success());
    seen.wait_for("\x1b[?1049l");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(modes(&tcgetattr(&keyboard).unwrap()), before);
}

#[test]
fn a_folder_can_have_dots_and_spaces_in_its_path() {
    let workspace = Workspace::empty("init_detour", "loop").with_own_target();
    let here = workspace.root().to_str().unwrap();
    let absolute = format!("{here}/absolute");
    for (typed, folder, run, edit) in [
        ("./x/../y", "y", "cd y && ", "y/"),
        ("my proj", "my proj", "cd 'my proj' && ", "my proj/"),
        ("it's", "it's", "cd \"it's\" && ", "it's/"),
        ("y/deep/../../z", "z", "cd z && ", "z/"),
        (
            absolute.as_str(),
            "absolute",
            &format!("cd {absolute} && "),
            &format!("{absolute}/"),
        ),
        (".", "", "", ""),
    ] {
        let screen = says(&workspace, &[typed]);
        assert_eq!(told(&screen, "Run"), format!("{run}cargo hotmod run"));
        let source = told(&screen, "Edit");
        assert_eq!(source, format!("{edit}rules/src/lib.rs"));
        assert!(workspace.path(source).exists(), "{typed}");
        let script = format!("{run}cargo metadata --no-deps --format-version 1");
        let metadata = workspace.command("sh").args(["-c", &script]).output();
        assert!(metadata.unwrap().status.success(), "{script}");
        let manifest = workspace.path(folder).join("Cargo.toml");
        let manifest = manifest.to_str().unwrap();
        says(&workspace, &["--undo", "--manifest-path", manifest]);
        assert!(snapshot(&workspace).is_empty(), "{typed}");
        assert!(!workspace.path("x").exists(), "{typed}");
    }
}

#[test]
fn a_missing_folder_is_created() {
    let workspace = Workspace::empty("init_named", "loop");
    workspace.write("game/README.md", "# Mine\n");
    workspace.write("game/.gitignore", "mine\n");
    let before = snapshot(&workspace);

    let shown = says(&workspace, &["game", "--template", "tui", "--dry-run"]);
    assert!(shown.contains("+++ b/screens/src/lib.rs\n"), "{shown}");
    assert!(shown.ends_with("nothing was written\n"), "{shown}");
    assert_eq!(snapshot(&workspace), before);

    let screen = says(&workspace, &["game"]);
    assert_eq!(told(&screen, "Run"), "cd game && cargo hotmod run");
    assert_eq!(told(&screen, "Edit"), "game/rules/src/lib.rs");
    assert!(workspace.path("game/rules/src/lib.rs").exists());
    assert_eq!(workspace.read("game/.gitignore"), "mine\n");

    // Where it is, it can be taken back.
    assert_eq!(init(&workspace, &["--undo"]).status.code(), Some(2));
    let manifest = workspace.path("game/Cargo.toml");
    says(
        &workspace,
        &["--undo", "--manifest-path", manifest.to_str().unwrap()],
    );
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.path("game/rules").exists());
}

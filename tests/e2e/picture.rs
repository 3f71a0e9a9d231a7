//! Draws the picture in the README from a session of the demo: what its terminal shows, and between
//! its lines what is typed in another terminal. Only the pattern of `grep` is cut.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anstyle_svg::Term;
use hotmod_testkit::{Terminal, repository, target_directory, tool};

const COLUMNS: u16 = 112;

const PAGE: &str = "curl -s http://127.0.0.1:3000/ | grep …";
const PATTERN: &str =
    "-oE '<h1>[^<]*</h1>|<h2>[^<]*Visits</h2>|visit [0-9]+ of process [0-9]+' | paste -sd ' '";

/// What is typed, and the last line that the session then writes.
const STEPS: [(&str, &str); 7] = [
    (PAGE, "home "),
    (
        "sed -i 's/Hello from pages/Hello again/' pages/src/lib.rs",
        "Reloaded",
    ),
    (PAGE, "home "),
    ("sed -i 's/<h2>/<h2>* /' widgets/src/lib.rs", "Reloaded"),
    (PAGE, "home "),
    ("sed -i 's/) + 1/) + 10/' model/src/lib.rs", "Restarted"),
    (PAGE, "home "),
];

#[test]
#[ignore = "writes `docs/session.svg`, in a release build so that the times are those of users; needs curl"]
fn a_session_is_drawn() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("picture");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(tool());
    command
        .args(["hotmod", "demo"])
        .current_dir(&folder)
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env_remove("CI")
        .env(
            "CARGO_TARGET_DIR",
            target_directory(&repository().join("templates/web")),
        );
    let mut terminal = Terminal::of_command(&mut command, (24, COLUMNS));
    let mut shown = "\x1b[32m$\x1b[0m \x1b[1mcargo hotmod demo\x1b[0m\r\n".to_owned();
    shown += &terminal.wait_for("listening on http");
    for (typed, end) in STEPS {
        if typed != PAGE {
            // Nobody edits faster. Meanwhile the session prepares the next reload, of which no event tells.
            std::thread::sleep(Duration::from_secs(3));
        }
        let answer = Command::new("sh")
            .args(["-c", &typed.replace('…', PATTERN)])
            .current_dir(folder.join("target/demo"))
            .output()
            .unwrap();
        assert!(answer.status.success(), "{typed}: {answer:?}");
        shown += &elsewhere(&format!("$ {typed}"));
        shown += &elsewhere(String::from_utf8_lossy(&answer.stdout).trim_end());
        shown += &terminal.wait_for(end);
    }
    // A spinner draws over itself.
    let mut screen = vt100::Parser::new(200, COLUMNS, 0);
    screen.process(shown.as_bytes());
    let rows = screen.screen().rows_formatted(0, COLUMNS);
    let rows: Vec<String> = rows.map(|it| String::from_utf8(it).unwrap()).collect();
    let drawn = Term::new().render_svg(rows.join("\x1b[0m\n").trim_end());
    fs::write(repository().join("docs/session.svg"), drawn).unwrap();
}

/// A line of the other terminal, if there is one, in another colour.
fn elsewhere(line: &str) -> String {
    match line {
        "" => String::new(),
        line => format!("\x1b[36m{line}\x1b[0m\r\n"),
    }
}

//! Full-screen programs in a quiet session, and the terminal that they leave behind.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;
use rustix::termios::Termios;

use super::{AUTO, Place, ROWS, emulated, fresh, redact};
use crate::process::eventually;
use hotmod_testkit::{Terminal, Workspace};

pub(super) fn assert_same(now: &Termios, found: &Termios) {
    let modes = |it: &Termios| {
        let (input, output) = (it.input_modes, it.output_modes);
        (input, output, it.control_modes, it.local_modes)
    };
    assert_eq!(modes(now), modes(found));
}

/// A quiet session, and the log that it names.
struct Quiet {
    workspace: Workspace,
    terminal: Terminal,
    log: PathBuf,
}

impl Quiet {
    fn begin(workspace: Workspace) -> Self {
        let mut terminal = Terminal::with_size(&workspace, (ROWS, 80), &["-q"], &AUTO);
        let line = terminal.wait_for("Log");
        let line = console::strip_ansi_codes(&line).into_owned();
        let (_, log) = line.split_once("Log ").unwrap();
        let log = workspace.path(log.trim());
        Quiet {
            workspace,
            terminal,
            log,
        }
    }

    fn logged(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        super::shown(&log, &self.workspace, Place::Pipe)
    }

    fn wait_for_log(&self, words: &str) {
        eventually(words, || self.logged().contains(words));
    }

    /// Has the host take the terminal.
    fn draw(&mut self) {
        self.terminal.forget();
        self.terminal.type_in("draw\n");
        self.terminal
            .wait_until("it is drawn", |text| text.contains("drawn"));
        let screen = emulated(&self.terminal.text(), 80);
        assert!(screen.screen().alternate_screen());
        assert_eq!(screen.screen().contents(), "drawn");
    }
}

#[test]
fn a_quiet_session_leaves_the_terminal_to_the_host_and_writes_a_log() {
    let workspace = fresh("full_screen");
    workspace.edit("app/src/main.rs", "\"ready {}\"", "\"ready\"");
    let mut quiet = Quiet::begin(workspace);
    let found = quiet.terminal.mode();
    // While no host is running, what went wrong is shown.
    quiet.terminal.wait_for("argument never used");
    quiet.terminal.wait_for("waiting for a change");
    quiet.wait_for_log("waiting for a change");
    let workspace = &quiet.workspace;
    workspace.edit("app/src/main.rs", "\"ready\"", "\"ready {}\"");
    quiet.terminal.wait_for("ready ");

    quiet.draw();
    quiet.terminal.forget();
    let workspace = &quiet.workspace;
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    quiet.wait_for_log("Reloaded");
    workspace.edit("pages/src/lib.rs", "\"two ", "two ");
    quiet.wait_for_log("E0765`");
    quiet.terminal.type_in("abort\n");
    let ended = quiet.terminal.wait_for("Ended");
    let text = redact(&ended, &quiet.workspace);
    // All that was written since it drew takes back what it did, and says how it ended.
    let reset = text.split_once("Ended").unwrap().0;
    let plain = console::strip_ansi_codes(reset);
    assert_eq!(plain.trim(), "", "{text:?}");
    assert_same(&quiet.terminal.mode(), &found);
    let mut screen = emulated(
        "before\r\n\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[?2004hdrawn",
        80,
    );
    screen.process(text.as_bytes());
    let screen = screen.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert_eq!(
        screen.contents(),
        "before\n       Ended the host was killed by SIGABRT in gen 1; the next edit starts it \
         again"
    );

    let workspace = &quiet.workspace;
    workspace.edit("pages/src/lib.rs", "two ", "\"two ");
    quiet.wait_for_log("Restarted");
    quiet.terminal.wait_for("ready ");
    snapbox::assert_data_eq!(quiet.logged(), snapbox::file!["log.txt"]);

    // The end of the session is one of a host, too. What was noted meanwhile is shown then.
    quiet.draw();
    let workspace = &quiet.workspace;
    let counted =
        "static HITS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);\n\n";
    let count = "\"two {}\", HITS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + ";
    let text = workspace
        .read("pages/src/lib.rs")
        .replace("\"two in {}\", ", count);
    workspace.write("pages/src/lib.rs", &(text + counted));
    let note = "`pages::HITS` is reset by every reload";
    quiet.wait_for_log(note);
    assert!(!quiet.terminal.text().contains(note));
    quiet.terminal.signal(Signal::TERM);
    quiet.terminal.wait_for(note);
    assert_eq!(quiet.terminal.wait().code(), Some(143));
    assert_same(&quiet.terminal.mode(), &found);
    let shown = emulated(&quiet.terminal.text(), 80);
    assert!(!shown.screen().alternate_screen() && !shown.screen().hide_cursor());
}

#[test]
fn an_unwritable_log_is_reported_when_no_host_is_running() {
    let workspace = Workspace::new("unruly", "full_log");
    let mut quiet = Quiet::begin(workspace);
    quiet.terminal.wait_for("ready ");
    let log = quiet.log.clone();
    quiet.terminal.signal(Signal::INT);
    quiet.terminal.wait();
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let workspace = Workspace::new("unruly", "full_log");
    let mut session = workspace.run().arguments(["-q"]).start();
    assert_eq!(session.wait().code(), Some(1));
    let words = format!("error: `{}` could not be written: Is a", log.display());
    assert!(session.screen().contains(&words), "{}", session.screen());
    fs::remove_dir(&log).unwrap();

    std::os::unix::fs::symlink("/dev/full", &log).unwrap();

    let workspace = Workspace::new("unruly", "full_log");
    let mut quiet = Quiet::begin(workspace);
    let seen = quiet.terminal.wait_for("ready ");
    assert!(!seen.contains("takes no more"), "{seen}");
    quiet.terminal.type_in("exit 3\n");
    let seen = quiet.terminal.wait_for("cannot write to the log");
    assert!(seen.contains("No space left on device"), "{seen}");
    quiet.terminal.wait_for("Ended");
    fs::remove_file(&log).unwrap();
}

/// A session whose notes are on the screen, and whose host has not been started.
fn with_notes(test: &str) -> Quiet {
    let workspace = Workspace::new("basic", test);
    let page = workspace.read("pages/src/lib.rs");
    let counted = "static HITS: AtomicU32 = AtomicU32::new(0);\nuse std::sync::atomic::{AtomicU32, Ordering};\n";
    let count = "    HITS.fetch_add(1, Ordering::Relaxed);\n    format!(";
    workspace.write(
        "pages/src/lib.rs",
        &(page.replace("    format!(", count) + counted),
    );
    let mut quiet = Quiet::begin(workspace);
    quiet
        .terminal
        .wait_for("`pages::HITS` is reset by every reload");
    quiet
        .terminal
        .wait_for("in 2 seconds, or when you press a key");
    quiet
}

#[test]
fn notes_can_be_read_before_the_host_takes_the_screen() {
    let mut quiet = with_notes("notes_before_a_host");
    assert!(!quiet.terminal.text().contains("ready"));
    quiet.terminal.type_in("x");
    quiet.terminal.wait_for("ready");
    // The host did not get the key.
    quiet.terminal.type_in("ask\n");
    quiet.terminal.wait_for("page=one");
    // Nor does a restart wait: there is nothing new to read.
    quiet.terminal.forget();
    let workspace = &quiet.workspace;
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    quiet.terminal.wait_for("ready");
    assert!(!quiet.terminal.text().contains("Starting"));
    drop(quiet);

    // If nobody presses a key, it starts, too.
    with_notes("notes_before_a_host").terminal.wait_for("ready");

    let mut quiet = with_notes("notes_before_a_host");
    quiet.terminal.type_in("\x03");
    assert_eq!(quiet.terminal.wait().code(), Some(130));
    assert!(!quiet.terminal.text().contains("ready"));
}

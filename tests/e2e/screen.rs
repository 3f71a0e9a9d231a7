//! The screen in each state: in a wide and in a narrow terminal, and in a pipe.
//!
//! A session is walked through all states. What a terminal shows after each is worked out by an
//! emulator and compared with the file of that width in `screen/`; `SNAPSHOTS=overwrite` overwrites
//! these files. Numbers that differ from run to run are made equal before the emulator sees them.

mod full_screen;

use std::fs::File;
use std::io::Write as _;

use rustix::process::Signal;

use hotmod_testkit::{Terminal, Workspace, files};

const PAGES: &str = "pages/src/lib.rs";
const APP: &str = "app/src/main.rs";

/// Colours and all that goes with them, as in the terminal of somebody who set nothing.
const AUTO: [(&str, &str); 1] = [("CARGO_TERM_COLOR", "auto")];

/// More rows than any state has.
const ROWS: u16 = 40;

/// Makes equal what differs from run to run, but for the spinner's own glyph.
fn redact(text: &str, workspace: &Workspace) -> String {
    let text = text.replace(&*workspace.root().to_string_lossy(), "[ROOT]");
    let text = number_after(&text, "pid ", "", "[PID]");
    let text = number_after(&text, "ready ", "", "[PID]");
    let text = number_after(&text, "target(s) in ", "s", "[TIME]");
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        // How many phases fit depends on how long they took.
        match line.split_once(" ms") {
            Some((before, after)) if before.contains("Reloaded") => {
                let (names, _) = before.rsplit_once(' ').unwrap();
                // What is built ahead may have seen the edit.
                let names = names.replace("relinked", "pages");
                let end = if after.contains('\r') { "\r\n" } else { "\n" };
                out += &format!("{names} [MS] ms ([PHASES]){end}");
            }
            _ => out += line,
        }
    }
    out
}

/// Puts a word in the place of each number that stands between these texts.
fn number_after(text: &str, before: &str, after: &str, word: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        out += before;
        match rest.strip_prefix(after) {
            Some(rest) if part.starts_with(|c: char| c.is_ascii_digit()) => {
                out += &format!("{word}{after}{rest}");
            }
            _ => out += part,
        }
    }
    out
}

/// The rows of a terminal that this was written to.
fn emulated(text: &str, columns: u16) -> vt100::Parser {
    let mut parser = vt100::Parser::new(ROWS, columns, 0);
    parser.process(text.as_bytes());
    parser
}

/// The line of a spinner, whatever its glyph is, however many units there are, and however long
/// it took.
fn counted(spinner: &str) -> String {
    let is_count = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let words = spinner.trim_end().split(' ');
    let words = words.map(|word| if is_count(word) { "[N]" } else { word });
    format!("*{}", words.collect::<Vec<_>>().join(" "))
}

/// What is to be seen of what was written.
fn shown(text: &str, workspace: &Workspace, place: Place) -> String {
    let text = redact(text, workspace);
    let rows: Vec<String> = match place {
        Place::Pipe => text.lines().map(str::to_owned).collect(),
        Place::Terminal { columns } => emulated(&text, columns).screen().rows(0, columns).collect(),
    };
    let mut shown = String::new();
    // What the host says may come a little later; whether cargo asks its registry, or waits for
    // another cargo, nobody knows.
    let others = [
        "ready ",
        "Updating ",
        "Blocking ",
        "Locking ",
        "Adding ",
        "Download",
    ];
    let is_ours = |row: &&String| {
        let row = row.trim_start();
        !others.iter().any(|it| row.starts_with(it))
    };
    let mut rows: Vec<String> = rows.iter().filter(is_ours).cloned().collect();
    // Several are compiled at once.
    for together in rows.chunk_by_mut(|a, b| [a, b].iter().all(|it| it.contains(" Compiling "))) {
        together.sort();
    }
    for row in rows {
        match row.strip_prefix(|c| ('\u{2801}'..='\u{28ff}').contains(&c)) {
            Some(spinner) => shown += &counted(spinner),
            None => shown += row.trim_end(),
        }
        shown.push('\n');
    }
    shown.truncate(shown.trim_end().len());
    shown.push('\n');
    shown
}

/// Where a session is shown.
#[derive(Clone, Copy)]
enum Place {
    Terminal { columns: u16 },
    Pipe,
}

/// A session that is walked from state to state.
struct Walk {
    workspace: Workspace,
    place: Place,
    terminal: Terminal,
    /// The states so far.
    album: String,
}

impl Walk {
    fn begin(workspace: Workspace, place: Place) -> Self {
        let terminal = match place {
            Place::Terminal { columns } => {
                Terminal::with_size(&workspace, (ROWS, columns), &[], &AUTO)
            }
            Place::Pipe => Terminal::in_pipe(&workspace, &[]),
        };
        Walk {
            workspace,
            place,
            terminal,
            album: String::new(),
        }
    }

    fn has_spinner(&self) -> bool {
        matches!(self.place, Place::Terminal { .. })
    }

    /// What is to be seen.
    fn shown(&self) -> String {
        shown(&self.terminal.text(), &self.workspace, self.place)
    }

    /// Waits until this is to be seen, and keeps what is.
    fn snap(&mut self, name: &str, words: &str) {
        // The end of the line, too.
        let is_there = |text: &str| {
            let (_, rest) = text.rsplit_once(words).unwrap_or_default();
            rest.contains('\n')
        };
        self.terminal.wait_until(words, is_there);
        self.keep(name);
    }

    fn keep(&mut self, name: &str) {
        self.album += &format!("## {name}\n{}\n", self.shown());
    }

    /// Waits until nothing but the gate keeps a build, and keeps its spinner.
    fn snap_spinner(&mut self, name: &str) {
        if self.has_spinner() {
            let (workspace, place) = (&self.workspace, self.place);
            let words = "*   Building [N] of [N] · app · [N] s\n";
            let is_there = |text: &str| shown(text, workspace, place).ends_with(words);
            self.terminal.wait_until(words, is_there);
            self.keep(name);
        }
    }

    fn edit(&mut self, path: &str, from: &str, to: &str) {
        self.terminal.forget();
        self.workspace.edit(path, from, to);
    }

    fn tell(&mut self, line: &str) {
        self.terminal.forget();
        self.terminal.type_in(&format!("{line}\n"));
    }
}

/// What the build script of a host waits at.
struct Gate(File);

impl Gate {
    /// Adds such a script.
    fn add(workspace: &Workspace) -> Self {
        let pipe = workspace.fifo();
        let script = format!(
            "//! Waits.\nuse std::io::Read;\nfn main() {{\n    \
             println!(\"cargo::rerun-if-changed=build.rs\");\n    \
             std::fs::File::open({pipe:?}).unwrap().read_exact(&mut [0]).unwrap();\n}}\n"
        );
        workspace.write("app/build.rs", &script);
        // Open for both, it is there before who reads it is.
        Gate(File::options().read(true).write(true).open(pipe).unwrap())
    }

    /// Lets one run of the script through.
    fn open(&mut self) {
        self.0.write_all(b"x").unwrap();
    }
}

/// A workspace that nobody knows.
fn fresh(name: &str) -> Workspace {
    let workspace = Workspace::new("unruly", name);
    // What the last run of the test was made of is nothing that was edited.
    for file in files(&workspace.target().join("hotmod")) {
        let is_of_copy = file.to_string_lossy().contains(&format!("/{name}-"));
        if is_of_copy && file.ends_with("sources.json") {
            std::fs::remove_file(file).unwrap();
        }
    }
    workspace
}

fn walk(name: &str, place: Place) -> String {
    let workspace = fresh(name);
    // Another text than any run before had: the script has to be run.
    let mut gate = Gate::add(&workspace);
    workspace.edit(APP, "\"ready {}\"", "\"ready\"");
    let mut walk = Walk::begin(workspace, place);
    let found = walk.has_spinner().then(|| walk.terminal.mode());

    walk.snap_spinner("the first build");
    gate.open();
    walk.snap("it fails", "waiting for a change");
    walk.workspace
        .edit("app/build.rs", "//! Waits.", "//! Waits again.");
    walk.workspace.edit(APP, "\"ready\"", "\"ready {}\"");
    walk.snap_spinner("the next build");
    gate.open();
    walk.snap("it does not fail", "Started");

    walk.edit(PAGES, "\"one ", "\"two ");
    walk.snap("a reload", "Reloaded");
    walk.edit(PAGES, "\"two ", "two ");
    walk.snap("an edit that does not compile", "E0765`");
    walk.edit(PAGES, "//! The group.", "//! The same group.");
    walk.snap("one that fails in the same way", "as before");
    let same = "//! The same group.\n\n/// What the host shows.\n#[hotmod::hot]\n\
                pub fn page() -> String {\n    format!(two ";
    let good = same.replace("same ", "").replace("two ", "\"two ");
    walk.edit(PAGES, same, &good);
    walk.snap("it is taken back", "Unchanged");
    let call = "hotmod::generation()";
    let long = format!("{call} + missing /* {} */", "and so on, ".repeat(14));
    walk.edit(PAGES, call, &long);
    walk.snap("an error in a long line", "E0425`");
    walk.edit(PAGES, &long, call);
    walk.snap("it is taken back, too", "Unchanged");
    let setup = "#[hotmod::setup]\nfn begin() -> Result<(), String> {\n    \
                 Err(\"no\".to_owned())\n}\n\n/// What";
    walk.edit(PAGES, "/// What", setup);
    walk.snap("a generation that is refused", "Refused");
    walk.edit(PAGES, setup, "/// What");
    walk.snap("that is taken back", "Unchanged");
    walk.edit(APP, "what is", "what was");
    walk.snap("a restart", "Restarted");
    walk.edit(APP, "#[hotmod::main]\n", "");
    walk.snap("an error", "above other attributes");
    walk.edit(APP, "\nfn main", "\n#[hotmod::main]\nfn main");
    walk.snap("that is mended", "Unchanged");

    walk.tell("exit 3");
    walk.snap("a host that exits", "Ended");
    walk.edit(PAGES, "\"two ", "two ");
    walk.snap(
        "an edit that does not compile, and no host",
        "could not compile",
    );
    walk.workspace.edit(PAGES, "two ", "\"two ");
    walk.snap("that is mended, and the host runs again", "Restarted");
    walk.tell("abort");
    walk.snap("a host that is killed", "Ended");
    walk.edit(PAGES, "\"two ", "\"three ");
    walk.snap("the next edit", "Restarted");
    let manifest = "app/Cargo.toml";
    walk.edit(manifest, "edition", "unknown = 1\nedition");
    walk.snap(
        "a manifest edit that does not concern the program",
        "Unchanged",
    );

    walk.terminal.forget();
    match &found {
        Some(_) => walk.terminal.type_in("\x03"),
        None => walk.terminal.signal(Signal::INT),
    }
    assert_eq!(walk.terminal.wait().code(), Some(130));
    walk.keep("Ctrl-C");
    if let Some(found) = found {
        full_screen::assert_same(&walk.terminal.mode(), &found);
    }
    walk.album
}

#[test]
fn each_state_in_80_columns() {
    let seen = walk("screen_80", Place::Terminal { columns: 80 });
    snapbox::assert_data_eq!(seen, snapbox::file!["screen/80.txt"]);
}

#[test]
fn each_state_in_200_columns() {
    let seen = walk("screen_200", Place::Terminal { columns: 200 });
    snapbox::assert_data_eq!(seen, snapbox::file!["screen/200.txt"]);
}

#[test]
fn each_state_in_a_pipe() {
    let seen = walk("screen_pipe", Place::Pipe);
    assert!(!seen.contains('\x1b'), "{seen:?}");
    snapbox::assert_data_eq!(seen, snapbox::file!["screen/pipe.txt"]);
}

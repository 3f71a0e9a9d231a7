//! Types that change: an edit restarts the program if it changes the layout of a type that crosses an
//! entry point, and the reason names the type and the field. Other changes of types go live.

mod harmless;
mod held;
mod memory;
mod other_layouts;
mod signatures;

use serde_json::Value;

use hotmod_testkit::{Run, Session, Workspace};

const SCREENS: &str = "screens/src/lib.rs";
const WIDGETS: &str = "widgets/src/lib.rs";

/// Replacements in a source, each of all places; in the order in which they are made.
type Edit = &'static [(&'static str, &'static str)];

/// A session of a program that is never restarted, and its sources as they are without an edit.
struct Program {
    workspace: Workspace,
    session: Session,
    sources: [(&'static str, String); 2],
}

impl Program {
    fn start(test: &str) -> Self {
        let workspace = Workspace::new("layouts", test);
        Self::run(workspace, |run| run)
    }

    /// Only its async function is marked.
    fn start_unmarked(test: &str) -> Self {
        let workspace = Workspace::new("layouts", test);
        let text = workspace.read(SCREENS);
        let is_async = |rest: &&str| rest.starts_with("pub async");
        let mut parts = text.split("#[hotmod::hot]\n");
        let first = parts.next().unwrap().to_owned();
        let unmarked = parts.fold(first, |text, rest| {
            let mark = Some(rest).filter(is_async).map(|_| "#[hotmod::hot]\n");
            text + mark.unwrap_or_default() + rest
        });
        workspace.write(SCREENS, &unmarked);
        Self::run(workspace, |run| run)
    }

    /// Its host runs under another program.
    fn start_under(test: &str, program: &str) -> Self {
        let workspace = Workspace::new("layouts", test);
        Self::run(workspace, |run| run.variable("UNDER", program))
    }

    /// Its unmarked dependency is optimised as if it came from a registry.
    fn start_optimised(test: &str) -> Self {
        let workspace = Workspace::new("layouts", test);
        let manifest = workspace.read("Cargo.toml");
        let profile = "[profile.dev.package.model]\nopt-level = 3\n";
        workspace.write("Cargo.toml", &format!("{manifest}\n{profile}"));
        // rustc inlines across crates only without incremental state.
        Self::run(workspace, |run| run.variable("CARGO_INCREMENTAL", "0"))
    }

    fn run(workspace: Workspace, change: impl FnOnce(Run<'_>) -> Run<'_>) -> Self {
        let run = workspace.run().arguments(["--no-restart"]);
        let session = change(run).ready();
        let sources = [SCREENS, WIDGETS].map(|file| (file, workspace.read(file)));
        Program {
            workspace,
            session,
            sources,
        }
    }

    /// Saves the sources with this edit and no other, and returns what comes of it.
    fn save(&mut self, edit: Edit) -> Value {
        for (file, source) in &self.sources {
            let mut text = source.clone();
            for (from, to) in edit {
                text = text.replace(from, to);
            }
            if self.workspace.read(file) != text {
                self.workspace.write(file, &text);
            }
        }
        let outcomes = ["live", "refused", "compile-error", "restarted", "error"];
        self.session.wait_for_any(&outcomes)
    }

    fn check_edit(&self, edit: Edit) {
        for (from, _) in edit {
            let mut sources = self.sources.iter();
            assert!(sources.any(|(_, text)| text.contains(from)), "no `{from}`");
        }
    }
}

#[test]
fn a_changed_layout_is_refused_with_its_type_and_field() {
    refuses(Program::start("layouts_that_change"), other_layouts::EDITS);
}

#[test]
fn a_changed_layout_is_refused_with_optimised_dependencies() {
    let program = Program::start_optimised("layouts_that_change_optimised");
    // The dependency has no `unsafe`, so it can't keep a value by the id that it takes, and the compiler
    // removes the id.
    let mut edits = other_layouts::EDITS.to_vec();
    edits.retain(|(edit, _)| !edit[0].0.contains("struct Keyed"));
    refuses(program, &some(edits));
}

/// The types of functions that only trampolines lead to are compared in the same way.
#[test]
fn a_changed_layout_is_refused_without_marks() {
    let program = Program::start_unmarked("layouts_that_change_unmarked");
    let edits = some(other_layouts::EDITS.to_vec());
    let edits: Vec<(Edit, Vec<&str>)> = edits
        .into_iter()
        .map(|(edit, words)| {
            // The same type, but on another way to it.
            let is_type =
                |word: &&&str| word.starts_with("`screens::") || word.starts_with("`widgets::");
            (edit, words.iter().filter(is_type).copied().collect())
        })
        .collect();
    let edits: Vec<(Edit, &[&str])> = edits.iter().map(|(it, words)| (*it, &words[..])).collect();
    refuses(program, &edits);
}

/// Every third, or all of them with `ALL_EDITS=1`.
fn some<T>(all: Vec<T>) -> Vec<T> {
    let step = match std::env::var_os("ALL_EDITS") {
        Some(_) => 1,
        None => 3,
    };
    all.into_iter().step_by(step).collect()
}

fn refuses(mut program: Program, edits: &[(Edit, &[&str])]) {
    let mut mistakes = Vec::new();
    for (edit, words) in edits {
        program.check_edit(edit);
        let outcome = program.save(edit);
        let reason = outcome["reason"].as_str().unwrap_or_default();
        let is_refused = outcome["event"] == "refused" && outcome["restart"] == true;
        if !is_refused || !words.iter().all(|word| reason.contains(word)) {
            mistakes.push(format!("{edit:?}\n  wanted {words:?}\n  got {outcome}"));
        }
    }
    let count = edits.len();
    assert!(
        mistakes.is_empty(),
        "{} of {count}:\n{}",
        mistakes.len(),
        mistakes.join("\n")
    );
    assert!(count >= 20);
    // The old code never stopped, and with the sources as they were there is nothing to do.
    let answer = program.session.ask("ask");
    assert_eq!(answer, "1 7 0 kept=1 key=false total=2 number=1 gen=0");
    assert_eq!(program.session.count("live"), 0);
}

#[test]
fn a_new_module_of_a_base_crate_goes_live_once() {
    let workspace = Workspace::new("layouts", "layouts_and_a_new_module");
    let mut session = workspace.run().ready();
    workspace.write("widgets/src/extra.rs", "pub fn extra() {}\n");
    let text = workspace.read(WIDGETS);
    workspace.write(WIDGETS, &format!("{text}\npub mod extra;\n"));
    assert_eq!(session.wait_for("live")["generation"], 1);
    // What comes next is the next edit's.
    workspace.edit(SCREENS, "{} {} {}", "{}-{}-{}");
    assert_eq!(session.wait_for("live")["generation"], 2);
    assert!(session.count("building") <= 4, "{:?}", session.events());
}

#[test]
fn types_that_do_not_cross_or_keep_their_layout_go_live() {
    goes_live(Program::start("layouts_that_stay"), harmless::EDITS);
}

#[test]
fn a_type_that_is_not_held_goes_live_with_optimised_dependencies() {
    let edits = some(harmless::EDITS.to_vec());
    goes_live(
        Program::start_optimised("layouts_that_stay_optimised"),
        &edits,
    );
}

fn goes_live(mut program: Program, edits: &[Edit]) {
    let mut mistakes = Vec::new();
    for edit in edits {
        program.check_edit(edit);
        let outcome = program.save(edit);
        if outcome["event"] != "live" {
            mistakes.push(format!("{edit:?}\n  got {outcome}"));
        }
    }
    let count = edits.len();
    assert!(
        mistakes.is_empty(),
        "{} of {count}:\n{}",
        mistakes.len(),
        mistakes.join("\n")
    );
    assert!(count >= 10);
    let answer = program.session.ask("ask");
    assert!(answer.ends_with(&format!("gen={count}")), "{answer}");
}

//! Edits of bodies that are compiled as a delta, and edits that look like that and are not.

use serde_json::{Value, json};

use hotmod_testkit::{Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";
const WIDGETS: &str = "widgets/src/lib.rs";

/// A leaf crate with all that a delta may leave out, or must not.
const LEAF: &str = r#"//! The leaf.

mod rows;

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

static HITS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

const TEXT: &str = include_str!("text.txt");

pub fn generic<T: std::fmt::Debug>(it: T) -> String {
    format!("{it:?}")
}

/// What the host shows.
#[hotmod::hot]
pub fn page() -> String {
    let table = Table { rows: vec![3, 1, 2] };
    format!(
        "page={} {} {} {} {} {} {} widget={} generation={}",
        "one",
        table.sum(),
        table,
        rows::first(&table.rows),
        captured(2),
        place(),
        hits(),
        widgets::widget(),
        hotmod::generation()
    )
}

pub struct Table {
    rows: Vec<u32>,
}

impl Table {
    fn sum(&self) -> u32 {
        let mut sum = 0;
        for row in &self.rows {
            sum += row;
        }
        sum
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Table { rows } = self;
        write!(f, "{}/{}", rows.len(), TEXT.trim())
    }
}

fn captured(factor: u32) -> u32 {
    let other = 10_u64;
    let scale = move |it: u32| it * factor;
    let all: Vec<u32> = [1, 2].iter().map(|it| scale(*it)).collect();
    all.iter().sum::<u32>() + other as u32
}

fn place() -> String {
    let caught = std::panic::catch_unwind(|| {
        let none: Option<u32> = None;
        none.map_or_else(|| std::panic::Location::caller().line(), |it| it)
    });
    format!("{}:{}:{}", file!(), line!(), caught.unwrap())
}

fn hits() -> u32 {
    DEPTH.with(|it| it.set(it.get() + 1));
    let hits = HITS.fetch_add(1, Ordering::Relaxed);
    hits + DEPTH.with(Cell::get) - hits
}

pub fn unused() -> String {
    let text = generic(1_u8);
    text
}
"#;

const ROWS: &str = r#"
pub fn first(rows: &[u32]) -> u32 {
    let sorted = super::rows::sorted(rows);
    sorted[0]
}

pub fn sorted(rows: &[u32]) -> Vec<u32> {
    let mut rows = rows.to_vec();
    rows.sort();
    rows
}
"#;

fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test);
    workspace.write(PAGES, LEAF);
    workspace.write("pages/src/rows.rs", ROWS);
    workspace.write("pages/src/text.txt", "text\n");
    workspace
}

fn start(workspace: &Workspace) -> Session {
    // The first generation is compiled in full, unless it was compiled before the edit.
    let mut session = workspace.run().arguments(["--delta", "always"]).ready();
    workspace.edit(PAGES, "\"one\"", "\"zero\"");
    live(&mut session);
    session
}

/// Waits for the generation of an edit, and for what the full compilation says of its deltas.
fn live(session: &mut Session) -> Value {
    let live = session.wait_for_any(&["live", "restarted", "refused", "compile-error", "error"]);
    assert_eq!(live["event"], "live", "{live}");
    if live["deltas"] != json!([]) {
        let compared = session.wait_for_any(&["delta-compared", "error", "compile-error"]);
        assert_eq!(compared["outcome"], "same", "{compared}");
        assert_eq!(compared["crates"], live["deltas"]);
    }
    live
}

/// What the page shows, without the process.
fn page(session: &mut Session) -> String {
    let answer = session.ask("ask");
    answer.split_once("page=").unwrap().1.to_owned()
}

#[test]
fn edited_bodies_are_compiled_alone() {
    let workspace = workspace("delta_bodies");
    let mut session = start(&workspace);
    let line = LEAF.lines().position(|it| it.contains("file!()")).unwrap() + 1;
    let shown = |mark: &str, sum: u32, first: u32, captured: u32, line: usize| {
        format!(
            "{mark} {sum} 3/text {first} {captured} pages/src/lib.rs:{line}:{} 1 widget=one",
            line - 2
        )
    };
    let expect = |session: &mut Session, expected: &str| {
        let live = live(session);
        assert_eq!(live["deltas"], json!(["pages"]), "{live}");
        let page = page(session);
        assert!(page.starts_with(expected), "{page}\n{expected}");
    };
    // A literal.
    workspace.edit(PAGES, "\"zero\"", "\"two\"");
    expect(&mut session, &shown("two", 6, 1, 16, line));
    // A method, and a function of another file, in one save after the other.
    workspace.edit(PAGES, "sum += row;", "sum += row * 2;");
    expect(&mut session, &shown("two", 12, 1, 16, line));
    workspace.edit("pages/src/rows.rs", "sorted[0]", "sorted[1]");
    expect(&mut session, &shown("two", 12, 2, 16, line));
    // The closure captures something else.
    workspace.edit(PAGES, "it * factor;", "it * factor + other as u32;");
    expect(&mut session, &shown("two", 12, 2, 36, line));
    // Another line in a body moves what is below, in the same file.
    workspace.edit(
        PAGES,
        "let mut sum = 0;",
        "let mut sum = 0;\n        sum += 1;",
    );
    expect(&mut session, &shown("two", 13, 2, 36, line + 1));
    // The first use of a generic instance, and then its last.
    workspace.edit(
        PAGES,
        "    let text = generic(1_u8);",
        "    let text = generic((1_u8, 'a'));",
    );
    expect(&mut session, &shown("two", 13, 2, 36, line + 1));
    workspace.edit(
        PAGES,
        "    let text = generic((1_u8, 'a'));",
        "    let text = 'a'.to_string();",
    );
    expect(&mut session, &shown("two", 13, 2, 36, line + 1));
}

#[test]
fn a_body_of_a_base_crate_is_compiled_alone() {
    let workspace = workspace("delta_base");
    workspace.edit(
        WIDGETS,
        "\"one\"\n}",
        "\"one\"\n}\n\nfn unused() -> String {\n    let text = \"unused\";\n    text.to_owned()\n}",
    );
    let mut session = start(&workspace);
    for (from, to) in [("\"one\"", "\"two\""), ("\"two\"", "\"three\"")] {
        workspace.edit(WIDGETS, from, to);
        let live = live(&mut session);
        assert_eq!(live["crates"], json!(["widgets"]));
        assert_eq!(live["deltas"], json!(["widgets"]));
        let page = page(&mut session);
        assert!(
            page.contains(&format!("widget={}", to.trim_matches('"'))),
            "{page}"
        );
    }
    // Both crates, each with a delta, and a private function of the base that nothing called.
    workspace.edit(WIDGETS, "    \"three\"", "    unused().leak()");
    live(&mut session);
    workspace.edit(PAGES, "\"zero\"", "\"two\"");
    let live = live(&mut session);
    assert_eq!(live["deltas"], json!(["pages"]));
    let page = page(&mut session);
    assert!(
        page.starts_with("two") && page.contains("widget=unused"),
        "{page}"
    );
}

#[test]
fn a_generic_instance_that_a_base_crate_no_longer_uses_is_compiled_elsewhere() {
    let workspace = workspace("delta_generic");
    workspace.edit(
        WIDGETS,
        "\"one\"\n}",
        "\"one\"\n}\n\npub fn show<T: std::fmt::Debug>(it: T) -> String {\n    format!(\"{it:?}\")\n}\n\n\
         pub fn uses() -> String {\n    let text = show(1_u8);\n    text\n}",
    );
    workspace.edit(
        PAGES,
        "let text = generic(1_u8);",
        "let text = widgets::show(1_u8);",
    );
    let mut session = start(&workspace);
    workspace.edit(
        WIDGETS,
        "let text = show(1_u8);",
        "let text = String::new();",
    );
    assert_eq!(live(&mut session)["deltas"], json!(["widgets"]));
    // From now on, only `pages` can have the instance.
    for (from, to) in [("\"zero\"", "\"two\""), ("\"two\"", "\"three\"")] {
        workspace.edit(PAGES, from, to);
        live(&mut session);
        assert!(page(&mut session).starts_with(to.trim_matches('"')));
    }
    workspace.edit(PAGES, "\"three\"", "\"four\"");
    assert_eq!(live(&mut session)["deltas"], json!(["pages"]));
}

#[test]
fn any_linker_can_link_a_delta() {
    let workspace = workspace("delta_bfd");
    let config = "[build]\nrustflags = [\"-C\", \"link-arg=-fuse-ld=bfd\"]\n";
    workspace.write(".cargo/config.toml", config);
    let mut session = start(&workspace);
    workspace.edit(PAGES, "sum += row;", "sum += row * 2;");
    assert_eq!(live(&mut session)["deltas"], json!(["pages"]));
    workspace.edit(PAGES, "it * factor;", "it * factor + other as u32;");
    assert_eq!(live(&mut session)["deltas"], json!(["pages"]));
    let page = page(&mut session);
    assert!(page.starts_with("zero 12 3/text 1 36 "), "{page}");
}

#[test]
fn what_changes_more_than_bodies_is_compiled_in_full() {
    let workspace = workspace("delta_more");
    let mut session = start(&workspace);
    for (from, to) in [
        // An item in a body.
        (
            "let other = 10_u64;",
            "static OTHER: u64 = 20;\n    let other = OTHER;",
        ),
        // A macro that makes one.
        ("sum += row;", "sum += make!(row);"),
        // A generic function moves.
        ("fn generic<T", "// A comment.\nfn generic<T"),
        // A signature.
        (
            "fn captured(factor: u32)",
            "fn captured(factor: u32, _: ())",
        ),
    ] {
        if to.contains("make!") {
            workspace.edit(
                PAGES,
                "mod rows;",
                "macro_rules! make { ($it:expr) => {{ static MADE: u32 = 0; $it + MADE }} }\nmod rows;",
            );
            live(&mut session);
        }
        if to.contains("_: ()") {
            workspace.edit(PAGES, "captured(2),", "captured(2, ()),");
            session.wait_for("compile-error");
        }
        workspace.edit(PAGES, from, to);
        let live = live(&mut session);
        assert_eq!(live["deltas"], json!([]), "{to}");
    }
    let page = page(&mut session);
    assert!(page.contains(" 26 pages/"), "{page}");
}

#[test]
fn a_body_may_call_macros_of_the_group() {
    let workspace = workspace("delta_macros");
    let exported = "\n#[macro_export]\nmacro_rules! more {\n    ($it:expr) => {\n        $it + $crate::one!()\n    };\n}\n\n\
                    #[macro_export]\nmacro_rules! one {\n    () => {\n        1\n    };\n}\n";
    workspace.write(WIDGETS, &(workspace.read(WIDGETS) + exported));
    let own = "#[macro_use]\nextern crate widgets;\n\nmacro_rules! own {\n    ($it:expr) => {\n        $it * 1\n    };\n}\n\nmod rows;";
    workspace.edit(PAGES, "mod rows;", own);
    workspace.edit(PAGES, "sum += row;", "sum += own!(more!(row));");
    let mut session = start(&workspace);
    for (from, to, expected) in [
        ("own!(more!(row))", "own!(more!(row) + 1)", "zero 12 "),
        ("own!(more!(row) + 1)", "row + one!()", "zero 9 "),
    ] {
        workspace.edit(PAGES, from, to);
        let live = live(&mut session);
        assert_eq!(live["deltas"], json!(["pages"]), "{to}: {live}");
        let page = page(&mut session);
        assert!(page.starts_with(expected), "{page}");
    }
    // Its code has other positions in debug information.
    workspace.edit(PAGES, "macro_rules! own", "\nmacro_rules! own");
    assert_eq!(live(&mut session)["deltas"], json!([]));
    // Then it is not known what bodies that call it contain.
    workspace.edit(
        WIDGETS,
        "        1\n    };",
        "        {\n            static ONE: u32 = 2;\n            ONE\n        }\n    };",
    );
    assert_eq!(live(&mut session)["deltas"], json!([]));
    assert!(page(&mut session).starts_with("zero 12 "));
    workspace.edit(PAGES, "row + one!()", "row + 1 + one!()");
    assert_eq!(live(&mut session)["deltas"], json!([]));
    assert!(page(&mut session).starts_with("zero 15 "));
}

#[test]
fn errors_are_those_of_a_full_compilation() {
    let workspace = workspace("delta_errors");
    let mut session = start(&workspace);
    let line = LEAF
        .lines()
        .position(|it| it.contains("sum += row"))
        .unwrap()
        + 1;
    for (wrong, error) in [
        (
            "sum += missing;",
            "cannot find value `missing` in this scope",
        ),
        ("sum += \"a\";", "cannot add-assign `&str` to"),
    ] {
        workspace.edit(PAGES, "sum += row;", wrong);
        let event = session.wait_for_any(&["live", "compile-error"]);
        let rendered = event["rendered"].as_str().unwrap_or_default();
        let place = format!("--> pages/src/lib.rs:{line}:");
        assert!(
            rendered.contains(error) && rendered.contains(&place),
            "{event}"
        );
        workspace.edit(PAGES, wrong, "sum += row;");
        session.wait_for_any(&["verdict"]);
    }
    // In a session, lints are warnings.
    workspace.edit(PAGES, "sum += row;", "let _: u8 = 256; sum += row;");
    assert_eq!(live(&mut session)["deltas"], json!(["pages"]));
}

#[test]
fn edits_that_follow_each_other_go_live_before_the_full_compilation_ends() {
    let workspace = workspace("delta_fast");
    let mut session = start(&workspace);
    let mut row = "sum += row;".to_owned();
    let mut deltas = 0;
    for number in 1..6 {
        let mark = |it: u32| format!("\"{}\"", ["zero", "a", "b", "c", "d", "e"][it as usize]);
        workspace.edit(PAGES, &mark(number - 1), &mark(number));
        let live = session.wait_for("live");
        deltas += live["deltas"].as_array().unwrap().len();
        // The full compilation of the first edit is still running, or has just ended.
        let next = format!("sum += row + {number};");
        workspace.edit(PAGES, &row, &next);
        row = next;
        let live = session.wait_for("live");
        deltas += live["deltas"].as_array().unwrap().len();
        let page = page(&mut session);
        let expected = format!("{} {} ", mark(number).trim_matches('"'), 6 + 3 * number);
        assert!(page.starts_with(&expected), "{page}");
    }
    // One more, whose full compilation nothing cancels.
    workspace.edit("pages/src/rows.rs", "sorted[0]", "sorted[1]");
    live(&mut session);
    // A full compilation may have read the next edit.
    assert!(deltas > 0);
    let events = session.events();
    let mut compared = events.iter().filter(|it| it["event"] == "delta-compared");
    assert!(compared.all(|it| it["outcome"] == "same"));
    assert_eq!(session.count("error"), 0);
}

#[test]
fn a_session_that_was_killed_during_the_full_compilation_leaves_nothing_wrong() {
    let workspace = workspace("delta_killed");
    let mut session = start(&workspace);
    workspace.edit(PAGES, "\"zero\"", "\"a\"");
    assert_eq!(session.wait_for("live")["deltas"], json!(["pages"]));
    session.signal("KILL");
    session.wait();
    let mut session = workspace.run().arguments(["--delta", "always"]).ready();
    assert!(page(&mut session).starts_with("a 6 "));
    workspace.edit(PAGES, "sum += row;", "sum += row * 2;");
    live(&mut session);
    assert!(page(&mut session).starts_with("a 12 "));
}

#[test]
fn without_deltas_all_is_compiled_in_full() {
    let workspace = workspace("delta_never");
    // Small crates are not compiled as deltas either.
    for policy in ["never", "auto"] {
        let mut session = workspace.run().arguments(["--delta", policy]).ready();
        for (from, to) in [("\"one\"", "\"two\""), ("\"two\"", "\"one\"")] {
            workspace.edit(PAGES, from, to);
            let live = session.wait_for("live");
            assert_eq!(live["deltas"], json!([]), "{policy}");
        }
        session.interrupt();
    }
}

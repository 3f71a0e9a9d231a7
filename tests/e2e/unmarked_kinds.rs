//! Functions of many kinds that the host calls without a mark: after each edit, the program shows the same as a
//! clean build.

use std::fs;
use std::path::Path;

use hotmod_testkit::{files, repository};

use crate::difference;
use crate::twin_workspaces::{Clean, Outcome, Sources, Twins};

const PAGES: &str = "pages/src/lib.rs";

/// A text of a file, and what replaces it.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// Edits of the output of plain functions, and of functions that only they call.
const BODIES: &[Edit<'_>] = &[
    (PAGES, "tracked-1", "tracked-2"),
    (PAGES, "b + 10.0", "b + 20.0"),
    (PAGES, "unsafe-1", "unsafe-2"),
    (PAGES, "never-1", "never-2"),
    (PAGES, "201", "202"),
    (PAGES, "behind-1", "behind-2"),
    (PAGES, "deep-1", "deep-2"),
    (PAGES, "+ 301", "+ 302"),
    (PAGES, "+ 401.0", "+ 402.0"),
    (PAGES, "+ 501", "+ 502"),
    (PAGES, "601", "602"),
    (PAGES, "unit-1", "unit-2"),
    (PAGES, "drop-1", "drop-2"),
    (PAGES, "show-1", "show-2"),
    (PAGES, "describe-1", "describe-2"),
    (PAGES, "wrap-1", "wrap-2"),
    (PAGES, "nested-1", "nested-2"),
    (PAGES, "body-1", "body-2"),
    (PAGES, "nesting-1", "nesting-2"),
    (PAGES, "901", "903"),
    (PAGES, "+ 1200", "+ 1201"),
    (PAGES, "1301", "1302"),
    (PAGES, "1401", "1402"),
    (PAGES, "+ 1600", "+ 1601"),
    ("pages/src/inner.rs", "moved-1", "moved-2"),
    ("widgets/src/lib.rs", "exported-1", "exported-2"),
    ("widgets/src/lib.rs", "label-1", "label-2"),
];

/// Edits of code that the host contains, or after which the host would call a function in another way than
/// the new generation expects.
const RESTARTS: &[Edit<'_>] = &[
    // The host computes a constant with it.
    (PAGES, "101", "102"),
    // A static of the group, which the host reads, points to it.
    (PAGES, "801", "802"),
    (PAGES, "row-1", "row-2"),
    // The trait of its impl has an argument.
    (
        PAGES,
        "f64::from(point.x) + 1.0",
        "f64::from(point.x) + 2.0",
    ),
    // Inside of a constant without a name.
    (PAGES, "block-1", "block-2"),
    // A hidden argument.
    (PAGES, "#[track_caller]\n", ""),
    // Other registers for arguments and results, although layouts are the same and macros hide the signatures.
    (PAGES, "pub struct Hidden", "#[repr(C)]\npub struct Hidden"),
    (PAGES, "pub struct Chain(", "#[repr(C)]\npub struct Chain("),
    (PAGES, "pub fn take", "pub extern \"C\" fn take"),
    (
        PAGES,
        "pub fn $name",
        "#[track_caller]\n        pub fn $name",
    ),
    // A type without a size, and an alias.
    (PAGES, "pub struct Unit;", "pub struct Unit([u8; 0]);"),
    (PAGES, "type Id = u32", "type Id = u64"),
    // Another function of this name.
    (
        PAGES,
        "pub use inner::moved;",
        "pub fn moved() -> &'static str { \"own\" }",
    ),
];

struct Program {
    twins: Twins,
    sources: Sources,
}

impl Program {
    fn new(name: &str) -> Self {
        let fixture = repository().join("tests/fixtures/unmarked_kinds");
        let all = files(&fixture).into_iter().map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (file.strip_prefix(&fixture).unwrap().to_owned(), text)
        });
        let sources: Sources = all.collect();
        let mut twins = Twins::new(name, sources.clone(), &["--shadow", "always"]);
        twins.first();
        Program { twins, sources }
    }

    /// Makes edits in one save, and returns their outcome.
    fn edit(&mut self, edits: &[Edit<'_>]) -> Outcome {
        for (file, from, to) in edits {
            let text = self.sources.get_mut(Path::new(file)).unwrap();
            assert!(text.contains(from), "no `{from}` in `{file}`");
            *text = text.replacen(from, to, 1);
        }
        let Clean::Shows(clean) = self.twins.show_clean(&self.sources) else {
            panic!("{edits:?} does not compile");
        };
        let settled = self.twins.settle(self.sources.clone()).unwrap();
        let difference = difference::of_texts(&clean, &settled.shown);
        assert_eq!(clean, settled.shown, "{edits:?}:\n{difference}");
        assert!(!settled.was_live, "{edits:?}: {:?}", settled.outcome);
        settled.outcome
    }
}

#[test]
fn bodies_of_functions_of_many_kinds_go_live() {
    let mut program = Program::new("unmarked_kinds_bodies");
    let outcome = program.edit(BODIES);
    let is_live = matches!(outcome, Outcome::Live { .. });
    assert!(is_live, "{outcome:?}");
}

#[test]
fn edits_that_a_call_from_the_host_would_notice_restart() {
    let mut program = Program::new("unmarked_kinds_restarts");
    for edit in RESTARTS {
        let outcome = program.edit(&[*edit]);
        let is_restart = matches!(outcome, Outcome::Restarted { .. });
        assert!(is_restart, "{edit:?}: {outcome:?}");
    }
}

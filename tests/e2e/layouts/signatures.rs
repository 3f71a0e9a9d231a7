//! Changes of entry points that the layouts don't show are refused too.

use serde_json::Value;

use hotmod_testkit::Workspace;

use super::{Program, SCREENS};

const OTHER_TOTALS: &str = "
pub trait Short {
    fn total(&self, of: u16) -> u16;
}

#[hotmod::hot]
impl Short for State {
    fn total(&self, of: u16) -> u16 {
        of
    }
}

pub trait Signed {
    fn total(&self, of: i16) -> i16;
}

#[hotmod::hot]
impl Signed for State {
    fn total(&self, of: i16) -> i16 {
        of
    }
}
";

fn is_refused(outcome: &Value, reason: &str) -> bool {
    let found = outcome["reason"].as_str().unwrap_or_default();
    outcome["event"] == "refused" && outcome["restart"] == true && found.contains(reason)
}

#[test]
fn longer_lifetimes_and_unsafe_functions_are_refused() {
    let mut program = Program::start("signatures_compared");
    for (edit, reason) in [
        (
            ("_: Viewed<'_>", "_: Viewed<'static>"),
            "the signature of `screens::take` changed from `fn(Taken, Viewed<'_>) -> Given`",
        ),
        (
            ("of(text: &'a str)", "of(text: &'static str)"),
            "the signature of `screens::Viewed<'_>::of` changed",
        ),
        (
            ("pub fn number()", "pub unsafe fn number()"),
            "the signature of `screens::number` changed from `fn() -> u32` to `unsafe fn() -> u32`",
        ),
        // Not the first thing that it takes tells which `of` it is.
        (
            (
                "value: u32) -> Self {\n        Step { value }",
                "value: u64) -> Self {\n        Step { value: value as u32 }",
            ),
            "`fn screens::Step::of`: argument 1: `u32` -> `u64`",
        ),
    ] {
        let edit: super::Edit = Box::leak(Box::new([edit]));
        program.check_edit(edit);
        let outcome = program.save(edit);
        assert!(is_refused(&outcome, reason), "{edit:?}\n{outcome}");
    }
    assert_eq!(program.session.count("live"), 0);
}

#[test]
fn an_entry_point_that_a_generation_added_keeps_its_types() {
    let mut program = Program::start("signatures_added");
    let add = |takes: &str| -> super::Edit {
        let function = format!("#[hotmod::hot]\npub fn new(_: {takes}) {{}}\n\npub struct Mark");
        Box::leak(Box::new([("pub struct Mark", &*function.leak())]))
    };
    assert_eq!(program.save(add("State"))["event"], "live");
    let reason = "`fn screens::new`: argument 1: `screens::State` -> `Box<screens::State>`";
    let outcome = program.save(add("Box<State>"));
    assert!(is_refused(&outcome, reason), "{outcome}");
    // Who has a handle to it may call it when it is there again.
    assert_eq!(program.save(&[])["event"], "live");
    let outcome = program.save(add("Box<State>"));
    assert!(is_refused(&outcome, reason), "{outcome}");
    assert_eq!(program.save(add("Box<u8>"))["event"], "refused");
    assert_eq!(program.save(add("crate::State"))["event"], "live");
}

#[test]
fn entry_points_with_the_same_label_are_compared_by_tokens() {
    let workspace = Workspace::new("layouts", "signatures_written");
    let source = workspace.read(SCREENS) + OTHER_TOTALS;
    workspace.write(SCREENS, &source);
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    let outcomes = ["live", "refused", "compile-error", "restarted", "error"];
    // What layouts show is the same: one `total` for each type.
    let (short, signed) = OTHER_TOTALS.split_once("pub trait Signed").unwrap();
    let swapped = short.replace("u16", "i16") + "pub trait Signed" + &signed.replace("i16", "u16");
    workspace.write(SCREENS, &source.replace(OTHER_TOTALS, &swapped));
    let outcome = session.wait_for_any(&outcomes);
    let reason = ">::total` changed from `fn(&self, ";
    assert!(is_refused(&outcome, reason), "{outcome}");
    workspace.write(SCREENS, &source.replace("LIMIT: u32 = 7", "LIMIT: u32 = 8"));
    assert_eq!(session.wait_for_any(&outcomes)["event"], "live");
}

//! Generations, and the entry points that lead to what an edit changed.

use std::collections::BTreeSet;

use crate::compat::symbols::full_name;

use super::program::{DEV, Program};
use super::{OPTIMISED, with_other_mangling};

const RULES: &str = "
#[inline(never)] fn shared(x: u64) -> u64 { x + 1 }
#[inline(never)] fn helper(x: u64) -> u64 { shared(x) * 2 }
pub struct Secret(pub u64);
impl Drop for Secret { #[inline(never)] fn drop(&mut self) { println!(\"drop 1\") } }
pub trait Plugin { fn build(&self, systems: &mut Vec<Box<dyn Fn() -> u64>>); }
pub struct Game;
impl Plugin for Game {
    fn build(&self, systems: &mut Vec<Box<dyn Fn() -> u64>>) {
        fn __hotmod_describe() -> *const () { <Game as Plugin>::build as *const () }
        record!(__hotmod_describe);
        systems.push(Box::new(|| 10));
        systems.push(Box::new(system));
    }
}
#[inline(never)] fn system() -> u64 { 20 }
static TABLE: &[fn() -> u64] = &[in_table];
fn in_table() -> u64 { 30 }
hot! { fn page(x: u64) -> u64 { helper(x) } }
hot! { fn other(x: u64) -> u64 { shared(x) + 5 } }
hot! { fn drops() { drop(Some(Secret(1))) } }
hot! { fn table(x: usize) -> u64 { TABLE[x]() } }
hot! { fn texts() -> &'static str { \"one\" } }
hot! { fn uses_generic() -> usize { generic(&[1u8]) } }
#[inline(never)] fn generic<T>(all: &[T]) -> usize { all.len() + 40 }
setup! { fn begin() { at_setup(); } }
#[inline(never)] fn at_setup() { println!(\"begin 1\") }
hot! { fn also_at_setup() { at_setup() } }
#[inline(never)] pub fn unused() -> u64 { 50 }
";

const BUILD: &str = "<rules::Game as rules::Plugin>::build";

/// The entry points that lead to what changed, function by function.
fn changed(from: &str, to: &str, options: &[&str]) -> Vec<BTreeSet<String>> {
    assert!(RULES.contains(from), "{from}");
    let program = Program::new();
    let before = program.build_group(RULES, options);
    let after = program.build_group(&RULES.replace(from, to), options);
    let changed = after.changed(&before, &BTreeSet::new()).code;
    changed.into_iter().map(|it| it.entry_points).collect()
}

#[test]
fn entry_points_lead_to_changed_code() {
    let cases: &[(&str, &str, &[&[&str]])] = &[
        ("x + 1", "x + 2", &[&["rules::other", "rules::page"]]),
        ("(x) * 2", "(x) * 3", &[&["rules::page"]]),
        ("drop 1", "drop 2", &[&["rules::drops"]]),
        ("|| 10", "|| 11", &[&[BUILD]]),
        ("{ 20 }", "{ 21 }", &[&[BUILD]]),
        ("{ 30 }", "{ 31 }", &[&["rules::table"]]),
        ("\"one\"", "\"two\"", &[&["rules::texts"]]),
        ("+ 40", "+ 41", &[&["rules::uses_generic"]]),
        // Two functions changed.
        (
            "hot! { fn page(x: u64) -> u64 { helper(x) } }\nhot! { fn other(x: u64) -> u64 { shared(x) + 5 } }",
            "hot! { fn page(x: u64) -> u64 { helper(x) + 1 } }\nhot! { fn other(x: u64) -> u64 { shared(x) + 6 } }",
            &[&["rules::other"], &["rules::page"]],
        ),
        // It ran when the library was loaded.
        ("begin 1", "begin 2", &[]),
        // Nothing can run it.
        ("{ 50 }", "{ 51 }", &[]),
        // Only lines moved.
        ("hot! { fn texts", "\n\nhot! { fn texts", &[]),
    ];
    for options in [DEV.to_vec(), with_other_mangling()] {
        for (from, to, expected) in cases {
            let found = changed(from, to, &options);
            let found: Vec<Vec<&str>> = found
                .iter()
                .map(|it| it.iter().map(String::as_str).collect())
                .collect();
            assert_eq!(found, *expected, "{from} -> {to}");
        }
    }
}

#[test]
fn optimised_code_is_reached_through_its_callers() {
    let found = changed("x + 1", "x + 2", OPTIMISED);
    let found: BTreeSet<String> = found.into_iter().flatten().collect();
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["rules::other", "rules::page"]);
}

#[test]
fn code_that_was_not_called_is_found_again_in_a_later_generation() {
    let program = Program::new();
    let first = program.build_group(RULES, DEV);
    let edited = RULES.replace("|| 10", "|| 11");
    let second = program.build_group(&edited, DEV);
    let uncalled: BTreeSet<String> = second
        .changed(&first, &BTreeSet::new())
        .code
        .into_iter()
        .map(|it| it.name)
        .collect();
    let third = program.build_group(&edited.replace("+ 5", "+ 6"), DEV);
    let found = third.changed(&second, &uncalled).code;
    let found: Vec<_> = found
        .iter()
        .flat_map(|it| it.entry_points.iter())
        .map(String::as_str)
        .collect();
    assert_eq!(found, [BUILD, "rules::other"]);
}

#[test]
fn a_pointer_can_lead_to_changed_code() {
    let cases: [(&str, &str, &[&str]); 5] = [
        ("{ 20 }", "{ 21 }", &["rules::system"]),
        ("{ 30 }", "{ 31 }", &["rules::in_table", "rules::TABLE"]),
        ("(x) * 2", "(x) * 3", &["rules::helper"]),
        ("x + 1", "x + 2", &["rules::helper", "rules::shared"]),
        // Nothing can run it.
        ("{ 50 }", "{ 51 }", &[]),
    ];
    for (from, to, expected) in cases {
        let program = Program::new();
        let before = program.build_group(RULES, DEV);
        let after = program.build_group(&RULES.replace(from, to), DEV);
        let leading = after.changed(&before, &BTreeSet::new()).leading;
        let leading: BTreeSet<String> = leading.iter().map(|it| full_name(it)).collect();
        assert!(
            expected.iter().all(|it| leading.contains(*it)),
            "{from}: {leading:?}"
        );
        // The host calls them through slots.
        let marked = ["rules::page", "rules::table", BUILD];
        assert!(
            marked.iter().all(|it| !leading.contains(*it)),
            "{from}: {leading:?}"
        );
        assert!(!expected.is_empty() || leading.is_empty(), "{leading:?}");
    }
}

//! Programs that rustc compiles, and edits of them.

mod formats;
mod group;
mod harmful;
mod harmless;
mod program;
mod registry;

use super::compare::{compare, compare_once};
use harmful::HARMFUL;
use harmless::HARMLESS;
use program::{DEV, Program};

/// An edit of a module of a reloadable crate that the host uses.
struct Case {
    name: &'static str,
    before: &'static str,
    /// A text of the module, and what replaces it.
    edit: [&'static str; 2],
    /// Statements of the host.
    host: &'static str,
    /// The differences, in the module `name` of both crates.
    expected: &'static [&'static str],
}

/// A crate of modules, one for each case, and a program that uses each.
fn sources(cases: &[Case], is_edited: bool) -> [String; 2] {
    let [mut rules, mut app, mut calls] = [const { String::new() }; 3];
    for Case {
        name,
        before,
        edit: [from, to],
        host,
        ..
    } in cases
    {
        assert!(before.contains(from), "{name}: no {from}");
        let module = match is_edited {
            true => before.replace(from, to),
            false => (*before).to_owned(),
        };
        rules += &format!("pub mod {name} {{ {module} }}\n");
        app += &format!(
            "mod {name} {{ use rules::{name}::*; #[inline(never)] pub fn run() {{ {host} }} }}\n"
        );
        calls += &format!("{name}::run();\n");
    }
    [rules, format!("{app} fn main() {{ {calls} }}")]
}

/// The differences that the edits of all cases make, as text.
fn differences(cases: &[Case], options: &[&str]) -> Vec<String> {
    let program = Program::new();
    let [running, clean] = [false, true].map(|is_edited| {
        let [rules, app] = sources(cases, is_edited);
        program.build(&rules, &app, options)
    });
    assert_eq!(compare_once(&running, &running).0, []);
    assert_eq!(compare_once(&clean, &clean).0, []);
    let found = compare_once(&running, &clean).0.into_iter();
    let found = found.map(|it| match [it.now, it.before] {
        [None, None] => it.symbol,
        both => {
            let [now, before] = both.map(|it| it.unwrap_or_else(|| "nothing".to_owned()));
            format!("{}: {now} instead of {before}", it.symbol)
        }
    });
    found.collect()
}

/// Those of a case, without the module that it is in.
fn of_case(name: &str, all: &[String]) -> Vec<String> {
    let module = format!("::{name}::");
    let of_case = all.iter().filter(|it| it.contains(&module));
    let texts = of_case.map(|it| it.replace(&module, "::"));
    texts.collect()
}

#[test]
fn harmless_edits_make_no_difference() {
    assert_eq!(differences(HARMLESS, DEV), [""; 0]);
    assert_eq!(differences(HARMLESS, &with_other_mangling()), [""; 0]);
    assert_eq!(differences(HARMLESS, OPTIMISED), [""; 0]);
}

/// The options of an optimised build.
const OPTIMISED: &[&str] = &["-Copt-level=2", "-Ccodegen-units=16"];

/// As newer versions of rustc do by themselves.
fn with_other_mangling() -> Vec<&'static str> {
    [DEV, &["-Csymbol-mangling-version=v0"]].concat()
}

#[test]
fn harmful_edits_make_a_difference_that_names_the_symbol() {
    for options in [DEV.to_vec(), with_other_mangling()] {
        let all = differences(HARMFUL, &options);
        let found = HARMFUL.iter().map(|it| (it.name, of_case(it.name, &all)));
        let found: Vec<_> = found.collect();
        let expected = HARMFUL.iter().map(|it| (it.name, it.expected.to_vec()));
        assert_eq!(
            format!("{found:#?}"),
            format!("{:#?}", expected.collect::<Vec<_>>())
        );
    }
}

#[test]
fn harmful_edits_of_optimised_crates_make_a_difference_too() {
    let all = differences(HARMFUL, OPTIMISED);
    let found = |it: &&Case| !of_case(it.name, &all).is_empty();
    let missed = HARMFUL.iter().filter(|it| !found(it)).map(|it| it.name);
    assert_eq!(missed.collect::<Vec<_>>(), [""; 0]);
}

/// Of two dependencies that have an instance, rustc takes the one whose number is smaller, which depends
/// on its name. Only reloadable crates and the program may have the newer mangling.
#[test]
fn an_instance_that_moves_to_another_crate_is_the_same() {
    for options in [DEV.to_vec(), with_other_mangling()] {
        let program = Program::new();
        let copied = "pub fn copied(x: &[u8]) -> Vec<u8> { x.to_vec() }";
        let is_moved = ["a", "b", "c", "d", "e", "f"].iter().any(|name| {
            program.add(name, copied, DEV);
            let app = format!(
                "extern crate {name}; fn main() {{ println!(\"{{:?}} {{:?}} {{}}\", {name}::copied(b\"x\"), b\"y\".to_vec(), rules::plain()); }}"
            );
            let rules = "pub fn plain() -> u8 { 1 }";
            let [running, clean] = [rules.to_owned(), format!("{rules} {copied}")]
                .map(|it| program.build(&it, &app, &options));
            let (differences, _) = compare_once(&running, &clean);
            assert_eq!(compare(running, clean, &program.elsewhere()), []);
            !differences.is_empty()
        });
        assert!(is_moved);
    }
}

//! Programs that rustc compiles, and edits of them.

mod cases;
mod program;

use super::compare;
use cases::{Case, HARMFUL, HARMLESS};
use program::{DEV, Program};

/// A crate of modules, one for each case, and a program that uses each.
fn sources(cases: &[Case], is_edited: bool) -> (String, String) {
    let mut rules = String::new();
    let mut app = String::new();
    let mut calls = String::new();
    for case in cases {
        let Case {
            name,
            before,
            after,
            host,
            ..
        } = case;
        let module = if is_edited { after } else { before };
        rules += &format!("pub mod {name} {{\n{module}\n}}\n");
        app += &format!("mod {name} {{\nuse rules::{name}::*;\n{host}\n}}\n");
        calls += &format!("{name}::run();\n");
    }
    (rules, format!("{app}\nfn main() {{\n{calls}}}\n"))
}

/// The differences that the edits of all cases make, as text.
fn differences(cases: &[Case], options: &[&str]) -> Vec<String> {
    let program = Program::new();
    let build = |is_edited| {
        let (rules, app) = sources(cases, is_edited);
        program.build(&rules, &app, options)
    };
    let (running, clean) = (build(false), build(true));
    assert_eq!(compare(&running, &running), []);
    assert_eq!(compare(&clean, &clean), []);
    let text = compare(&running, &clean).into_iter().map(|it| {
        let [now, before] = [it.now, it.before].map(|it| it.unwrap_or_else(|| "-".to_owned()));
        format!("{}: {now} instead of {before}", it.symbol)
    });
    text.collect()
}

#[test]
fn harmless_edits_make_no_difference() {
    assert_eq!(differences(HARMLESS, DEV), [""; 0]);
}

#[test]
fn harmful_edits_make_a_difference_that_names_the_symbol() {
    let found = differences(HARMFUL, DEV);
    for Case { name, expected, .. } in HARMFUL {
        assert!(found.iter().any(|it| it == expected), "{name}: {found:#?}");
    }
}

//! Edits that concern a host, and edits that don't.

mod edits;

use std::path::{Path, PathBuf};

use super::*;
use crate::compat::items::reach::Reach;
use crate::compat::symbols::{HostSymbols, Redirect, Use};
use edits::{CONCERNED, Edit, HARMLESS, HOST, RULES};

/// A host that uses a crate `rules`.
#[derive(Clone, Copy, Default)]
struct Program<'a> {
    pub(super) text: &'a str,
    /// Paths of items of the group that it has.
    uses: &'a [&'a str],
    /// Paths of functions that it calls through trampolines.
    redirects: &'a [&'a str],
}

/// What is found of an edit of one file, `src/lib.rs`: the item's name, and that by which it is known.
fn found(program: Program<'_>, was: &str, now: &str) -> Option<String> {
    found_in(program, &[("src/lib.rs", was, now)])
}

/// The same of several files, each with its text before and after the edit.
fn found_in(program: Program<'_>, files: &[(&str, &str, &str)]) -> Option<String> {
    let reach = |text: &str| (!text.is_empty()).then(|| Reach::of_text(text));
    let files: Vec<_> = files
        .iter()
        .map(|(path, was, now)| (PathBuf::from(path), reach(was), reach(now)))
        .collect();
    let sources = files.iter().map(|(path, was, now)| Source {
        path,
        crates: ["rules".to_owned()].into(),
        was: was.as_ref(),
        now: now.as_ref(),
    });
    let sources: Vec<Source<'_>> = sources.collect();
    let its = Use {
        is_data: false,
        user: "app".to_owned(),
        is_program: false,
        by_way_of: None,
    };
    let uses = program
        .uses
        .iter()
        .map(|it| ((*it).to_owned(), its.clone()));
    let redirects = program.redirects.iter().map(|it| Redirect {
        symbol: String::new(),
        path: (*it).to_owned(),
        of_crate: "rules".to_owned(),
        user: "app".to_owned(),
    });
    let host = HostCode {
        symbols: &HostSymbols {
            uses: uses.collect(),
            redirects: redirects.collect(),
            ..HostSymbols::default()
        },
        is_inlined: false,
    };
    let texts = || vec![(Path::new("app/src/main.rs"), program.text.to_owned())];
    let (_, rebound) = first(&sources, &host, texts)?;
    Some(format!("{:?} by {}", rebound.part, rebound.known_by))
}

fn edited((from, to): Edit) -> String {
    assert_eq!(RULES.matches(from).count(), 1, "{from}");
    RULES.replace(from, to)
}

#[test]
fn what_the_host_may_be_resolved_to_concerns_it() {
    let mut wrong = Vec::new();
    for (edit, item) in CONCERNED {
        let found = found(HOST, RULES, &edited(*edit));
        if !found.as_deref().is_some_and(|it| it.contains(item)) {
            wrong.push(format!("{edit:?}: expected `{item}`, found {found:?}"));
        }
    }
    assert!(CONCERNED.len() >= 32);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_host_knows_nothing_of_does_not_concern_it() {
    let mut wrong = Vec::new();
    for edit in HARMLESS {
        if let Some(found) = found(HOST, RULES, &edited(*edit)) {
            wrong.push(format!("{edit:?}: {found}"));
        }
    }
    assert!(HARMLESS.len() >= 20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_only_moves_to_another_file_is_the_same() {
    let files = [
        (
            "src/lib.rs",
            "pub struct Job; impl Drop for Job { fn drop(&mut self) {} }",
            "mod job; pub use job::Job;",
        ),
        (
            "src/job.rs",
            "",
            "pub struct Job; impl Drop for Job { fn drop(&mut self) {} }",
        ),
    ];
    let host = Program {
        text: "fn main() { rules::Job; }",
        ..Program::default()
    };
    assert_eq!(found_in(host, &files), None);
    let [lib, _] = files;
    assert!(found_in(host, &[lib]).is_some());
}

#[test]
fn what_is_new_in_another_file_concerns_the_host_too() {
    let files = [
        ("src/lib.rs", "pub struct Job;", "mod more; pub struct Job;"),
        (
            "src/more.rs",
            "",
            "impl Drop for crate::Job { fn drop(&mut self) {} }",
        ),
    ];
    let host = Program {
        text: "use rules::Job; fn main() { Job; }",
        ..Program::default()
    };
    assert!(found_in(host, &files).is_some());
}

#[test]
fn layouts_tell_of_the_types_of_redirected_functions() {
    let edit = |more: &str| {
        let was = format!(
            "pub struct Card {{ one: u8 }} pub fn card() -> Card {{ Card {{ one: 1 }} }} {more}"
        );
        (was.clone(), was.replace("one: u8", "one: u16"))
    };
    let host = Program {
        text: "fn main() { rules::card(); }",
        ..Program::default()
    };
    let redirected = Program {
        redirects: &["rules::card"],
        ..host
    };
    let (was, now) = edit("");
    assert!(found(host, &was, &now).is_some());
    assert_eq!(found(redirected, &was, &now), None);
    // Only one of two functions is redirected, and their keys are the same.
    let (was, now) = edit("mod other { pub fn card() -> u8 { 1 } }");
    assert!(found(redirected, &was, &now).is_some());
}

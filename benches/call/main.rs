//! The cost of a call of an entry point, compared to a call of a plain function with the same body.
//!
//! `cargo bench --bench call` runs a host in a session of the dev profile and in one of the release
//! profile. Each host measures itself in generation 0 and, after an edit, in generation 1; on one
//! thread and on two at once; with the pin of `hotmod::enter()` held and not. Target: at most 8 ns more
//! in dev, and 3 ns in release.
//!
//! Criterion and divan are harnesses that own a process from its start to its end. Here one process
//! is measured before and after a reload, on the word of the bench, which also drives the session.
//! So the host has a small loop: batches of direct calls and of calls of the entry point in turn,
//! and the median of what each pair of batches differs by.

#[path = "../support/mod.rs"]
mod support;

use std::fs;

use support::session::Session;
use support::table::Table;
use support::workspace::{self, Kind, Member};

const HOST: &str = include_str!("host.rs");

fn main() {
    let table = Table::new(&[
        "profile",
        "generation",
        "threads",
        "enter held",
        "direct",
        "entry",
        "added",
    ]);
    for (profile, arguments) in [("dev", &[][..]), ("release", &["--release"])] {
        let workspace = workspace::generate(
            "call",
            "",
            &[
                Member::new("app", Kind::Host, &["hot"], HOST.to_owned()),
                Member::new("hot", Kind::Reloadable, &[], hot(1)),
            ],
        );
        let mut session = Session::start(&workspace, arguments);
        measure(&mut session, profile, &table);
        fs::write(workspace::source(&workspace, "hot"), hot(2)).expect("a source");
        session.wait_for_live();
        measure(&mut session, profile, &table);
    }
}

/// The reloadable crate; each version has another constant, and costs the same.
fn hot(version: u64) -> String {
    format!("#[hotmod::hot]\npub fn entry(x: u64) -> u64 {{\n    (x << 1) ^ {version}\n}}\n")
}

/// Has the host measure itself; it answers with a line for each row, and an empty one.
fn measure(session: &mut Session, profile: &str, table: &Table) {
    session.tell("measure");
    loop {
        let answer = session.answer();
        let words: Vec<&str> = answer.split_whitespace().collect();
        let [generation, threads, held, direct, entry, added] = words[..] else {
            return;
        };
        let row = [
            profile,
            generation,
            threads,
            held,
            &format!("{direct} ns"),
            &format!("{entry} ns"),
            &format!("{added} ns"),
        ];
        table.row(&row.map(str::to_owned));
    }
}

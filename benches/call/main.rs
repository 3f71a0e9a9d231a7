//! The cost of a call from the host to a reloadable crate, compared to a call of a function of the host with the
//! same body.
//!
//! `cargo bench --bench call` runs a host in a session of the dev profile and in one of the release
//! profile. Each host measures itself in generation 0 and, after an edit, in generation 1; on one
//! thread and on two at once; with the pin of `hotmod::enter()` held and not. Target for an entry point: at most
//! 8 ns more in dev, and 3 ns in release; for a function without a mark, which only dev redirects: 3 ns.
//!
//! Criterion and divan are harnesses that own a process from its start to its end. Here one process
//! is measured before and after a reload, on the word of the bench, which also drives the session.
//! So the host has a small loop: batches of direct calls and of the others in turn, and the median of what each
//! pair of batches differs by.

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
        "called",
        "direct",
        "call",
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

/// The reloadable crate; each version has another constant, and costs the same. The function without a mark
/// stays the same, since an edit of it would restart the optimised host.
fn hot(version: u64) -> String {
    let function = |name: &str, version: u64| {
        format!("pub fn {name}(x: u64) -> u64 {{\n    (x << 1) ^ {version}\n}}\n")
    };
    format!(
        "#[hotmod::hot]\n{}\n{}",
        function("entry", version),
        function("unmarked", 1)
    )
}

/// Has the host measure itself; it answers with a line for each row, and an empty one.
fn measure(session: &mut Session, profile: &str, table: &Table) {
    session.tell("measure");
    loop {
        let answer = session.answer();
        let words: Vec<&str> = answer.split_whitespace().collect();
        let [generation, threads, held, called, direct, call, added] = words[..] else {
            return;
        };
        if profile == "release" && called == "unmarked" {
            continue;
        }
        let row = [
            profile,
            generation,
            threads,
            held,
            called,
            &format!("{direct} ns"),
            &format!("{call} ns"),
            &format!("{added} ns"),
        ];
        table.row(&row.map(str::to_owned));
    }
}

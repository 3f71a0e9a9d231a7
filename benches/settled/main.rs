//! The cost of waiting for the saved code while nothing is pending.
//!
//! `cargo bench --bench settled` runs a host that calls `hotmod::settle()` 1,000 times a second:
//! while nothing is saved; with a write of another file in a watched folder before each call, so that
//! each call asks the tool; and with `--poll`, where each call asks too. Target: at most 20 µs in the
//! median and 300 µs at the 99th percentile while nothing is saved.

#[path = "../support/mod.rs"]
mod support;

use support::session::Session;
use support::table::Table;
use support::workspace::{self, Kind, Member};

const HOST: &str = include_str!("host.rs");
const HOT: &str = "#[hotmod::hot]\npub fn entry(x: u64) -> u64 {\n    x + 1\n}\n";

fn main() {
    let table = Table::new(&["before each call", "session", "median", "p99", "most"]);
    let workspace = workspace::generate(
        "settled",
        "",
        &[
            Member::new("app", Kind::Host, &["hot"], HOST.to_owned()),
            Member::new("hot", Kind::Reloadable, &[], HOT.to_owned()),
        ],
    );
    for (arguments, lines) in [
        (&[][..], &["nothing", "write"][..]),
        (&["--poll"], &["nothing"]),
    ] {
        let mut session = Session::start(&workspace, arguments);
        for line in lines {
            session.tell(line);
            let answer = session.answer();
            let numbers = answer.split_whitespace().map(|it| format!("{it} µs"));
            let row = [(*line).to_owned(), arguments.join(" ")];
            table.row(&row.into_iter().chain(numbers).collect::<Vec<_>>());
        }
    }
}

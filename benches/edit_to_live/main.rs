//! The time from a save to the first answer of the new code, compared to rustc alone.
//!
//! `cargo bench --bench edit_to_live` generates the workload, runs a session, edits, and polls the
//! page every 5 ms. After each edit the recorded rustc command of the edited crate is run again,
//! with incremental state of its own, nothing linked or loaded: *Y*, the yardstick. What counts is
//! the ratio of the two, pair by pair; times drift with the machine.
//!
//! At the end, edits of bodies are measured again without deltas. `EDITS=30` changes the number of edits, and
//! `IDLE=60` the seconds in which each session prepares for them.

#[path = "../support/mod.rs"]
mod support;
mod workload;

use std::time::Duration;

use hotmod_testkit::Workspace;

use support::measure::{COLUMNS, Case, Sample, measure, row};
use support::session::Session;
use support::sources;
use support::table::{Table, line};
use support::{median, number};

fn main() {
    let edits = number("EDITS", 15);
    let workspace = workload::generate("edit_to_live");
    let mut session = start(&workspace, &[]);
    let case = |name: &str, crate_name, source| Case {
        name: name.to_owned(),
        crate_name,
        dependants: &[],
        source,
    };
    let cases = [
        case("leaf `screens`", "screens", &sources::screens),
        case(
            "leaf `screens`, a text of another length",
            "screens",
            &screens_of_another_length,
        ),
        case(
            "leaf `screens`, a line more or less at its start",
            "screens",
            &screens_with_another_line,
        ),
        case("small leaf `footer`", "footer", &sources::footer),
        case(
            "body of base `widgets`, 1 dependant",
            "widgets",
            &sources::base,
        ),
        case(
            "body of base `tokens`, 20 dependants",
            "tokens",
            &sources::base,
        ),
        Case {
            dependants: &["screens"],
            ..case(
                "interface of base `widgets`",
                "widgets",
                &base_with_another_field,
            )
        },
    ];
    let table = Table::new(&COLUMNS);
    let outcomes = cases.each_ref().map(|case| {
        let samples = measure(&mut session, &workspace, case, edits);
        table.row(&row(case, &samples));
        samples
    });
    drop(session);
    let mut session = start(&workspace, &["--delta", "never"]);
    for case in [&cases[0], &cases[1], &cases[2], &cases[4]] {
        let case = Case {
            name: format!("{}, `--delta never`", case.name),
            ..*case
        };
        let samples = measure(&mut session, &workspace, &case, edits);
        table.row(&row(&case, &samples));
    }
    let [leaf, _, _, small_leaf, ..] = &outcomes;
    line(&format!(
        "\nleaf `screens`: everything that is not rustc takes {:.0} ms\n\
         small leaf `footer`: Y + {:.0} ms (target: at most Y + 60 ms)",
        median(leaf.iter().map(Sample::not_rustc)),
        median(small_leaf.iter().map(Sample::minus_alone)),
    ));
}

/// Starts a session, and lets it prepare what it prepares while idle.
fn start(workspace: &Workspace, arguments: &[&str]) -> Session {
    let session = Session::start(workspace, arguments);
    std::thread::sleep(Duration::from_secs(number("IDLE", 60).into()));
    session
}

/// The base crate with a field in a public struct that was not there before, whose name the marker
/// makes. No value of it crosses an entry point, which would restart the host.
fn base_with_another_field(marker: &str) -> String {
    let field = format!("added_{}", number_in(marker));
    let source = sources::base(marker);
    let (before, after) = source
        .split_once("    pub weight: u64,\n")
        .expect("a struct of two fields");
    let after = after.replacen(
        "label: label.to_owned(),",
        &format!("label: label.to_owned(),\n        {field}: 1,"),
        1,
    );
    format!("{before}    pub weight: u64,\n    pub {field}: u8,\n{after}")
}

/// The leaf with a marker of another length than the last one.
fn screens_of_another_length(marker: &str) -> String {
    sources::screens(&format!(
        "{marker}{}",
        "!".repeat(number_in(marker) % 5 * 7)
    ))
}

/// The leaf with more or fewer lines at its start than the last one, so that all code moves.
fn screens_with_another_line(marker: &str) -> String {
    let lines = "\n".repeat(1 + number_in(marker) % 3);
    sources::screens(marker).replacen("{\n", &format!("{{{lines}"), 1)
}

fn number_in(marker: &str) -> usize {
    let number: String = marker.chars().filter(char::is_ascii_digit).collect();
    number.parse().expect("a number")
}

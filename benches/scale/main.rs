//! Checks that the time of a reload does not grow with the code that was *not* edited.
//!
//! `cargo bench --bench scale` edits one small reloadable crate, each time in a workspace with more
//! beside it: reloadable crates, dependencies of the group, or lines in one other reloadable crate.
//! What counts is what the session takes more than rustc alone.
//!
//! `CASES=crates,dependencies,lines` chooses, and `EDITS=15` changes the number of edits.

#[path = "../support/mod.rs"]
mod support;

use support::measure::{COLUMNS, Case, measure, row};
use support::number;
use support::session::Session;
use support::table::Table;
use support::workspace::{self, Kind, Member, filler, host};

fn main() {
    let chosen = std::env::var("CASES").unwrap_or("crates,dependencies,lines".to_owned());
    let table = Table::new(&COLUMNS);
    for what in chosen.split(',') {
        match what {
            "crates" => run(&table, what, &[1, 10, 50, 200], crates),
            "dependencies" => run(&table, what, &[5, 300], dependencies),
            "lines" => run(&table, what, &[1_000, 10_000, 50_000], lines),
            other => panic!("CASES names no `{other}`"),
        }
    }
}

/// Measures an edit beside so much, for each size; a row for each.
fn run(table: &Table, what: &str, sizes: &[usize], beside: fn(usize) -> Vec<Member>) {
    for size in sizes {
        let mut members = beside(*size);
        members.push(app(&members));
        members.push(Member::new(
            "edited",
            Kind::Reloadable,
            &[],
            edited("edited"),
        ));
        let workspace = workspace::generate(&format!("scale/{what}-{size}"), "", &members);
        let mut session = Session::start(&workspace, &[]);
        let case = Case {
            name: format!("{size} {what}"),
            crate_name: "edited",
            dependants: &[],
            source: &edited,
        };
        let samples = measure(&mut session, &workspace, &case, number("EDITS", 7));
        table.row(&row(&case, &samples));
    }
}

/// The crate that is edited.
fn edited(marker: &str) -> String {
    format!("#[hotmod::hot]\npub fn page() -> String {{\n    \"{marker}\".to_owned()\n}}\n")
}

/// Reloadable leaf crates of 440 lines.
fn crates(count: usize) -> Vec<Member> {
    (0..count)
        .map(|index| leaf(&format!("leaf{index:03}"), 440, &[]))
        .collect()
}

/// Unmarked crates that the group depends on: five by name, and the others by way of the first of
/// them, so that the group itself stays the same. They are the workspace's own: those of a registry
/// are the same to the session, but take minutes to build.
fn dependencies(count: usize) -> Vec<Member> {
    let names: Vec<String> = (0..count).map(|index| format!("plain{index:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (named, others) = names.split_at(5);
    let plain = |name: &&str| {
        let dependencies = if **name == *named[0] { others } else { &[] };
        Member::new(name, Kind::Unmarked, dependencies, filler(44))
    };
    let mut members: Vec<Member> = names.iter().map(plain).collect();
    members.push(leaf("leaf", 44, named));
    members
}

/// One reloadable crate of so many lines.
fn lines(count: usize) -> Vec<Member> {
    vec![leaf("leaf", count, &[])]
}

/// A reloadable crate beside the one that is edited.
fn leaf(name: &str, lines: usize, dependencies: &[&str]) -> Member {
    let parts: String = dependencies
        .iter()
        .map(|it| format!(" + {it}::Item0::default().describe().len()"))
        .collect();
    let entry = format!(
        "#[hotmod::hot]\npub fn length() -> usize {{\n    \
         Item0::default().describe().len(){parts}\n}}\n\n"
    );
    Member::new(name, Kind::Reloadable, dependencies, entry + &filler(lines))
}

/// The host, whose page has what each crate of the group says.
fn app(leaves: &[Member]) -> Member {
    let names = leaves.iter().filter(|it| it.kind == Kind::Reloadable);
    let names: Vec<&str> = names.map(|it| it.name.as_str()).collect();
    let lengths: String = names
        .iter()
        .map(|it| format!(" + {it}::length()"))
        .collect();
    let page = format!("format!(\"{{}} {{}}\", edited::page(), 0{lengths})");
    Member::new(
        "app",
        Kind::Host,
        &[&names[..], &["edited"]].concat(),
        host(&page),
    )
}

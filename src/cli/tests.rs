//! Checks that hold for every command and flag.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};

use super::{Cargo, hotmod};

#[test]
fn the_command_line_is_sound() {
    Cargo::command().debug_assert();
}

/// The tool itself and all of its commands, without clap's own `help`.
fn commands() -> Vec<Command> {
    let tool = hotmod("cargo hotmod");
    let commands: Vec<Command> = tool.get_subcommands().cloned().collect();
    assert!(commands.len() >= 11, "{}", commands.len());
    [vec![tool], commands].concat()
}

#[test]
fn each_command_says_what_it_does_and_has_an_example() {
    for command in commands() {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "`{name}` says nothing");
        let after = command.get_after_help().map(ToString::to_string);
        let after = after.unwrap_or_default();
        assert!(after.starts_with("Example"), "`{name}` has no example");
        let is_shown = |line: &str| line.starts_with("  ") && line.contains("cargo hotmod ");
        assert!(after.lines().any(is_shown), "`{name}`: {after}");
    }
}

#[test]
fn each_flag_and_value_is_described() {
    for command in commands() {
        for argument in command.get_arguments() {
            let name = format!("{} {}", command.get_name(), argument.get_id());
            assert!(argument.get_help().is_some(), "`{name}` says nothing");
        }
    }
}

/// The words in backticks in a table's cell.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_reference_has_every_flag_of_every_command() {
    let reference = include_str!("../../docs/reference.md").replace("\\|", "/");
    let (_, table) = reference.split_once("| flag | of | is |\n").unwrap();
    let mut documented = BTreeSet::new();
    for row in table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = row.split('|').collect();
        for flag in words(cells[1]) {
            let flag = flag.split(' ').next().unwrap_or_default();
            documented.extend(words(cells[2]).map(|command| format!("{command} {flag}")));
        }
    }
    let mut there = BTreeSet::new();
    for command in hotmod("cargo hotmod").get_subcommands() {
        for argument in command.get_arguments().filter(|it| !it.is_hide_set()) {
            let long = argument.get_long().map(|it| format!("--{it}"));
            let short = argument.get_short().map(|it| format!("-{it}"));
            let flags = [long, short].into_iter().flatten();
            there.extend(flags.map(|flag| format!("{} {flag}", command.get_name())));
        }
    }
    assert_eq!(documented, there);
}

#[test]
fn the_reference_has_every_command() {
    let reference = include_str!("../../docs/reference.md");
    let (_, table) = reference.split_once("| command | does |\n").unwrap();
    let rows = table.lines().skip(1);
    let documented: BTreeSet<String> = rows
        .take_while(|line| line.starts_with('|'))
        .flat_map(|row| words(row.split('|').nth(1).unwrap_or_default()))
        .map(str::to_owned)
        .collect();
    let mut there = BTreeSet::from(["help".to_owned()]);
    for command in hotmod("cargo hotmod").get_subcommands() {
        there.insert(command.get_name().to_owned());
        there.extend(command.get_visible_aliases().map(str::to_owned));
    }
    assert_eq!(documented, there);
}

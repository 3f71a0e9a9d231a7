//! What must hold for each command and flag, whichever there are.

use clap::{Command, CommandFactory as _};

use super::{Cargo, hotmod};

#[test]
fn the_command_line_is_sound() {
    Cargo::command().debug_assert();
}

/// The tool itself, and all its commands but clap's own `help`.
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

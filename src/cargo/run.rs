//! How `cargo run` would start the program: its environment, and the runner in front of it.
//!
//! Cargo itself tells the environment. The session builds by `cargo run`, with this tool as the
//! runner, which prints what it was given (`shims::runner`) instead of running anything. So
//! whatever cargo comes to set, the host has it too. The user's own runner is read from cargo's
//! configuration.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::process::Command;

use super::settings::variable_of;

/// The first argument of this tool as a runner, and the first word of what it prints.
pub(crate) const RUNNER_WORD: &str = "hotmod-environment";

/// An environment, of any bytes.
pub(crate) type Variables = BTreeMap<OsString, OsString>;

/// The user's runner is not known.
#[derive(Debug, thiserror::Error)]
#[error("cargo's configuration of a runner can't be read: {0}")]
pub(crate) struct RunnerError(String);

/// How the host is to be started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunSettings {
    /// The runner and its arguments; empty if there is none.
    pub(crate) runner: Vec<OsString>,
    /// The variables that cargo sets or, without a value, removes.
    pub(crate) environment: BTreeMap<OsString, Option<OsString>>,
}

impl RunSettings {
    /// Gives a command the environment that `cargo run` would.
    pub(crate) fn apply(&self, command: &mut Command) {
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// Reads what the runner of a cargo printed that was started in this environment; nothing if
    /// the line is no runner's.
    pub(crate) fn read(
        line: &str,
        given: &Variables,
        triple: &str,
    ) -> Option<Result<Self, RunnerError>> {
        let seen = parse(line.strip_prefix(RUNNER_WORD)?.trim());
        Some(Self::between(given, seen, triple))
    }

    fn between(given: &Variables, seen: Variables, triple: &str) -> Result<Self, RunnerError> {
        let removed = given.keys().filter(|name| !seen.contains_key(*name));
        let mut environment: BTreeMap<_, _> = removed.map(|name| (name.clone(), None)).collect();
        let set = seen
            .into_iter()
            .filter(|(name, it)| given.get(name) != Some(it));
        environment.extend(set.map(|(name, value)| (name, Some(value))));
        Ok(RunSettings {
            runner: runner(triple)?,
            environment,
        })
    }
}

/// Makes this tool the runner of a cargo command for a triple.
pub(crate) fn be_runner(command: &mut Command, triple: &str) {
    // Cargo splits a variable at spaces, of which the tool's own path may have some.
    let tool = format!("/proc/{}/exe {RUNNER_WORD}", std::process::id());
    command.env(format!("{}_RUNNER", variable_of(triple)), tool);
}

/// Any bytes as a word without spaces.
pub(crate) fn encode(text: &OsStr) -> String {
    let bytes = text.as_bytes().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn decode(word: &str) -> Option<OsString> {
    let bytes = word.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    bytes.collect::<Option<_>>().map(OsString::from_vec)
}

fn parse(words: &str) -> Variables {
    let variables = words.split(' ').filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        Some((decode(name)?, decode(value)?))
    });
    variables.collect()
}

/// The environment in which a command is started.
pub(crate) fn given_to(command: &Command) -> Variables {
    let mut all: Variables = std::env::vars_os().collect();
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => all.insert(name.to_owned(), value.to_owned()),
            None => all.remove(name),
        };
    }
    all
}

/// The user's own runner.
fn runner(triple: &str) -> Result<Vec<OsString>, RunnerError> {
    let found = cargo_config2::Config::load().and_then(|config| config.runner(triple));
    let found = found.map_err(|error| RunnerError(error.to_string()))?;
    let words = found.map(|runner| {
        let path = OsStr::new(&runner.path).to_owned();
        [vec![path], runner.args].concat()
    });
    Ok(words.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_changes_is_what_the_host_gets() {
        let mut cargo = Command::new("cargo");
        cargo
            .env("HOTMOD_TEST_SAME", "same=1")
            .env("HOTMOD_TEST_OTHER", "1");
        cargo.env("HOTMOD_TEST_GONE", "1");
        let mut seen = given_to(&cargo);
        seen.remove(OsStr::new("HOTMOD_TEST_GONE"));
        seen.insert("HOTMOD_TEST_OTHER".into(), "two\nlines".into());
        seen.insert("HOTMOD_TEST_NEW".into(), OsString::new());
        let words = seen
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let line = format!("{RUNNER_WORD} {}", words.collect::<Vec<_>>().join(" "));
        let given = given_to(&cargo);
        let settings = RunSettings::read(&line, &given, "x86_64-unknown-linux-gnu");
        let settings = settings.unwrap().unwrap();
        let changed = |name: &str, value: Option<&str>| (name.into(), value.map(OsString::from));
        let expected = [
            changed("HOTMOD_TEST_GONE", None),
            changed("HOTMOD_TEST_NEW", Some("")),
            changed("HOTMOD_TEST_OTHER", Some("two\nlines")),
        ];
        assert_eq!(settings.environment, expected.into());
    }
}

//! How `cargo run` would start the program: its environment and its runner.
//!
//! The environment comes from cargo itself. The session builds with `cargo run`, with this tool as
//! the runner, which prints its environment (`shims::runner`) instead of running anything. So the
//! host gets all variables that this version of cargo sets. The user's own runner is read from
//! cargo's configuration.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::process::Command;

use super::settings::variable_of;

/// The first argument of this tool as a runner, and the first word of its output.
pub(crate) const RUNNER_WORD: &str = "hotmod-environment";

/// An environment. Values can be any bytes.
pub(crate) type Variables = BTreeMap<OsString, OsString>;

/// The user's runner could not be determined.
#[derive(Debug, thiserror::Error)]
#[error("could not read the runner from cargo's configuration: {0}")]
pub(crate) struct RunnerError(String);

/// How to start the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunSettings {
    /// The runner and its arguments; empty if there is none.
    pub(crate) runner: Vec<OsString>,
    /// The variables that cargo sets or, without a value, removes.
    pub(crate) environment: BTreeMap<OsString, Option<OsString>>,
}

impl RunSettings {
    /// Sets the environment of a command as `cargo run` would.
    pub(crate) fn apply(&self, command: &mut Command) {
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// Parses the runner's output, for a cargo that was started in this environment; `None` if the
    /// line is not from the runner.
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

/// Makes this tool the runner of a cargo command, for a triple.
pub(crate) fn set_runner(command: &mut Command, triple: &str) {
    // Cargo splits the variable at spaces, which the tool's path may contain.
    let tool = format!("/proc/{}/exe {RUNNER_WORD}", std::process::id());
    command.env(format!("{}_RUNNER", variable_of(triple)), tool);
}

/// Encodes any bytes as a word without spaces.
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

/// The environment of a command.
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
    fn the_host_gets_the_changes_that_cargo_makes() {
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

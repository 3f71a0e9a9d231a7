//! The changes that cargo made to the environment of a command.
//!
//! A replay needs the whole environment, because procedural macros read undeclared variables. But
//! the user's environment contains secrets, and records stay on disk. So a record contains only the
//! difference between the command's environment and the session's. A replay applies the difference
//! to the session's current environment. The session passes the hash of each of its variables to
//! its wrappers, in an extra variable.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::cargo::environment;

/// The variable that contains the hashes of the session's variables, by name, as JSON.
const HASHES_VARIABLE: &str = "HOTMOD_ENVIRONMENT";

/// An environment, by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// The difference between a command's environment and the session's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangedEnvironment {
    set: Variables,
    removed: BTreeSet<String>,
}

impl ChangedEnvironment {
    /// The difference between a wrapped command's environment and the session's; `None` if the
    /// session did not pass its hashes.
    pub(crate) fn of_wrapped(variables: &Variables) -> Option<Self> {
        let hashes = std::env::var(HASHES_VARIABLE).ok()?;
        Some(Self::between(
            &serde_json::from_str(&hashes).ok()?,
            variables,
        ))
    }

    fn between(session: &BTreeMap<String, u64>, variables: &Variables) -> Self {
        let is_set = |(name, value): &(&String, &String)| {
            session.get(*name).is_none_or(|it| *it != hash(value))
        };
        let removed = session.keys().filter(|it| !variables.contains_key(*it));
        ChangedEnvironment {
            set: owned(variables.iter().filter(is_set)),
            removed: removed.cloned().collect(),
        }
    }

    /// The environment of a replay.
    pub(crate) fn applied(&self) -> Variables {
        let mut variables = of_session();
        variables.retain(|name, _| !self.removed.contains(name));
        variables.extend(owned(&self.set));
        variables
    }
}

/// Passes the hashes of the session's environment to the wrappers below a command.
pub(crate) fn tell_wrappers(command: &mut Command) -> serde_json::Result<()> {
    let hashes: BTreeMap<String, u64> = of_session()
        .into_iter()
        .map(|(name, value)| (name, hash(&value)))
        .collect();
    command.env(HASHES_VARIABLE, serde_json::to_string(&hashes)?);
    Ok(())
}

/// The variables of this run of cargo, without the hashes for wrappers.
pub(crate) fn of_this_run() -> Variables {
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| is_of_one_run(name) && name != HASHES_VARIABLE)
        .collect()
}

/// The environment of this process, without the variables of one run of cargo.
pub(crate) fn of_this_process() -> Variables {
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !is_of_one_run(name))
        .collect()
}

/// The environment that the session gives to cargo.
fn of_session() -> Variables {
    let mut variables = of_this_process();
    variables.retain(|name, _| !environment::is_of_this_run(name.as_ref()));
    variables
}

/// Whether a variable belongs to one run of cargo and is useless or harmful in another: the pipes
/// of its jobserver, and the tool's own variables.
fn is_of_one_run(name: &str) -> bool {
    matches!(name, "CARGO_MAKEFLAGS" | "MAKEFLAGS" | "MFLAGS") || name.starts_with("HOTMOD_")
}

fn owned<'a>(variables: impl IntoIterator<Item = (&'a String, &'a String)>) -> Variables {
    let variables = variables.into_iter();
    variables
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn hash(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(of: &[(&str, &str)]) -> Variables {
        let of = of.iter();
        of.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_what_cargo_changed_is_recorded() {
        let session = [("TOKEN", "secret"), ("PATH", "/bin"), ("GONE", "1")];
        let hashes = session.map(|(name, value)| (name.to_owned(), hash(value)));
        let command = variables(&[
            ("TOKEN", "secret"),
            ("PATH", "/cargo:/bin"),
            ("OUT_DIR", "/o"),
        ]);
        let changed = ChangedEnvironment::between(&hashes.into(), &command);
        assert_eq!(
            changed.set,
            variables(&[("PATH", "/cargo:/bin"), ("OUT_DIR", "/o")])
        );
        assert_eq!(changed.removed, BTreeSet::from(["GONE".to_owned()]));
    }

    #[test]
    fn a_replay_has_this_environment_and_what_cargo_changed() {
        let path = std::env::var("PATH").unwrap();
        let changed = ChangedEnvironment {
            set: variables(&[("OUT_DIR", "/o")]),
            removed: BTreeSet::new(),
        };
        assert_eq!(changed.applied().get("PATH"), Some(&path));
        assert_eq!(changed.applied().get("OUT_DIR").unwrap(), "/o");
        let changed = ChangedEnvironment {
            removed: BTreeSet::from(["PATH".to_owned()]),
            ..changed
        };
        assert_eq!(changed.applied().get("PATH"), None);
    }
}

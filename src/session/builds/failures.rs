//! Builds that failed: their errors, and the folders where a missing file may appear.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::base::contents::Digested;
use crate::compile::{BuildError, HostError, explaining_line};
use crate::decide::{Cause, Reason};

use super::{Builds, Failure, GroupFailure, HostBuildError, HostFailure};

impl Builds {
    /// The last build failed with this error.
    pub(in crate::session) fn failed(&mut self, error: &str) {
        error.clone_into(&mut self.error);
    }

    /// Whether the error of the last build that failed names a file.
    pub(in crate::session) fn is_named_in_error(&self, path: &Path) -> bool {
        is_file_named(&self.error, path)
    }

    /// The folders of the files that this error names.
    pub(in crate::session) fn folders_in_error(&self) -> BTreeSet<PathBuf> {
        named_folders(&self.error, &self.builder.plan.workspace_root)
    }

    /// Diagnostics of a reloadable crate, in cargo's format.
    fn of_package(&self, package: &str, diagnostics: Vec<Value>) -> Vec<Value> {
        let mut group = self.builder.plan.group.iter();
        let of = group.find(|it| it.package == package);
        let of_cargo = of.map(|of| {
            let diagnostics = diagnostics.into_iter();
            diagnostics.map(|it| of.cargo_message(it)).collect()
        });
        of_cargo.unwrap_or_default()
    }

    /// The error of a build of the group, and whether another try may succeed.
    pub(in crate::session) fn group_failure(&self, error: BuildError) -> GroupFailure {
        let group = self.host.as_ref().map(|it| &it.group);
        let is_gone = group.is_some_and(|it| !it.is_whole());
        let gone = || GroupFailure::Restart(Cause::ArtifactsGone, Reason::ArtifactsGone);
        let foreign = || self.host.as_ref()?.group.foreign();
        let unlinkable = |reason| GroupFailure::Restart(Cause::Unlinkable, reason);
        match error {
            BuildError::Cancelled => GroupFailure::Cancelled,
            // Another session in the workspace may be building the crate again.
            BuildError::Compile {
                is_command_error: true,
                ..
            } if is_gone => gone(),
            // The error may have another cause: an interrupted build of the host may have replaced a
            // crate that the running program was built with.
            BuildError::Compile { .. } if foreign().is_some() => {
                let name = foreign().unwrap_or_default();
                unlinkable(Reason::OtherCrate { name })
            }
            BuildError::Compile {
                package,
                rendered,
                messages,
                is_command_error,
            } => {
                let messages = self.of_package(&package, messages);
                let failure = Failure::Compile { rendered, messages };
                match is_command_error {
                    true => GroupFailure::Other(failure),
                    false => GroupFailure::Sources(failure),
                }
            }
            _ if is_gone => gone(),
            // The group may need a library that the host was not linked with.
            BuildError::Link(words) => {
                let message = explaining_line(&words).to_owned();
                unlinkable(match foreign() {
                    Some(name) => Reason::OtherCrate { name },
                    None => Reason::NotLinked { message },
                })
            }
            // An error of the system: the same sources may succeed the next time.
            error => GroupFailure::Other(Failure::Other {
                message: error.to_string(),
                help: Some("the old code keeps running; the next save tries again".to_owned()),
            }),
        }
    }
}

/// The error of a build of the host, and the files that were written while it ran.
pub(in crate::session) fn host_failure(
    error: HostBuildError,
    written: BTreeSet<&PathBuf>,
) -> HostFailure {
    let written = written.into_iter();
    let written = written.map(|path| (path.clone(), Digested::of(path)));
    HostFailure {
        failure: match error {
            HostBuildError::Build(HostError::Failed { rendered, messages }) => {
                Failure::Compile { rendered, messages }
            }
            error => Failure::Other {
                message: error.to_string(),
                help: error.help(),
            },
        },
        written: written.collect(),
    }
}

/// Whether a message contains the name of a file as a whole word.
fn is_file_named(complaint: &str, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let complaint = console::strip_ansi_codes(complaint);
    let is_of_name = |it: char| it.is_alphanumeric() || "_-.".contains(it);
    !name.is_empty()
        && complaint.match_indices(&*name).any(|(at, _)| {
            let (before, after) = (&complaint[..at], &complaint[at + name.len()..]);
            // The name may end a sentence.
            let after = after.strip_prefix('.').unwrap_or(after);
            !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
        })
}

/// The folders of the files that a failed build names in backticks. Relative paths start at `root`.
fn named_folders(complaint: &str, root: &Path) -> BTreeSet<PathBuf> {
    let quoted = complaint.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|it| it.contains('/') && !it.contains([' ', '\n', '<', '*']));
    paths
        .filter_map(|it| Some(root.join(it).parent()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_of_quoted_paths() {
        let complaint = "error: couldn't read `pages/src/../made/a.txt`: No such file\n\
                         error: no `b` in `c::d`, see `x / y` and `/made/e.rs`";
        let expected = ["/made", "/w/pages/src/../made"].map(PathBuf::from);
        assert_eq!(
            named_folders(complaint, Path::new("/w")),
            BTreeSet::from(expected)
        );
    }

    #[test]
    fn a_file_is_named_by_a_word_of_its_own() {
        let path = Path::new("/w/ev.rs");
        for (complaint, is_named) in [
            ("create file `src/ev.rs`", true),
            ("\u{1b}[1mev.rs\u{1b}[0m: not there", true),
            ("there is no ev.rs.", true),
            ("in dev.rs", false),
            ("in ev.rs.in", false),
            ("", false),
        ] {
            assert_eq!(is_file_named(complaint, path), is_named, "{complaint}");
        }
        assert!(!is_file_named("any", Path::new("/")));
    }
}

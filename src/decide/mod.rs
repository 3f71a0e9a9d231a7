//! The one place that says what an edit asks for: nothing, a reload or a restart, with its reason.
//!
//! It is asked twice: before anything is built, about what changed on disk, and before a build is
//! offered to the host, about what was built. It only weighs what others found, and touches
//! nothing: its tests are tables.

use std::collections::BTreeSet;

use crate::compat::{Comparison, Severity, mentions};
use crate::stale::{Change, Of, Retyped};

/// Why an edit asks for something, as it is shown. A person can act on it.
pub(crate) type Reason = String;

/// What an edit asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Nothing { reason: Reason },
    Reload { reason: Reason },
    Restart { cause: Cause, reason: Reason },
}

/// What asks for a restart. It tells one restart from another, however they are worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The program was never built.
    NotBuilt,
    /// It was built, and does not run.
    NotRunning,
    /// The host closed its connection and takes no more generations.
    Left,
    /// Somebody asked for a new process.
    Requested,
    /// An edit of this file can't be reloaded.
    Edit(String),
    /// The generation that was built does not fit what the host has in memory.
    Misfit,
    /// A build script gives its crate something else than before.
    ScriptOutput,
    /// The group needs what the host was not linked with.
    Unlinkable,
    /// What the host was built of is gone from the target directory.
    ArtifactsGone,
    /// The host refused a generation that contradicts one that it has loaded.
    Contract,
    /// The host says that another build is live than the one it was offered.
    WrongBuild,
    /// The host has not answered an offer for too long.
    NoAnswer,
}

impl Cause {
    /// Whether each look at the program and the disk finds it again, so that nobody has to remember it.
    pub(crate) fn is_found_again(&self) -> bool {
        matches!(
            self,
            Cause::NotBuilt | Cause::NotRunning | Cause::Left | Cause::Edit(_)
        )
    }
}

/// What is known before anything is built.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) program: Program,
    /// A restart that is due, however little has changed since.
    pub(crate) due: Option<(Cause, Reason)>,
    /// What is not what the running program was made of.
    pub(crate) changes: Vec<Change>,
    /// Whether the last build failed, and on just this.
    pub(crate) is_known_to_fail: bool,
    /// Whether layouts tell what a changed type does; else its tokens decide.
    pub(crate) has_layouts: bool,
    /// What somebody asked for, whatever changed.
    pub(crate) action: Option<Action>,
    /// Whether edits wait until somebody asks.
    pub(crate) is_paused: bool,
}

/// What somebody can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// A new generation.
    Reload,
    /// A new process.
    Restart,
}

/// What there is of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Program {
    /// It was never built.
    #[default]
    Missing,
    /// It was built, and does not run.
    Ended,
    /// It runs, and takes no more generations.
    Left,
    Runs,
}

/// Judges an edit, before anything is built.
pub(crate) fn of_edit(evidence: &Evidence) -> Verdict {
    let found = of_changes(evidence);
    let asked = || "it was asked for".to_owned();
    match (found, evidence.action) {
        (Verdict::Nothing { .. } | Verdict::Reload { .. }, Some(Action::Restart)) => {
            Verdict::Restart {
                cause: Cause::Requested,
                reason: asked(),
            }
        }
        (Verdict::Nothing { .. }, Some(Action::Reload)) => Verdict::Reload { reason: asked() },
        (found, Some(_)) => found,
        (_, None) if evidence.is_paused => Verdict::Nothing {
            reason: "the session is paused".to_owned(),
        },
        (Verdict::Reload { .. } | Verdict::Restart { .. }, None) if evidence.is_known_to_fail => {
            Verdict::Nothing {
                reason: "nothing changed since the build that failed".to_owned(),
            }
        }
        (found, None) => found,
    }
}

fn of_changes(evidence: &Evidence) -> Verdict {
    let restart = |cause, reason: &str| Verdict::Restart {
        cause,
        reason: reason.to_owned(),
    };
    match (evidence.program, &evidence.due) {
        (Program::Missing, _) => return restart(Cause::NotBuilt, "there is no program yet"),
        (Program::Ended, _) => return restart(Cause::NotRunning, "the host is not running"),
        (_, Some((cause, reason))) => return restart(cause.clone(), reason),
        (Program::Left, _) if !evidence.changes.is_empty() => {
            return restart(Cause::Left, "the host left the session");
        }
        _ => {}
    }
    for change in &evidence.changes {
        if let Some(reason) = change.restarts(evidence.has_layouts) {
            let cause = Cause::Edit(change.path.clone());
            return Verdict::Restart { cause, reason };
        }
    }
    match evidence.changes.first() {
        Some(change) => Verdict::Reload {
            reason: format!("`{}` changed", change.path),
        },
        None => Verdict::Nothing {
            reason: "what was saved is what runs".to_owned(),
        },
    }
}

impl Change {
    /// Why it can't be reloaded.
    fn restarts(&self, has_layouts: bool) -> Option<String> {
        let path = &self.path;
        match &self.of {
            Of::Cargo { concern } => {
                let changed = || format!("`{path}` changed");
                Some(concern.clone().unwrap_or_else(changed))
            }
            Of::Unmarked { package } => Some(format!(
                "`{path}` changed, and `{package}` is not reloadable"
            )),
            Of::Script { package } => Some(format!(
                "`{path}` changed, which the build script of `{package}` reads"
            )),
            Of::ScriptInput => None,
            Of::Unknown => Some(format!(
                "`{path}` changed, and what types of it the host was built with is not known"
            )),
            Of::Reloadable { retyped, outside } => match (outside, retyped) {
                (Some(outside), _) => Some(outside.clone()),
                (None, Some(retyped)) if !has_layouts => Some(retyped.reason(path)),
                _ => None,
            },
        }
    }
}

impl Retyped {
    fn reason(&self, path: &str) -> String {
        let Retyped { item, user } = self;
        match user {
            None => format!("`{item}` in `{path}` changed"),
            Some(user) => format!("`{item}` in `{path}` changed, which is compiled into `{user}`"),
        }
    }
}

/// What is known of a build before it is offered.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    /// What of host and group is not of one making.
    pub(crate) foreign: Option<String>,
    /// A source, as it is shown, of which nobody knows what changed in it.
    pub(crate) unparsable: Option<String>,
    /// What layouts say; if they can't be read, why.
    pub(crate) layouts: Result<&'a Comparison, &'a str>,
    /// Of the items that layouts don't show, or not all of, one that changed.
    pub(crate) unseen: Option<String>,
    /// Why what a type that the program may hold gives to a trait of another crate asks for a restart.
    pub(crate) regiven: Option<String>,
    /// Whether a kept value may be of another type than the host was built with, which is what tokens
    /// are compared with.
    pub(crate) has_made_over: bool,
    /// Whether the `TypeId`s that something keeps by are known.
    pub(crate) knows_type_ids: bool,
    /// Whether all other names are new names of the same types, and not those of other types.
    pub(crate) are_renames: bool,
    /// Types that something may keep by their `TypeId`.
    pub(crate) by_type_id: &'a BTreeSet<String>,
}

/// Judges a build before it is offered: a reload, or a restart.
///
/// Beside the verdict there are the things to say of what passes.
pub(crate) fn of_build(findings: &Findings<'_>) -> (Verdict, Vec<String>) {
    let restart = |reason| {
        let cause = Cause::Misfit;
        (Verdict::Restart { cause, reason }, Vec::new())
    };
    if let Some(reason) = &findings.foreign {
        return restart(reason.clone());
    }
    if let Some(path) = &findings.unparsable {
        return restart(format!(
            "`{path}` changed, and which items of it can't be told"
        ));
    }
    let comparison = match (&findings.layouts, &findings.unseen) {
        (Ok(comparison), _) => comparison,
        (Err(why), Some(item)) => {
            return restart(format!(
                "`{item}` changed, and layouts can't be read: {why}"
            ));
        }
        (Err(why), None) if findings.has_made_over => {
            return restart(format!(
                "layouts can't be read any more, and a kept value was made over: {why}"
            ));
        }
        (Err(_), None) if findings.regiven.is_some() => {
            return restart(findings.regiven.clone().unwrap_or_default());
        }
        (Err(_), None) => {
            let reason = "no type changed".to_owned();
            return (Verdict::Reload { reason }, Vec::new());
        }
    };
    let worst = comparison.differences.first();
    let worst = worst.filter(|it| it.severity == Severity::Layout);
    let cause = worst.filter(|it| !it.is_consequence);
    match (cause, &findings.unseen, worst) {
        (Some(worst), _, _) | (None, None, Some(worst)) => return restart(worst.to_string()),
        (None, Some(item), _) => {
            return restart(format!("`{item}` changed in a way that no layout shows"));
        }
        (None, None, None) => {}
    }
    if let Some(reason) = &findings.regiven {
        return restart(reason.clone());
    }
    if let (Some(other), false) = (comparison.differences.first(), findings.are_renames) {
        return restart(other.to_string());
    }
    let is_kept = |name: &str| {
        let mut kept = findings.by_type_id.iter();
        !findings.knows_type_ids || kept.any(|it| mentions(it, name))
    };
    if let Some((old, new)) = comparison.renamed.iter().find(|(old, _)| is_kept(old)) {
        return restart(format!(
            "`{old}` is now `{new}`, and what the program keeps by its type would not be found"
        ));
    }
    let notes = comparison.differences.iter();
    let notes = notes.map(|it| format!("{}: {}; values of it are read as before", it.of, it.what));
    let reason = "all layouts are as they were".to_owned();
    (Verdict::Reload { reason }, notes.collect())
}

#[cfg(test)]
mod tests;

//! The verdict on an edit: nothing, a reload or a restart, with the reason.
//!
//! It is decided twice: before a build, from the changes on disk, and before the build is offered to the
//! host, from its contents. These functions do no I/O: they judge what other modules found. So their
//! tests are tables.

mod reason;

use std::collections::BTreeSet;

use crate::compat::items::{ChangedImpl, Unreachable, Unseen};
use crate::compat::layout::{Comparison, Difference, Severity, mentions};
use crate::stale::{Change, Of};
pub(crate) use reason::Reason;

/// What an edit requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Nothing { reason: Reason },
    Reload { reason: Reason },
    Restart { cause: Cause, reason: Reason },
}

/// What requires a restart. Two restarts with the same cause are the same one, whatever their wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The program was never built.
    NotBuilt,
    /// The program was built, but is not running.
    NotRunning,
    /// The host closed its connection and accepts no more generations.
    Left,
    /// The host runs code from before the last build.
    Behind,
    /// The user asked for a new process.
    Requested,
    /// An edit of this file can't be reloaded.
    Edit(String),
    /// An edit of this file may have changed code that no reload replaces. A comparison of the code
    /// decides.
    Code(String),
    /// A clean build of the program would have other code than the running program.
    Shadow,
    /// The generation that was built does not fit what the host has in memory.
    Misfit,
    /// The output of a build script changed.
    ScriptOutput,
    /// The group needs something that the host was not linked with.
    Unlinkable,
    /// Artifacts that the host was built from are missing from the target directory.
    ArtifactsGone,
    /// The host refused a generation that contradicts one that it has loaded.
    Contract,
    /// The host reports another live build than the one that it was offered.
    WrongBuild,
    /// The host has not answered an offer for too long.
    NoAnswer,
}

impl Cause {
    /// Whether each look at the program and the disk finds it again, so that it need not be remembered.
    pub(crate) fn is_found_again(&self) -> bool {
        matches!(
            self,
            Cause::NotBuilt
                | Cause::NotRunning
                | Cause::Left
                | Cause::Behind
                | Cause::Edit(_)
                | Cause::Code(_)
        )
    }
}

/// What is known before a build.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) program: Program,
    /// A restart that is due, whatever has changed since.
    pub(crate) due: Option<(Cause, Reason)>,
    /// The files that differ from those that the running program was built from.
    pub(crate) changes: Vec<Change>,
    /// Whether the last build failed, and had the same inputs.
    pub(crate) is_known_to_fail: bool,
    /// Whether type layouts are known. If not, tokens decide whether a type changed.
    pub(crate) has_layouts: bool,
    /// Whether the host was built from the same inputs, and has the same code as the running program.
    pub(crate) has_same_code: bool,
    /// What the user asked for.
    pub(crate) action: Option<Action>,
    /// Whether edits wait until the user asks for them.
    pub(crate) is_paused: bool,
}

/// What the user can ask for, even if nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// A new generation.
    Reload,
    /// A new process.
    Restart,
}

/// The state of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Program {
    /// It was never built.
    #[default]
    Missing,
    /// It was built, but is not running.
    Ended,
    /// It is running, but accepts no more generations.
    Left,
    /// It is running, although a newer one was built, which could not replace it.
    Behind,
    Runs,
}

/// Judges an edit before a build.
pub(crate) fn of_edit(evidence: &Evidence) -> Verdict {
    let found = of_changes(evidence);
    let asked = || Reason::Requested;
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
            reason: Reason::Paused,
        },
        (Verdict::Reload { .. } | Verdict::Restart { .. }, None) if evidence.is_known_to_fail => {
            Verdict::Nothing {
                reason: Reason::FailedBefore,
            }
        }
        (found, None) => found,
    }
}

fn of_changes(evidence: &Evidence) -> Verdict {
    let restart = |cause, reason| Verdict::Restart { cause, reason };
    match (evidence.program, &evidence.due) {
        (Program::Missing, _) => return restart(Cause::NotBuilt, Reason::NotBuilt),
        (Program::Ended, _) => return restart(Cause::NotRunning, Reason::NotRunning),
        (Program::Behind, _) => return restart(Cause::Behind, Reason::Behind),
        (_, Some((cause, reason))) => return restart(cause.clone(), reason.clone()),
        (Program::Left, _) if !evidence.changes.is_empty() => {
            return restart(Cause::Left, Reason::HostLeft);
        }
        _ => {}
    }
    let restarts = |it: &Change| it.restarts(evidence.has_layouts);
    let (by_code, others): (Vec<_>, Vec<_>) = evidence
        .changes
        .iter()
        .filter(|it| !restarts(it).is_empty())
        .partition(|it| it.is_shown_by_code(evidence.has_layouts));
    let first = others
        .first()
        .or(by_code.first().filter(|_| !evidence.has_same_code));
    if let Some(first) = first {
        let all = others
            .iter()
            .chain(by_code.iter().filter(|_| !evidence.has_same_code));
        let path = first.path.clone();
        let cause = match others.is_empty() {
            true => Cause::Code(path),
            false => Cause::Edit(path),
        };
        let reasons = all.flat_map(|it| restarts(it)).collect();
        if let Some(reason) = Reason::of_all(reasons) {
            return restart(cause, reason);
        }
    }
    match evidence.changes.first() {
        Some(change) => Verdict::Reload {
            reason: Reason::File {
                path: change.path.clone(),
            },
        },
        None => Verdict::Nothing {
            reason: Reason::Unchanged,
        },
    }
}

impl Change {
    /// Whether a comparison of the host's code decides if it can be reloaded.
    fn is_shown_by_code(&self, has_layouts: bool) -> bool {
        match &self.of {
            Of::Unmarked { .. } => true,
            Of::Reloadable { retyped, .. } => has_layouts || retyped.is_none(),
            Of::Cargo { .. } | Of::Script { .. } | Of::ScriptInput | Of::Unknown => false,
        }
    }

    /// Why it can't be reloaded.
    fn restarts(&self, has_layouts: bool) -> Vec<Reason> {
        let path = self.path.clone();
        match &self.of {
            Of::Cargo { concern: None } => vec![Reason::File { path }],
            Of::Cargo {
                concern: Some(concern),
            } => vec![Reason::Cargo(concern.clone())],
            Of::Unmarked { package, program } => vec![Reason::Package {
                path,
                package: package.clone(),
                program: program.clone(),
            }],
            Of::Script { package } => vec![Reason::Script {
                path,
                package: package.clone(),
            }],
            Of::ScriptInput => Vec::new(),
            Of::Unknown => vec![Reason::UnknownBaseline { path }],
            Of::Reloadable { retyped, outside } => {
                let direct = outside.clone().map(|found| Reason::Direct {
                    path: path.clone(),
                    found: Box::new(found),
                });
                // Layouts show whether a type changed, if they are known.
                let counts = direct.is_some() || !has_layouts;
                let retyped = retyped.clone().filter(|_| counts);
                // The type comes first if it caused the rest.
                let is_first = retyped.as_ref().is_some_and(|retyped| match outside {
                    Some(Unreachable::Used { .. } | Unreachable::Signature { .. }) => {
                        retyped.is_in_changed_code
                    }
                    Some(Unreachable::Derived { of, .. }) => {
                        retyped.item.last_name() == of && !retyped.fields.is_empty()
                    }
                    _ => false,
                });
                let retyped = retyped.map(|retyped| Reason::Item {
                    item: retyped.item,
                    path,
                    user: retyped.user,
                    fields: retyped.fields,
                });
                match is_first {
                    true => retyped.into_iter().chain(direct).collect(),
                    false => direct.into_iter().chain(retyped).collect(),
                }
            }
        }
    }
}

/// What is known about a build before it is offered.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    /// A crate that was rebuilt after the host was built.
    pub(crate) foreign: Option<String>,
    /// The path of a source that can't be parsed, so it is unknown what changed in it.
    pub(crate) unparsable: Option<String>,
    /// The comparison of type layouts, or the reason why they can't be read.
    pub(crate) layouts: Result<&'a Comparison, &'a str>,
    /// A changed item that layouts don't describe, or not completely.
    pub(crate) unseen: Option<Unseen>,
    /// A changed impl of another crate's trait, for a type of which the program may hold values.
    pub(crate) changed_impl: Option<ChangedImpl>,
    /// Whether a kept value may have been migrated to another type. Tokens are compared only with those
    /// that the host was built with.
    pub(crate) has_made_over: bool,
    /// Whether it is known which types are stored under their `TypeId`.
    pub(crate) knows_type_ids: bool,
    /// Whether types with a new name are the same types, and not others.
    pub(crate) are_renames: bool,
    /// Types that may be stored under their `TypeId`.
    pub(crate) by_type_id: &'a BTreeSet<String>,
}

/// Judges a build before it is offered: a reload or a restart. Also returns the differences that a reload
/// permits.
pub(crate) fn of_build<'a>(findings: &Findings<'a>) -> (Verdict, Vec<&'a Difference>) {
    let restart = |reason| {
        let cause = Cause::Misfit;
        (Verdict::Restart { cause, reason }, Vec::new())
    };
    if let Some(name) = &findings.foreign {
        return restart(Reason::OtherCrate { name: name.clone() });
    }
    if let Some(path) = &findings.unparsable {
        return restart(Reason::Unparsable { path: path.clone() });
    }
    let comparison = match findings.layouts {
        Ok(comparison) => comparison,
        Err(why) => return of_tokens(findings, why),
    };
    if let Some(reason) = Reason::of_all(contradictions(findings, comparison)) {
        return restart(reason);
    }
    let reason = Reason::SameLayouts;
    let passing = comparison.differences.iter().collect();
    (Verdict::Reload { reason }, passing)
}

/// Judges a build whose layouts can't be read.
fn of_tokens<'a>(findings: &Findings<'a>, why: &str) -> (Verdict, Vec<&'a Difference>) {
    let unreadable = |item| Reason::UnreadableLayouts {
        item,
        why: why.to_owned(),
    };
    let reason = match (&findings.unseen, &findings.changed_impl) {
        (Some(unseen), _) => Some(unreadable(Some(unseen.item.clone()))),
        (None, _) if findings.has_made_over => Some(unreadable(None)),
        (None, changed_impl) => changed_impl.clone().map(Reason::Trait),
    };
    let verdict = match reason {
        Some(reason) => Verdict::Restart {
            cause: Cause::Misfit,
            reason,
        },
        None => Verdict::Reload {
            reason: Reason::SameTypes,
        },
    };
    (verdict, Vec::new())
}

/// Why a build does not fit the values in memory, causes first.
fn contradictions(findings: &Findings<'_>, comparison: &Comparison) -> Vec<Reason> {
    let layout = |it: &Difference| Reason::Layout(it.clone());
    let worse = comparison.differences.iter();
    let worse = worse.filter(|it| it.severity == Severity::Layout);
    let (consequences, causes): (Vec<_>, Vec<_>) = worse.partition(|it| it.is_consequence);
    let mut reasons: Vec<Reason> = causes.into_iter().map(layout).collect();
    let unseen = findings.unseen.clone();
    reasons.extend(unseen.map(Reason::Unseen));
    if reasons.is_empty() {
        reasons.extend(consequences.into_iter().map(layout));
    }
    reasons.extend(findings.changed_impl.clone().map(Reason::Trait));
    if reasons.is_empty() && !findings.are_renames {
        reasons.extend(comparison.differences.first().map(layout));
    }
    let is_kept = |name: &str| {
        let mut kept = findings.by_type_id.iter();
        !findings.knows_type_ids || kept.any(|it| mentions(it, name))
    };
    let renamed = comparison.renamed.iter().find(|(old, _)| is_kept(old));
    reasons.extend(renamed.map(|(old, new)| Reason::Renamed {
        old: old.clone(),
        new: new.clone(),
    }));
    reasons
}

#[cfg(test)]
mod tests;

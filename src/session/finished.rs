//! A job that has ended: the input for the core, and the result until the core has decided on it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::base::contents::Digested;
use crate::compat::code::Difference;
use crate::compile::{Followed, Proof};
use crate::decide::Reason;
use crate::report::Note;

use super::Session;
use super::builds::{Finished, end_of_scripts, host_failure};
use super::core::{
    BuildEnd, CodeEnd, FollowEnd, GroupBuilt, GroupFailure, HostBuilt, HostFailure, Input,
};
use super::job::{BuiltHost, Done, HostBuildError, Job, Times};
use super::manifests::NewPlan;

impl Session {
    /// A job ended.
    pub(super) fn done(&mut self, done: Done) {
        let Some(job) = self.builds.take_job() else {
            return;
        };
        self.reporter.screen.built();
        if job.builds_host() {
            self.builds.note_compiled(&job);
        }
        let (finished, end) = match done {
            Done::Host(Ok(built)) => {
                let is_new = self.is_new(&built);
                let is_certain = is_certain(&job);
                let end = BuildEnd::Host(Ok(HostBuilt {
                    is_new,
                    is_certain,
                    has_runner: !built.build.run.runner.is_empty(),
                }));
                (Some(Finished::Host(built, job)), end)
            }
            Done::Host(Err(error)) => {
                let failure = self.host_failure(error, &job);
                (None, BuildEnd::Host(Err(failure)))
            }
            Done::Group(Ok(candidate)) => {
                let is_as_seen =
                    !job.is_ahead() || self.files.inputs.match_now(&candidate.built.inputs);
                if !is_as_seen {
                    // Their events have not arrived yet.
                    self.files.touch(candidate.built.inputs.keys().cloned());
                    self.step(Input::Touched { at_once: true });
                }
                let is_current = is_as_seen && self.generations.is_current(&candidate.loaded);
                let end = BuildEnd::Group(Ok(GroupBuilt { is_current }));
                let times = Times {
                    detected: job.detected(),
                    begun: job.begun(),
                    saw: job.into_saw(),
                };
                (Some(Finished::Group(candidate, times)), end)
            }
            Done::Group(Err(error)) => {
                let failure = self.builds.group_failure(error);
                (None, BuildEnd::Group(Err(failure)))
            }
            Done::Asked(answer) => {
                let (plan, nothing) =
                    NewPlan::of(answer, &self.files.inputs, &job, self.builds.plan());
                (Some(Finished::Plan(plan)), BuildEnd::Cargo { nothing })
            }
            Done::Scripts(reruns) => {
                let end = BuildEnd::Scripts(end_of_scripts(&reruns));
                (Some(Finished::Scripts(reruns)), end)
            }
            Done::Followed(followed, ended) => {
                let failure = ended.err().map(|error| self.builds.group_failure(error));
                self.generations.followed(&followed);
                let (end, notes) = follow_end(followed, failure);
                self.reporter.note_once(notes);
                (None, BuildEnd::Followed(end))
            }
            Done::Merged => (None, BuildEnd::Merged),
            Done::Checked(checked) => (None, BuildEnd::Checked(checked.ok().map(Box::new))),
            Done::SameHost(compared) => {
                let end = BuildEnd::SameHost {
                    of_program: self.builds.of_program(&self.files.inputs, job.saw()),
                    is_certain: is_certain(&job),
                };
                (Some(Finished::SameHost(compared, job)), end)
            }
            Done::Compared(compared) => {
                if job.is_ahead() {
                    self.files.inputs.compared();
                }
                (None, BuildEnd::Compared(self.code_end(compared, &job)))
            }
        };
        self.builds.finish(finished);
        self.step(Input::BuildEnded(end));
    }

    /// The result of a comparison of the host's code.
    fn code_end(
        &mut self,
        compared: Result<Result<Vec<Difference>, String>, HostBuildError>,
        job: &Job,
    ) -> CodeEnd {
        match compared {
            Ok(Ok(differences)) => match Reason::of_code(differences) {
                Some(reason) => CodeEnd::Different(reason),
                None => {
                    self.files.inputs.host_has_code_of_live();
                    CodeEnd::Same
                }
            },
            Ok(Err(why)) => {
                self.reporter.note_once([Note::CodeNotCompared { why }]);
                CodeEnd::Unknown
            }
            Err(error) => CodeEnd::Failed(self.host_failure(error, job)),
        }
    }

    /// The error of a build of the host, with the files that were touched while it ran.
    fn host_failure(&self, error: HostBuildError, job: &Job) -> HostFailure {
        let touched: BTreeSet<&PathBuf> =
            job.touched().iter().chain(self.files.touched()).collect();
        host_failure(error, touched)
    }

    /// Whether a host differs from the running one, or would be started in another way. If the previous build
    /// was cancelled at its very end, this one compiled nothing, but its result differs.
    fn is_new(&self, built: &BuiltHost) -> bool {
        let ran = self.builds.host().map(|it| &it.run);
        let starts_differently = ran.is_some_and(|ran| *ran != built.build.run);
        built.build.compiled
            || starts_differently
            || !self.host.was_started_from(&built.build.executable)
    }
}

/// Whether the build is known to have read what the files contained when it began. A save causes several
/// events, so an event during the build need not be a later write.
fn is_certain(job: &Job) -> bool {
    let began = job.began().at;
    let mut touched = job.touched().iter();
    touched.all(|path| Digested::since(began, path) != Digested::Unknown)
}

/// What the full compilations that followed deltas say, and what to tell besides. A difference that was
/// found counts even if a later one failed.
fn follow_end(followed: Vec<Followed>, failure: Option<GroupFailure>) -> (FollowEnd, Vec<Note>) {
    let mut same = Vec::new();
    let mut notes = Vec::new();
    for Followed { package, proof } in followed {
        match proof {
            Proof::Same => same.push(package),
            Proof::Different(differences) => {
                let symbol = differences.into_iter().next().map(|it| it.symbol);
                let end = FollowEnd::Different {
                    crates: vec![package],
                    symbol: symbol.unwrap_or_default(),
                };
                return (end, notes);
            }
            Proof::Unknown(why) => notes.push(Note::DeltaNotCompared { package, why }),
        }
    }
    let end = match failure {
        Some(GroupFailure::Sources(failure)) => FollowEnd::Failed(failure),
        Some(_) if same.is_empty() => FollowEnd::Unknown,
        Some(_) | None => FollowEnd::Same { crates: same },
    };
    (end, notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(package: &str, proof: Proof) -> Followed {
        let package = package.to_owned();
        Followed { package, proof }
    }

    #[test]
    fn what_was_found_before_a_failure_counts() {
        let cancelled = || Some(GroupFailure::Cancelled);
        let a = |proof| vec![followed("a", proof)];
        let (end, _) = follow_end(a(Proof::Different(Vec::new())), cancelled());
        assert!(matches!(end, FollowEnd::Different { crates, .. } if crates == ["a"]));
        let (end, _) = follow_end(a(Proof::Same), cancelled());
        assert!(matches!(end, FollowEnd::Same { crates } if crates == ["a"]));
        let (end, notes) = follow_end(a(Proof::Unknown("why".to_owned())), cancelled());
        assert!(matches!(end, FollowEnd::Unknown));
        assert_eq!(notes.len(), 1);
        let (end, _) = follow_end(Vec::new(), None);
        assert!(matches!(end, FollowEnd::Same { crates } if crates.is_empty()));
    }
}

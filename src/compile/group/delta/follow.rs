//! The full compilation that follows a delta, and what it proves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::{Delta, Deltas};
use crate::base::child_process::Cancel;
use crate::compat::code::{Code, Difference, Elsewhere, compare};
use crate::compile::group::code::files_at;
use crate::compile::group::compile::Progress;
use crate::compile::group::jobs::Jobs;
use crate::compile::group::settings::{DeltaPolicy, Settings};
use crate::compile::group::unit::Compiled;
use crate::compile::group::{BuildError, Group};

/// A delta that a full compilation followed.
#[derive(Debug)]
pub(crate) struct Followed {
    pub(crate) package: String,
    pub(crate) proof: Proof,
}

/// What the full compilation says of a delta.
#[derive(Debug)]
pub(crate) enum Proof {
    Same,
    /// The first differences of the code.
    Different(Vec<Difference>),
    /// Their code can't be compared.
    Unknown(String),
}

impl Group {
    /// Compiles the crates in full of which only a delta was compiled, and compares the code. Returns
    /// the proofs so far, also if it fails.
    pub(crate) fn follow(&self, cancel: &Cancel) -> (Vec<Followed>, Result<(), BuildError>) {
        let mut followed = Vec::new();
        let ended = self.follow_all(cancel, &mut followed);
        (followed, ended)
    }

    fn follow_all(&self, cancel: &Cancel, followed: &mut Vec<Followed>) -> Result<(), BuildError> {
        let jobs = &Jobs::new()?;
        let settings = &Settings {
            may_keep: true,
            deltas: DeltaPolicy::Never,
            jobs,
            cancel,
        };
        let unproven: Vec<_> = self.deltas.iter().map(Deltas::unproven).collect();
        let progress: Vec<Progress> = self.units.iter().map(|_| Progress::default()).collect();
        for (index, unit) in self.units.iter().enumerate() {
            // Dependencies come first, and have the interface with which they were compiled last.
            let Some(delta) = &unproven[index] else {
                match unit.compiled() {
                    Some(state) => progress[index].interface.fulfil(state.interface.stamp),
                    None => progress[index].interface.give_up(),
                }
                continue;
            };
            let full = match self.compile_unit(index, &progress, settings) {
                // A source was saved meanwhile.
                Err(BuildError::Cancelled) if !cancel.is_cancelled() => None,
                full => Some(full?).filter(|it| it.inputs == delta.inputs),
            };
            let proof = match full {
                Some(full) => prove(delta, &full, self.folders(index), cancel)?,
                None if cancel.is_cancelled() => return Err(BuildError::Cancelled),
                None => Proof::Unknown("its sources have changed since".to_owned()),
            };
            match proof {
                Proof::Different(_) => self.deltas[index].turn_off(),
                Proof::Same | Proof::Unknown(_) => self.deltas[index].proven(),
            }
            let package = unit.package.clone();
            followed.push(Followed { package, proof });
        }
        Ok(())
    }

    /// The folders of the rlibs of a unit's dependencies, those of the group first.
    fn folders(&self, index: usize) -> Vec<PathBuf> {
        let unit = &self.units[index];
        let of_group = unit.depends_on.iter();
        let of_group = of_group.map(|it| self.units[*it].directory.clone());
        let paths = unit.record.invocation.values("-L");
        let others = paths.filter_map(|it| it.strip_prefix("dependency="));
        of_group.chain(others.map(PathBuf::from)).collect()
    }

    /// Compiles a copy without any body of each crate that may get deltas, so that the first one is
    /// fast.
    pub(crate) fn prepare_deltas(&self, cancel: &Cancel) -> Result<(), BuildError> {
        let settings = &Settings {
            may_keep: true,
            deltas: self.policy,
            jobs: &Jobs::new()?,
            cancel,
        };
        for (index, unit) in self.units.iter().enumerate() {
            let Some(full) = unit.compiled() else {
                continue;
            };
            if !self.may_have_deltas(index, &full)
                || !self.deltas[index].is_worth_warming(self.policy, &full)
            {
                continue;
            }
            let states = &BTreeMap::new();
            let delta = Delta {
                group: self,
                unit,
                deltas: &self.deltas[index],
                full: &full,
                states,
            };
            match delta.compile(Vec::new(), settings) {
                Err(BuildError::Cancelled) => return Err(BuildError::Cancelled),
                Ok(Some(_)) => self.deltas[index].warmed(),
                // A source may have been saved since.
                Ok(None) | Err(_) => self.deltas[index].warming_failed(),
            }
        }
        Ok(())
    }
}

/// Compares the code of a delta's link with that of a full compilation, in a thread of its own, so that a
/// save does not wait for it. `folders` are those of the dependencies.
fn prove(
    delta: &Compiled,
    full: &Compiled,
    folders: Vec<PathBuf>,
    cancel: &Cancel,
) -> Result<Proof, BuildError> {
    /// How often to look for a save.
    const INTERVAL: Duration = Duration::from_millis(10);
    let (sender, receiver) = channel();
    let (delta, full) = (delta.clone(), full.clone());
    std::thread::spawn(move || {
        let proof = match differences(&delta, &full, &Elsewhere { folders }) {
            Ok(differences) if differences.is_empty() => Proof::Same,
            Ok(differences) => Proof::Different(differences),
            Err(why) => Proof::Unknown(why),
        };
        // After a save, it is no longer needed.
        let _ = sender.send(proof);
    });
    loop {
        match receiver.recv_timeout(INTERVAL) {
            Ok(proof) => return Ok(proof),
            Err(RecvTimeoutError::Timeout) if !cancel.is_cancelled() => {}
            Err(RecvTimeoutError::Timeout) => return Err(BuildError::Cancelled),
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Proof::Unknown("the comparison crashed".to_owned()));
            }
        }
    }
}

/// How the code of a delta's link differs from that of a full compilation. rustc reads only the
/// dependencies that the sources name, and the bodies that a delta leaves out may be the only ones that
/// name one. So an instance of a generic function can be in the crate or in a dependency.
fn differences(
    delta: &Compiled,
    full: &Compiled,
    elsewhere: &Elsewhere,
) -> Result<Vec<Difference>, String> {
    let code = |compiled: &Compiled| {
        let files = files_at(&compiled.objects.path).map_err(|it| it.to_string())?;
        let all = files.iter().map(PathBuf::as_path);
        Code::read(std::iter::empty(), all).map_err(|it| it.to_string())
    };
    Ok(compare(code(delta)?, code(full)?, elsewhere))
}

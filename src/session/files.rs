//! The files that the program was built from: watches them, and knows what changed in them.

mod saves;
mod watching;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::base::contents::{Contents, Digested};
use crate::stale::{Began, Changed, Inputs, Kind, Watcher};

use super::builds::Builds;
use super::core::{Core, Examined, Found, Input, Looked};
use super::job::Job;
use super::manifests::CargoAnswer;
use super::settings::ShadowPolicy;

pub(super) use saves::is_editors_own;

/// The inputs of the program, and the events of their files.
pub(super) struct Files {
    pub(super) watcher: Watcher,
    /// Those of the live generation and the host.
    pub(super) inputs: Inputs,
    /// Those from which the host was built, for hosts that start after generations have gone live.
    baseline: Inputs,
    /// Files that were touched, until they are looked at.
    touched: BTreeSet<PathBuf>,
    /// Changed sources that leave the host's code as it is. They count as running once a generation is
    /// built with them.
    same_code: Changed,
    /// Cargo's last answer about changed manifests.
    cargo_answer: CargoAnswer,
    /// When the host's code is compared with a clean build.
    shadow: ShadowPolicy,
}

impl Files {
    pub(super) fn new(watcher: Watcher, shadow: ShadowPolicy) -> Self {
        Files {
            watcher,
            inputs: Inputs::default(),
            baseline: Inputs::default(),
            touched: BTreeSet::new(),
            same_code: Changed::new(),
            cargo_answer: CargoAnswer::default(),
            shadow,
        }
    }

    /// Files are to be looked at, although there was no event.
    pub(super) fn touch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.touched.extend(paths);
    }

    /// Files that were touched, and have not been looked at.
    pub(super) fn touched(&self) -> &BTreeSet<PathBuf> {
        &self.touched
    }

    /// Events were lost, so every file may have changed.
    pub(super) fn lost_events(&mut self) -> Result<(), notify::Error> {
        let renewed = self.watcher.renew();
        self.touched.extend(self.inputs.paths().cloned());
        renewed
    }

    /// A host was built from these inputs; without them, from the same files as before.
    pub(super) fn host_built(&mut self, inputs: Option<Inputs>) {
        if let Some(inputs) = inputs {
            self.inputs = inputs;
        }
        self.same_code = Changed::new();
        self.baseline = self.inputs.clone();
    }

    /// A host starts from which generations have to be built again.
    pub(super) fn back_to_baseline(&mut self) {
        self.inputs = self.baseline.clone();
    }

    /// A generation is live that was built from these contents, when these files had changed.
    pub(super) fn went_live(&mut self, contents: Contents, saw: &Changed) {
        self.inputs.apply_live(contents);
        let mut same = std::mem::take(&mut self.same_code);
        same.retain(|path, content| saw.get(path) == Some(content));
        self.inputs.accept(&self.inputs.unmarked_of(&same));
        self.inputs.host_has_code_of(&same);
    }

    /// Adds the sources that a comparison has read, with their packages.
    pub(super) fn add_sources(
        &mut self,
        sources: impl IntoIterator<Item = (PathBuf, String)>,
        began: &Began,
    ) {
        for (path, package) in sources {
            if !self.inputs.contains(&path) {
                let content = Digested::since(began.at, &path);
                self.inputs.add(&path, Kind::Unmarked(package));
                // If it is unknown, the file may have been written after it was read.
                if content != Digested::Unknown {
                    self.inputs.accept(&Changed::from([(path, content)]));
                }
            }
        }
    }

    /// The host has the code of the changed files that a build `saw`, of which these belong only to it.
    pub(super) fn host_has_code(&mut self, of_program: &Changed, saw: &Changed) {
        self.inputs.accept(of_program);
        self.same_code = self.inputs.sources_of(saw);
    }

    /// Takes cargo's answer about manifests. If they don't concern the host, they count as running, with
    /// what cargo wrote.
    pub(super) fn take_answer(&mut self, answer: CargoAnswer, harmless: Option<&Contents>) {
        self.cargo_answer = answer;
        if let Some(wrote) = harmless {
            let manifests = self.cargo_answer.manifests.iter().chain(wrote);
            let known = manifests.map(|(path, content)| (path.clone(), *content));
            let known: Changed = known.collect();
            self.inputs.accept(&known);
            self.baseline.accept(&known);
        }
    }
}

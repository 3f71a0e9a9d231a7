//! A generation that has become live, and what is found in its code.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::report::{Event, Note};

use super::Session;
use super::core::{Input, NewCode};
use super::incoming::HeldCode;

impl Session {
    /// The offered generation is live.
    pub(super) fn go_live(
        &mut self,
        generation: u32,
        retired: u32,
        uncalled: Option<BTreeSet<String>>,
    ) {
        let now = Instant::now();
        let Some(mut offer) = self.generations.take_offer() else {
            return;
        };
        // Before it is reported: a program that reads the report may save the next edit at once.
        let inputs = std::mem::take(&mut offer.built.inputs);
        self.files.went_live(inputs, &offer.saw);
        self.watch_inputs();
        let swap = offer.swap;
        self.reporter
            .note_once(swap.is_much().then_some(Note::MuchMemory));
        let ms = offer.phases(now);
        let build_id = offer.built.library.build.to_string();
        let mut deltas = std::mem::take(&mut offer.built.deltas);
        let pid = self.core.pid();
        let executable = self.builds.host().map(|it| it.executable.clone());
        let program = executable.zip(pid);
        let crates = self
            .generations
            .went_live(generation, offer.built, uncalled, program);
        deltas.retain(|package| crates.contains(package));
        self.reporter.report(&Event::Live {
            generation,
            deltas,
            crates,
            build_id,
            ms,
            pid: pid.unwrap_or_default(),
            kept_generations: swap.kept_generations,
            kept_bytes: swap.kept_bytes,
            restart_due: self.manual_restart_reasons(),
        });
        self.reporter.report(&Event::Retired {
            generation: retired,
        });
        self.generations.reclaim(&mut self.reporter);
    }

    /// An earlier generation is live again.
    pub(super) fn went_back(&mut self, generation: u32, earlier: u32, retired: u32) {
        let build = self.generations.went_back(generation, earlier);
        self.reporter.report(&Event::RolledBack {
            generation,
            earlier,
            build_id: build.to_string(),
            pid: self.core.pid().unwrap_or_default(),
        });
        self.reporter.report(&Event::Retired {
            generation: retired,
        });
    }

    /// The new code of a generation was found.
    pub(super) fn found_new_code(&mut self, new: NewCode) {
        if self.core.generation() == Some(new.generation) {
            self.reporter
                .note_once(new.stored.iter().map(|of| Note::StoredCode {
                    generation: new.generation,
                    of: of.clone(),
                }));
        }
        self.step(Input::NewCode(new));
    }

    /// The program has pointers to earlier versions of code that changed.
    pub(super) fn found_held_code(&mut self, held: HeldCode) {
        let HeldCode {
            generation,
            functions,
        } = held;
        if self.core.generation() == Some(generation) {
            let functions = functions.into_iter().collect();
            self.reporter.note_once([Note::HeldCode {
                generation,
                functions,
            }]);
        }
    }
}

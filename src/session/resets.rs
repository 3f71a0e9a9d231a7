//! Reports what each reload resets and runs again, once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::compat::symbols;
use crate::compile::{Built, HostBuild};
use crate::report::Note;

use super::Session;

/// The items that were reported, and those that need not be looked at again.
#[derive(Debug, Default)]
pub(super) struct Resets {
    said: BTreeSet<String>,
    /// The paths of all symbols so far.
    seen: BTreeSet<String>,
}

impl Session {
    /// Reports the baseline's.
    pub(super) fn tell_resets_of_host(&mut self, build: &HostBuild) {
        self.tell_resets(&build.symbols.state);
        self.tell_initialisers(&build.symbols.initialisers);
    }

    /// Reports those that are new in a generation.
    pub(super) fn tell_resets_of_group(&mut self, built: &Built) {
        let library = &built.library.path;
        let group = self.builder.plan.group.iter();
        let crates: Vec<String> = group.map(|it| it.crate_name.clone()).collect();
        // If the library can't be read, loading it will report that.
        let Ok(on_load) = symbols::on_load(library, &crates) else {
            return;
        };
        self.tell_initialisers(&on_load.initialisers);
        // Read the sources only if there are new ones.
        let new: BTreeSet<String> = on_load
            .writable
            .difference(&self.resets.seen)
            .cloned()
            .collect();
        if !new.is_empty() {
            let sources = built.inputs.keys();
            let statics = symbols::statics_in(sources.map(PathBuf::as_path));
            self.tell_resets(&symbols::declared(&new, &statics.state));
            self.resets.seen.extend(new);
        }
    }

    fn tell_initialisers(&mut self, names: &BTreeSet<String>) {
        let items = names.iter().cloned();
        self.say_notes(items.map(|item| Note::RunsOnLoad { item }));
    }

    fn tell_resets(&mut self, names: &BTreeSet<String>) {
        let new: Vec<String> = names.difference(&self.resets.said).cloned().collect();
        if !new.is_empty() {
            self.resets.said.extend(new.iter().cloned());
            self.note(Note::StateReset { statics: new });
        }
    }
}

//! Reports what each reload resets and runs again, once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::compat::symbols;
use crate::compile::{Built, HostBuild};
use crate::discover::Plan;
use crate::report::{Note, Reporter};

/// The items that were reported, and those that need not be looked at again.
#[derive(Debug, Default)]
pub(super) struct Resets {
    said: BTreeSet<String>,
    /// The paths of all symbols so far.
    seen: BTreeSet<String>,
}

impl Resets {
    /// Reports the baseline's.
    pub(super) fn tell_of_host(&mut self, build: &HostBuild, reporter: &mut Reporter) {
        self.tell(&build.symbols.state, reporter);
        tell_initialisers(&build.symbols.initialisers, reporter);
    }

    /// Reports those that are new in a generation.
    pub(super) fn tell_of_group(&mut self, built: &Built, plan: &Plan, reporter: &mut Reporter) {
        let crates: Vec<String> = plan.group.iter().map(|it| it.crate_name.clone()).collect();
        // If the library can't be read, loading it will report that.
        let Ok(on_load) = symbols::on_load(&built.library.path, &crates) else {
            return;
        };
        tell_initialisers(&on_load.initialisers, reporter);
        // Read the sources only if there are new ones.
        let new: BTreeSet<String> = on_load.writable.difference(&self.seen).cloned().collect();
        if !new.is_empty() {
            let sources = built.inputs.keys();
            let statics = symbols::statics_in(sources.map(PathBuf::as_path));
            self.tell(&symbols::declared(&new, &statics.state), reporter);
            self.seen.extend(new);
        }
    }

    fn tell(&mut self, names: &BTreeSet<String>, reporter: &mut Reporter) {
        let new: Vec<String> = names.difference(&self.said).cloned().collect();
        if !new.is_empty() {
            self.said.extend(new.iter().cloned());
            reporter.note(Note::StateReset { statics: new });
        }
    }
}

fn tell_initialisers(names: &BTreeSet<String>, reporter: &mut Reporter) {
    let items = names.iter().cloned();
    reporter.note_once(items.map(|item| Note::RunsOnLoad { item }));
}

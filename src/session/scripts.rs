//! Build scripts of reloadable crates, which must run before a reload if their inputs changed.

use std::path::Path;

use crate::base::child_process::RunError;
use crate::compile::{Rerun, Script, ScriptError};
use crate::decide::Reason;
use crate::report::Note;
use crate::stale::Kind;

use super::Session;
use super::core::{Failure, ScriptsEnd};

/// The result of running scripts.
pub(super) fn end_of(reruns: &[Rerun]) -> ScriptsEnd {
    let mut errors = reruns.iter().filter_map(|it| it.outcome.as_ref().err());
    match errors.next() {
        Some(ScriptError::Run(RunError::Cancelled)) => return ScriptsEnd::Cancelled,
        Some(ScriptError::Failed(rendered)) => {
            return ScriptsEnd::Failed(Ok(Failure::Compile {
                rendered: rendered.clone(),
                messages: Vec::new(),
            }));
        }
        Some(error) => {
            return ScriptsEnd::Failed(Err(Failure::Other {
                message: error.to_string(),
                help: Some("the old code keeps running; the next save tries again".to_owned()),
            }));
        }
        None => {}
    }
    let mut changed = reruns.iter().filter_map(|it| {
        let change = it.outcome.as_ref().ok()?.as_ref().err()?;
        Some(Reason::ScriptOutput {
            package: it.package.clone(),
            change: change.clone(),
        })
    });
    match changed.next() {
        Some(reason) => ScriptsEnd::Changed(reason),
        None => ScriptsEnd::Same(Reason::SameScriptOutput),
    }
}

impl Session {
    /// The scripts of these packages.
    pub(super) fn scripts_of(&self, packages: &[String]) -> Vec<Script> {
        let scripts = self
            .build
            .iter()
            .flat_map(|build| &build.inputs.scripts_to_run);
        let scripts = scripts.filter(|it| packages.contains(&it.package));
        scripts.cloned().collect()
    }

    /// The kind of a new file, if a setting or a build script names it.
    pub(super) fn kind_of_new(&self, path: &Path) -> Option<Kind> {
        let build = self.build.as_ref()?;
        if build.group.watches(path) {
            return Some(Kind::Reloadable);
        }
        let mut scripts = build.inputs.scripts_to_run.iter();
        if let Some(script) = scripts.find(|it| it.reads.has(path)) {
            return Some(Kind::ScriptInput(script.package.clone()));
        }
        let mut others = build.inputs.other_scripts.iter();
        let other = others.find(|it| it.reads.has(path))?;
        let package = other.package.clone();
        Some(match other.is_reloadable {
            true => Kind::Script(package),
            false => Kind::Unmarked(package),
        })
    }

    /// Adds a new file to the scripts that read it.
    pub(super) fn tell_scripts_of_new(&mut self, path: &Path) {
        let Some(build) = &self.build else { return };
        for script in &build.inputs.scripts_to_run {
            if script.reads.has(path) {
                self.inputs.add_to_script(&script.package, path);
            }
        }
    }

    /// Records what scripts read whose output is the same as before.
    pub(super) fn take_scripts(&mut self, reruns: Vec<Rerun>) {
        let mut written = Vec::new();
        for rerun in reruns {
            let Ok(Ok(reads)) = rerun.outcome else {
                continue;
            };
            written.extend(self.inputs.script_ran(&rerun.package, rerun.read));
            self.inputs.set_script(&rerun.package, reads.files());
            let scripts = self.build.iter_mut();
            let scripts = scripts.flat_map(|build| &mut build.inputs.scripts_to_run);
            for script in scripts.filter(|it| it.package == rerun.package) {
                script.reads = reads.clone();
            }
        }
        if let Err(error) = self.watch_scripts() {
            self.reporter.error(&error.to_string());
        }
        let written = written.iter().map(|path| self.written(path));
        let written: Vec<Note> = written.collect();
        self.reporter.note_once(written);
    }
}

//! Build scripts of reloadable crates, which must run before a reload if their inputs changed.

use std::path::Path;

use crate::base::child_process::RunError;
use crate::compile::{Rerun, Script, ScriptError, ScriptReads};
use crate::decide::Reason;
use crate::stale::Kind;

use super::Builds;
use super::{Failure, ScriptsEnd};

/// The result of running scripts.
pub(in crate::session) fn end_of(reruns: &[Rerun]) -> ScriptsEnd {
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

impl Builds {
    /// The scripts of these packages.
    pub(in crate::session) fn scripts_of(&self, packages: &[String]) -> Vec<Script> {
        let build = self.host.iter();
        let scripts = build.flat_map(|build| &build.inputs.scripts_to_run);
        let scripts = scripts.filter(|it| packages.contains(&it.package));
        scripts.cloned().collect()
    }

    /// The kind of a new file, if a setting or a build script names it.
    pub(in crate::session) fn kind_of_new(&self, path: &Path) -> Option<Kind> {
        let build = self.host.as_ref()?;
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

    /// The packages whose scripts read this file.
    pub(in crate::session) fn scripts_that_read(
        &self,
        path: &Path,
    ) -> impl Iterator<Item = &String> {
        let scripts = self
            .host
            .iter()
            .flat_map(|build| &build.inputs.scripts_to_run);
        let scripts = scripts.filter(|it| it.reads.has(path));
        scripts.map(|it| &it.package)
    }

    /// What all build scripts read.
    pub(in crate::session) fn script_reads(&self) -> impl Iterator<Item = &ScriptReads> {
        self.host.iter().flat_map(|build| {
            let own = build.inputs.scripts_to_run.iter().map(|it| &it.reads);
            own.chain(build.inputs.other_scripts.iter().map(|it| &it.reads))
        })
    }

    /// A script ran again, and read this.
    pub(in crate::session) fn script_ran(&mut self, package: &str, reads: &ScriptReads) {
        let scripts = self.host.iter_mut();
        let scripts = scripts.flat_map(|build| &mut build.inputs.scripts_to_run);
        for script in scripts.filter(|it| it.package == package) {
            script.reads = reads.clone();
        }
    }
}

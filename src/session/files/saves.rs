//! Saves: from file events to the facts for a decision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::contents::Digested;
use crate::discover::Plan;
use crate::report::{Note, Reporter};
use crate::stale::Kind;

use super::{Builds, Core, Examined, Files, Found, Input, Job, Looked, ShadowPolicy};

impl Files {
    /// Records the touched files that may matter. If there are any, returns the input for the core.
    pub(in crate::session) fn noticed(
        &mut self,
        paths: Vec<PathBuf>,
        core: &Core,
        builds: &Builds,
        reporter: &Reporter,
    ) -> Option<Input> {
        let mut concern = BTreeSet::new();
        let mut at_once = false;
        for path in paths {
            let inputs = self.inputs.at(&path);
            if inputs.is_empty() && may_be_lacked(&path, core, builds, reporter) {
                concern.insert(path);
            }
            at_once |= !inputs.is_empty();
            concern.extend(inputs);
        }
        let is_any = !concern.is_empty();
        self.touched.extend(concern);
        is_any.then_some(Input::Touched { at_once })
    }

    /// Looks at the files that were touched.
    pub(in crate::session) fn look(
        &mut self,
        at_all: bool,
        is_patient: bool,
        core: &Core,
        builds: &mut Builds,
        reporter: &mut Reporter,
    ) -> Looked {
        if at_all {
            self.touched.extend(self.inputs.changed_since_look());
        }
        let mut inputs = self.touched.iter().filter(|it| self.inputs.contains(it));
        if is_patient && inputs.any(|path| is_half_saved(path)) {
            return Looked::HalfSaved;
        }
        let mut touched = std::mem::take(&mut self.touched);
        touched
            .retain(|path| self.inputs.needs_judging(path) && !is_left_by_failed_build(path, core));
        if builds.job().is_some_and(Job::resolves) {
            // The build itself writes it and then reads it.
            touched.remove(&builds.plan().lock_file());
        }
        for path in &touched {
            let is_new = !self.inputs.contains(path) && path.is_file();
            if is_new
                && is_named(path, builds)
                && let Some(kind) = builds.kind_of_new(path)
            {
                self.inputs.add(path, kind);
                for package in builds.scripts_that_read(path) {
                    self.inputs.add_to_script(package, path);
                }
            }
        }
        let mut changed = self.inputs.look_at(touched.iter());
        // A running build may have read the source before or after the edit.
        let is_same_code = !core.is_building() && self.inputs.take_same_code();
        let waiting = self.inputs.waiting(&builds.plan().workspace_root);
        let waiting = waiting.into_iter();
        reporter.note_once(waiting.map(|(path, package)| Note::WaitsForRestart { path, package }));
        touched.retain(|path| !self.inputs.is_of_version_control(path));
        let (mut edited, mut others): (Vec<PathBuf>, Vec<PathBuf>) = touched
            .iter()
            .filter(|path| !path.is_dir())
            .cloned()
            .partition(|path| self.inputs.contains(path));
        others.retain(|path| may_fix(path, core, builds));
        let has_new_files = !others.is_empty();
        if core.is_broken() {
            edited.extend(others);
        }
        if let Some(job) = builds.job_mut() {
            let builds_host = job.builds_host();
            changed.retain(|path| touched.contains(path));
            changed.retain(|path| !(builds_host && self.inputs.may_be_written_by_build(path)));
            if !edited.is_empty() {
                job.touch(touched);
            }
        }
        Looked::Found(Found {
            edited,
            is_changed: !changed.is_empty(),
            has_new_files,
            is_same_code,
            changed: self.inputs.snapshot(),
        })
    }

    /// Gathers the facts for a decision.
    pub(in crate::session) fn examine(
        &mut self,
        number: u64,
        is_patient: bool,
        root: &Path,
        has_layouts: bool,
    ) -> Examined {
        let changed: Vec<PathBuf> = {
            let changed = self.inputs.changed();
            changed.map(|(path, _)| path.to_owned()).collect()
        };
        let mut half_saved: Vec<PathBuf> = match is_patient {
            true => changed
                .iter()
                .filter(|it| is_half_saved(it))
                .cloned()
                .collect(),
            false => Vec::new(),
        };
        let mut changes = Vec::new();
        if half_saved.is_empty() {
            let concern = self.cargo_answer.concern.as_ref();
            match self.inputs.changes(root, concern) {
                Some(found) => changes = found,
                None => {
                    half_saved = changed
                        .into_iter()
                        .chain(self.inputs.changed_since_look())
                        .collect()
                }
            }
        }
        self.inputs.judge_again(&half_saved);
        let is_half_saved = !half_saved.is_empty();
        self.touched.extend(half_saved);
        let manifests = self.inputs.changed_manifests();
        Examined {
            number,
            is_half_saved,
            sources: self.inputs.sources_of(&self.inputs.snapshot()),
            changed: self.inputs.snapshot(),
            changes,
            needs_cargo: !manifests.is_empty() && manifests != self.cargo_answer.manifests,
            stale_scripts: self.inputs.stale_scripts(),
            has_layouts,
            has_put_off: self.inputs.has_put_off(),
            needs_shadow: self.needs_shadow(),
        }
    }

    /// Whether to compare the live code with a clean build.
    fn needs_shadow(&self) -> bool {
        match self.shadow {
            ShadowPolicy::Items => self.inputs.have_other_items(),
            ShadowPolicy::Always => self.inputs.have_other_contents(),
            ShadowPolicy::Never => false,
        }
    }
}

/// Whether a file that is not an input may become one, or a failed build may lack it.
fn may_be_lacked(path: &Path, core: &Core, builds: &Builds, reporter: &Reporter) -> bool {
    if is_named(path, builds) {
        return true;
    }
    let plan = builds.plan();
    let in_workspace = || path.starts_with(&plan.workspace_root);
    let concerns = is_near(path, plan) || (core.is_broken() && in_workspace());
    // The events of files that the session writes itself must not cause builds.
    let is_sessions_own = || {
        let events = reporter.events.as_ref();
        events.is_some_and(|it| it.is_written_to(path))
    };
    concerns && !is_editors_own(path) && !is_sessions_own()
}

/// Whether a setting or a build script names a file as an input. The file may be new.
fn is_named(path: &Path, builds: &Builds) -> bool {
    match builds.kind_of_new(path) {
        Some(Kind::Reloadable) => true,
        // If a script names a folder, the copies that editors create there don't count.
        Some(_) => !is_editors_own(path),
        None => false,
    }
}

/// Whether a path is in a package's folder or is a manifest.
fn is_near(path: &Path, plan: &Plan) -> bool {
    let mut folders = plan.package_dirs();
    plan.manifests.iter().any(|it| it == path) || folders.any(|folder| path.starts_with(folder))
}

/// Whether the last build may have failed because of this file, which is not an input. True if
/// an error names the file, if it configures cargo, or if it is in a package's folder and either may
/// be a module that the build read or was created or removed since the build began. This excludes a
/// log that the host appends to.
fn may_fix(path: &Path, core: &Core, builds: &Builds) -> bool {
    // It becomes an input with the first build that succeeds.
    let mut manifests = builds.plan().manifests.iter();
    if manifests.any(|it| it == path) {
        return true;
    }
    let may_be_module =
        || path.extension().is_some_and(|it| it == "rs") && is_near(path, builds.plan());
    if builds.is_named_in_error(path) || core.is_broken() && may_be_module() {
        return true;
    }
    let created = std::fs::metadata(path).and_then(|metadata| metadata.created());
    let is_new = created.map_or(true, |created| created >= builds.begun());
    is_new && is_near(path, builds.plan())
}

/// Whether a file still has the content that the last failed build wrote, so that its event is not a save.
fn is_left_by_failed_build(path: &Path, core: &Core) -> bool {
    let left = core.left_by_failed_builds().get(path);
    left.is_some_and(|left| *left == Digested::of(path))
}

/// Whether an editor creates such a file beside the edited one. No compiler reads it.
pub(in crate::session) fn is_editors_own(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_hidden = name.starts_with('.') || name.starts_with('#');
    let is_backup = ["~", ".swp", ".tmp", ".bak"]
        .iter()
        .any(|it| name.ends_with(it));
    is_hidden || is_backup || name == "4913"
}

/// Whether a file may be in the middle of a save.
fn is_half_saved(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
}

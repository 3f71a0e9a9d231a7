//! The inputs from which the program was built, and the folders to watch for them.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::base::contents::Contents;
use crate::base::file_stamp::FileStamp;
use crate::compat::Outside;
use crate::compat::items::Crates;
use crate::compile::HostBuild;
use crate::discover::Plan;
use crate::error::Error;
use crate::report::{Note, Reporter};
use crate::stale::{Depth, FinishedBuild, Inputs, Kind, folders_of_plan, is_of_version_control};

use super::{Builds, Files, Job};

impl Files {
    /// The inputs of a host that was built by a job, which may have written some before it read them.
    pub(in crate::session) fn inputs_of(
        &self,
        build: &HostBuild,
        job: &Job,
        wrote: &Contents,
        plan: &Plan,
    ) -> io::Result<Inputs> {
        let mut kinds: BTreeMap<PathBuf, Kind> = BTreeMap::new();
        for path in build.group.baseline_inputs()? {
            kinds.insert(path, Kind::Reloadable);
        }
        // A file that is an input of both is treated as not reloadable.
        for (path, package) in &build.inputs.unmarked {
            kinds.insert(path.clone(), Kind::Unmarked(package.clone()));
        }
        for (path, package) in &build.inputs.scripts {
            kinds.insert(path.clone(), Kind::Script(package.clone()));
        }
        let read: Vec<(&str, Vec<PathBuf>)> = build
            .inputs
            .scripts_to_run
            .iter()
            .map(|script| {
                let mut files = script.reads.files();
                // If the source of the script changes, running it again is not enough.
                files.retain(|path| !build.inputs.scripts.contains_key(path));
                (&*script.package, files)
            })
            .collect();
        for (package, files) in &read {
            for path in files {
                let kind = || Kind::ScriptInput((*package).to_owned());
                kinds.entry(path.clone()).or_insert_with(kind);
            }
        }
        for (path, kind) in &mut kinds {
            if let Kind::Unmarked(package) | Kind::Script(package) | Kind::ScriptInput(package) =
                kind
                && is_of_version_control(path)
            {
                *kind = Kind::VersionControl(package.clone());
            }
        }
        for path in &plan.manifests {
            // An existing build script is an input itself.
            kinds.entry(path.clone()).or_insert(Kind::Manifest);
        }
        // Builds write the outputs of build scripts, so these are not edits.
        let made = plan.directories().target;
        kinds.retain(|path, _| !path.starts_with(&made));
        let outside = Outside {
            symbols: build.symbols.clone(),
            crates: Crates {
                of_sources: build.group.crates_of_inputs()?,
                aliases: build.group.aliases(),
            },
            is_inlined: build.group.is_inlined(),
        };
        let finished = FinishedBuild {
            began: job.began(),
            touched: job.touched(),
            known: wrote,
            read: &build.inputs.read,
            unsettled: self.inputs.maybe_stale(),
        };
        let mut inputs = Inputs::of_host(kinds, &finished, plan.users.clone(), outside);
        for (package, files) in read {
            let files = files
                .into_iter()
                .filter(|path| inputs.contains(path))
                .collect();
            inputs.set_script(package, files);
        }
        Ok(inputs)
    }

    /// Watches what the plan names, and besides that these folders.
    pub(in crate::session) fn watch_plan(
        &mut self,
        besides: &[(PathBuf, Depth)],
        builds: &Builds,
        reporter: &mut Reporter,
    ) -> Result<(), Error> {
        self.watcher.want_nothing();
        for (folder, depth) in besides
            .iter()
            .cloned()
            .chain(folders_of_plan(builds.plan()))
        {
            self.watcher.want(&folder, depth)?;
        }
        self.watch_inputs(builds, reporter)
    }

    /// Watches the folders of the inputs, then looks at all inputs. The look finds changes from
    /// before the watch, even if the watch fails.
    pub(in crate::session) fn watch_inputs(
        &mut self,
        builds: &Builds,
        reporter: &mut Reporter,
    ) -> Result<(), Error> {
        let watched = self.watch_folders_of_inputs(builds);
        self.inputs.look_at_all();
        reporter.note_once(self.limits());
        watched
    }

    /// Which files the system does not report.
    fn limits(&self) -> Vec<Note> {
        let limit = self.watcher.is_limited().then_some(Note::NoWatchesLeft);
        let silent = self.watcher.silent().iter();
        let polled = silent.map(|(name, folder)| Note::Polled {
            path: folder.clone(),
            file_system: name,
        });
        limit.into_iter().chain(polled).collect()
    }

    fn watch_folders_of_inputs(&mut self, builds: &Builds) -> Result<(), Error> {
        for folder in self.inputs.folders() {
            self.watcher.want(&folder, Depth::Folder)?;
        }
        self.watch_scripts(builds)
    }

    /// Watches the folders that build scripts name, or whose files they read without naming any.
    pub(in crate::session) fn watch_scripts(&mut self, builds: &Builds) -> Result<(), Error> {
        for reads in builds.script_reads() {
            for folder in reads.folders() {
                self.watcher.want(folder, Depth::All)?;
            }
            if let Some(package) = reads.package() {
                self.watcher.want(package, Depth::Sources)?;
            }
        }
        Ok(())
    }

    /// Watches for the file that a failed build may lack, anywhere in the workspace and in the folders
    /// that the build names. Returns the files that were written after the build began, but before their
    /// folder was watched: these have no event.
    pub(in crate::session) fn watch_for_fix(
        &mut self,
        builds: &Builds,
        reporter: &mut Reporter,
    ) -> Vec<PathBuf> {
        let mut written = Vec::new();
        let named = builds.folders_in_error().into_iter();
        let named = named.map(|folder| (folder, Depth::Folder));
        let root = builds.plan().workspace_root.clone();
        for (folder, depth) in named.chain([(root, Depth::Sources)]) {
            match self.watcher.want_and_list(&folder, depth) {
                Ok(files) => written.extend(files),
                Err(error) => reporter.error(&format!("could not watch files: {error}")),
            }
        }
        written.retain(|path| {
            FileStamp::of(path).is_some_and(|stamp| stamp.changed() >= builds.begun())
        });
        written
    }
}

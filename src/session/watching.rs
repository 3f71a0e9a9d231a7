//! The inputs from which the program was built, and the folders to watch for them.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::base::contents::Contents;
use crate::compat::Outside;
use crate::compat::items::Crates;
use crate::compile::HostBuild;
use crate::error::Error;
use crate::report::Note;
use crate::stale::{Depth, FinishedBuild, Inputs, Kind, folders_of_plan, is_of_version_control};

use super::Session;
use super::job::Job;

impl Session {
    pub(super) fn inputs_of(
        &self,
        build: &HostBuild,
        job: &Job,
        wrote: &Contents,
    ) -> io::Result<Inputs> {
        let plan = &self.builder.plan;
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

    pub(super) fn watch_again(&mut self) {
        if let Err(error) = self.watch_plan() {
            self.reporter.error(&error.to_string());
        }
    }

    pub(super) fn watch_plan(&mut self) -> Result<(), Error> {
        self.watcher.want_nothing();
        self.watcher.want(self.rendezvous.path(), Depth::Folder)?;
        for (folder, depth) in folders_of_plan(&self.builder.plan) {
            self.watcher.want(&folder, depth)?;
        }
        if self.checks.checker.is_some() {
            let root = self.builder.plan.workspace_root.clone();
            self.watcher.want(&root, Depth::Sources)?;
        }
        self.watch_inputs()
    }

    /// Watches the folders of the inputs, then looks at all inputs. The look finds changes from
    /// before the watch, even if the watch fails.
    pub(super) fn watch_inputs(&mut self) -> Result<(), Error> {
        let watched = self.watch_folders_of_inputs();
        self.inputs.look_at_all();
        self.tell_limit();
        watched
    }

    fn watch_folders_of_inputs(&mut self) -> Result<(), Error> {
        for folder in self.inputs.folders() {
            self.watcher.want(&folder, Depth::Folder)?;
        }
        self.watch_scripts()
    }

    /// Watches the folders that build scripts name, or whose files they read without naming any.
    pub(super) fn watch_scripts(&mut self) -> Result<(), Error> {
        let build = self.build.as_ref();
        let scripts = build.map(|build| {
            let own = build.inputs.scripts_to_run.iter().map(|it| &it.reads);
            own.chain(build.inputs.other_scripts.iter().map(|it| &it.reads))
        });
        let wanted = scripts.into_iter().flatten().flat_map(|reads| {
            let named = reads
                .folders()
                .map(|folder| (folder.to_owned(), Depth::All));
            let package = reads.package().map(|it| (it.to_owned(), Depth::Sources));
            named.chain(package)
        });
        let wanted: Vec<(PathBuf, Depth)> = wanted.collect();
        for (folder, depth) in wanted {
            self.watcher.want(&folder, depth)?;
        }
        Ok(())
    }

    /// Says once that the system does not report everything.
    fn tell_limit(&mut self) {
        let limit = self.watcher.is_limited().then_some(Note::NoWatchesLeft);
        let silent = self.watcher.silent().iter();
        let polled = silent.map(|(name, folder)| Note::Polled {
            path: folder.clone(),
            file_system: name,
        });
        let notes: Vec<Note> = limit.into_iter().chain(polled).collect();
        self.reporter.note_once(notes);
    }
}

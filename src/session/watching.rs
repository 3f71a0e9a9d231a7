//! Events of files, and the folders to watch for them.

use std::path::PathBuf;

use crate::error::Error;
use crate::stale::{Depth, Noticed};

use super::Session;
use super::core::Input;

impl Session {
    /// The watcher reported something.
    pub(super) fn noticed(&mut self, noticed: Noticed) {
        match noticed {
            Noticed::Paths(mut paths) => {
                let cookies = self.rendezvous.take_cookies(&mut paths);
                paths.extend(self.files.watcher.follow(&paths));
                let root = &self.builds.plan().workspace_root;
                if self.checks.concern(&paths, root, &self.files.inputs) {
                    self.step(Input::CheckedTouched);
                }
                let (core, builds) = (&self.core, &self.builds);
                if let Some(input) = self.files.noticed(paths, core, builds, &self.reporter) {
                    self.step(input);
                }
                for number in cookies {
                    self.step(Input::CookieSeen { number });
                }
            }
            Noticed::Lost => {
                if let Err(error) = self.files.lost_events() {
                    self.reporter.error(&error.to_string());
                }
                self.step(Input::Overflowed);
            }
            Noticed::Failed(error) => self
                .reporter
                .error(&format!("could not watch files: {error}")),
        }
    }

    pub(super) fn watch_plan(&mut self) -> Result<(), Error> {
        let mut besides: Vec<(PathBuf, Depth)> =
            vec![(self.rendezvous.path().to_owned(), Depth::Folder)];
        if self.checks.checker.is_some() {
            let root = self.builds.plan().workspace_root.clone();
            besides.push((root, Depth::Sources));
        }
        self.files
            .watch_plan(&besides, &self.builds, &mut self.reporter)
    }

    /// The plan may have changed.
    pub(super) fn watch_again(&mut self) {
        if let Err(error) = self.watch_plan() {
            self.reporter.error(&error.to_string());
        }
    }

    /// The inputs may have changed.
    pub(super) fn watch_inputs(&mut self) {
        let watched = self.files.watch_inputs(&self.builds, &mut self.reporter);
        if let Err(error) = watched {
            self.reporter.error(&error.to_string());
        }
    }
}

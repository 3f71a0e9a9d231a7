//! A host begins: nothing that is known of the one before holds for it.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::compat::Loaded;
use crate::host::HostProcess;
use crate::report::Event;

use super::{FileStamp, Session};

impl Session {
    /// Starts the host, in place of the one that runs, or waits for somebody to start it.
    pub(super) fn start_host(&mut self, executable: &Path, reason: Option<String>) {
        let ran = self.host.is_some();
        self.begin_anew(executable);
        self.started = stamp(executable);
        if let Err(error) = self.tell_others(Some(executable.to_owned())) {
            self.error(&format!(
                "other commands can't see what the program is: {error}"
            ));
        }
        if self.waits_for_host {
            return self.await_start(reason.filter(|_| ran));
        }
        let signals = self.sender.clone();
        self.reporter.screen.host_begins();
        let run = self.build.as_ref().map(|build| build.run.clone());
        let run = run.unwrap_or_default();
        match HostProcess::start(executable, &run, &self.host_settings, signals) {
            Ok(host) => {
                let is_known = host.is_known();
                self.host = Some(host);
                self.unannounced = Some(reason);
                if is_known {
                    self.announce();
                }
            }
            Err(error) => {
                self.reporter.screen.host_ended();
                self.error(&format!("`{}`: {error}", executable.display()));
            }
        }
    }

    /// Says that the host was started, once its process is known.
    pub(super) fn announce(&mut self) {
        let (Some(host), Some(reason)) = (&self.host, self.unannounced.take()) else {
            return;
        };
        let pid = host.pid;
        self.reporter.report(&match reason {
            Some(reason) => Event::Restarted { reason, pid },
            None => Event::HostStarted { pid },
        });
    }

    /// Stops the host that runs, and forgets it.
    pub(super) fn begin_anew(&mut self, executable: &Path) {
        self.stop_host();
        self.generations.host_ended();
        self.forget_host(executable);
    }

    /// Forgets what is known of the host's memory.
    pub(super) fn forget_host(&mut self, executable: &Path) {
        self.connection = None;
        self.has_left = false;
        self.left_at = None;
        self.offer = None;
        (self.live, self.offered) = (0, 0);
        self.loaded = Some(Arc::new(self.nothing_loaded(executable)));
        self.are_layouts_readable = true;
    }

    /// What a host has in memory that was just started.
    fn nothing_loaded(&self, executable: &Path) -> Loaded {
        let build = self.build.as_ref();
        let crates = build.map(|build| build.group.crates());
        let keepers = build.map(|build| build.keepers.clone());
        let others = self.builder.plan.host_side.iter();
        let others = others.map(|it| it.dir.clone()).collect();
        Loaded::new(
            executable.to_owned(),
            crates.unwrap_or_default(),
            others,
            keepers.unwrap_or_default(),
        )
    }
}

pub(super) fn stamp(file: &Path) -> Option<FileStamp> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.ino(), metadata.modified().ok()?, metadata.len()))
}

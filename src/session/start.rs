//! Starts a host, and resets everything that is known about the previous one.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::compat::Loaded;
use crate::host::HostProcess;

use super::Session;
use super::core::HostInput;

impl Session {
    /// No host is running, so the program that was built last can be started.
    pub(super) fn make_way(&mut self) {
        let Some(build) = &self.build else { return };
        let executable = build.executable.clone();
        self.generations.host_ended();
        self.forget_host(&executable);
        self.started = ExecutableId::of(&executable);
        if let Err(error) = self.tell_others(Some(executable)) {
            self.reporter.error(&format!(
                "other commands can't see what the program is: {error}"
            ));
        }
    }

    /// Starts the program that was built last.
    pub(super) fn start_host(&mut self) -> HostInput {
        self.let_read();
        // Relaxed: the flag guards no other data.
        if self.ending.load(Ordering::Relaxed) {
            return HostInput::NotStarted;
        }
        self.reporter.screen.host_begins();
        match self.spawn_host(false) {
            Some(host) => {
                let (pid, is_known) = (host.pid, host.is_known());
                self.host = Some(host);
                HostInput::Started { pid, is_known }
            }
            None => {
                self.reporter.screen.host_ended();
                HostInput::NotStarted
            }
        }
    }

    /// Gives the user time to read the notes before the program takes the screen.
    pub(super) fn let_read(&mut self) {
        if let Some(terminal) = self.terminal.as_ref().filter(|_| !self.takes_keys) {
            self.reporter.screen.let_read(terminal);
        }
    }

    /// Starts a process of the program that was built last, perhaps while another one is the host. If that
    /// fails, reports why.
    pub(super) fn spawn_host(&mut self, follows: bool) -> Option<HostProcess> {
        let build = self.build.as_ref()?;
        let (executable, run) = (build.executable.clone(), build.run.clone());
        let signals = self.sender.clone();
        let started = HostProcess::start(&executable, &run, &self.host_settings, follows, signals);
        started
            .inspect_err(|error| {
                self.reporter
                    .error(&format!("`{}`: {error}", executable.display()))
            })
            .ok()
    }

    /// Resets what is known about the host's memory.
    pub(super) fn forget_host(&mut self, executable: &Path) {
        self.connection = None;
        self.offer = None;
        self.loaded = Some(Arc::new(self.nothing_loaded(executable)));
        self.are_layouts_readable = true;
    }

    /// The types in the memory of a host that was just started.
    fn nothing_loaded(&self, executable: &Path) -> Loaded {
        let build = self.build.as_ref();
        let crates = build.map(|build| build.group.crates());
        let keepers = build.map(|build| build.keepers.clone());
        let redirects = build.map(|build| build.symbols.redirects.clone());
        let others = self.builder.plan.host_side.iter();
        let others = others.map(|it| it.dir.clone()).collect();
        Loaded::new(
            executable.to_owned(),
            crates.unwrap_or_default(),
            others,
            keepers.unwrap_or_default(),
            redirects.unwrap_or_default(),
        )
    }
}

/// Tells one build of the program from the next, also while it runs. It lacks the time of the inode's last
/// change, which a [`FileStamp`](crate::base::file_stamp::FileStamp) has: that changes if cargo removes
/// the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExecutableId {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
}

impl ExecutableId {
    /// Of the file that a path leads to; `None` if there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(ExecutableId {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_without_a_name_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let [name, other] = ["app", "other"].map(|it| folder.path().join(it));
        std::fs::write(&name, "1").unwrap();
        let before = ExecutableId::of(&name);
        std::fs::hard_link(&name, &other).unwrap();
        std::fs::remove_file(&name).unwrap();
        assert_eq!(ExecutableId::of(&name), None);
        assert_eq!(ExecutableId::of(&other), before);
        std::fs::write(&name, "1").unwrap();
        assert_ne!(ExecutableId::of(&name), before);
    }
}

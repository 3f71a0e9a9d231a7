//! The directory by which other processes find the session.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use crate::base::locked_dir::Scratch;
use crate::control::{self, Record};
use crate::discover::{HostKind, Plan};
use crate::error::Error;
use crate::host::open_channel;

use super::incoming::Incoming;

/// The prefix of the name of a cookie.
const COOKIE: &str = "cookie-";

/// The session's directory for other processes: its sockets, and the record of what it runs. It is removed
/// at the end.
#[derive(Debug)]
pub(super) struct Rendezvous(Scratch);

impl Rendezvous {
    /// Creates the directory, and listens on its sockets.
    pub(super) fn new(sender: &Sender<Incoming>) -> Result<Self, Error> {
        let no_socket = |error| Error::NoSocket {
            place: control::place(),
            error,
        };
        let directory = control::rendezvous().map_err(no_socket)?;
        open_channel(directory.path(), sender.clone()).map_err(no_socket)?;
        control::serve(directory.path(), sender.clone()).map_err(no_socket)?;
        Ok(Rendezvous(directory))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Lets other processes find the session. The program to start is known once it was built.
    pub(super) fn tell_others(
        &self,
        plan: &Plan,
        generations: &Path,
        program: Option<PathBuf>,
    ) -> io::Result<()> {
        let record = Record {
            pid: std::process::id(),
            workspace_root: plan.workspace_root.clone(),
            folders: plan.package_dirs().cloned().collect(),
            package: plan.host.package.clone(),
            target: plan.host.target.clone(),
            is_example: plan.host.kind == HostKind::Example,
            output: plan.directories().output(),
            generations: generations.to_owned(),
            program,
        };
        record.store(self.path())
    }

    /// Creates a file whose event arrives after those of all earlier saves.
    pub(super) fn make_cookie(&self, number: u64) -> io::Result<()> {
        std::fs::write(self.path().join(format!("{COOKIE}{number}")), "")
    }

    /// Takes the cookies out of the noticed paths, and returns their numbers.
    pub(super) fn take_cookies(&self, paths: &mut Vec<PathBuf>) -> Vec<u64> {
        let noticed = paths.extract_if(.., |path| path.starts_with(self.path()));
        let mut numbers: Vec<u64> = noticed
            .filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                let number = name.strip_prefix(COOKIE)?.parse().ok()?;
                // If this fails, it is removed with its folder.
                let _ = std::fs::remove_file(&path);
                Some(number)
            })
            .collect();
        numbers.dedup();
        numbers
    }
}

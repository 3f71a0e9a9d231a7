//! Verifies a library's file before it is loaded: it must be the session's own, and complete.
//!
//! The loader maps a file without checking it. A truncated file would end the process by SIGBUS when the
//! missing part is read, and a damaged one could do anything. So the parts that the loader will map are
//! read and compared first.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::fd::IntoRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use hotmod_protocol::{DIRECTORY_VARIABLE, Offer, digest};

use super::refusal::Refusal;

/// The session's directory of generations.
///
/// It is opened when the process joins, so that a program that changes its user or its root directory
/// later can still reach it. The directory's own path is preferred, because a debugger reads the library
/// from the path that it was loaded from.
#[derive(Debug)]
pub(super) struct Directory {
    path: Option<PathBuf>,
    /// The path by which this process reaches the open directory.
    opened: Option<PathBuf>,
}

impl Directory {
    /// Opens it for the thread that calls this, whose descriptor table keeps it.
    pub(super) fn open() -> Self {
        let path = std::env::var_os(DIRECTORY_VARIABLE).map(PathBuf::from);
        let opened = path.as_deref().and_then(|path| {
            let mut options = OpenOptions::new();
            let options = options
                .read(true)
                .custom_flags(libc::O_PATH | libc::O_DIRECTORY);
            // Never closed, because the program may close it and get the same number for another file.
            let descriptor = options.open(path).ok()?.into_raw_fd();
            // `PID/task/TID`, because the thread may have its own descriptor table.
            let thread = fs::read_link("/proc/thread-self").ok()?;
            let descriptors = Path::new("/proc").join(thread).join("fd");
            Some(descriptors.join(descriptor.to_string()))
        });
        Directory { path, opened }
    }

    /// The path from which the offered file can be loaded, if its loaded part is the one that was offered.
    pub(super) fn verify(&self, offer: &Offer) -> Result<PathBuf, Refusal> {
        let offered = Path::new(&offer.path);
        let path = match self.inside(offered) {
            Err(Unreachable::Denied(error)) => match self.by_descriptor(offered) {
                Some(path) => path,
                None => {
                    return Err(Refusal::contract(format!(
                        "the program can no longer read `{}`: {error}",
                        offered.display()
                    )));
                }
            },
            Err(Unreachable::Wrong(reason)) => return Err(Refusal::library(reason)),
            Ok(path) => path,
        };
        verify(&path, offer)
            .map(|()| path)
            .map_err(Refusal::library)
    }

    /// The real path of a file, if it is in the session's own directory and can be opened.
    fn inside(&self, path: &Path) -> Result<PathBuf, Unreachable> {
        let Some(directory) = &self.path else {
            let reason = format!("`{DIRECTORY_VARIABLE}` is not set");
            return Err(Unreachable::Wrong(reason));
        };
        // The directory existed at the start, so the process must have lost access to it.
        let directory = directory.canonicalize().map_err(Unreachable::Denied)?;
        let of_file = |error: io::Error| match error.kind() {
            ErrorKind::PermissionDenied => Unreachable::Denied(error),
            _ => Unreachable::Wrong(format!("`{}`: {error}", path.display())),
        };
        let real = path.canonicalize().map_err(of_file)?;
        if !real.starts_with(&directory) {
            return Err(Unreachable::Wrong(format!(
                "`{}` is outside the session's directory `{}`",
                path.display(),
                directory.display()
            )));
        }
        File::open(&real).map_err(of_file)?;
        Ok(real)
    }

    /// The path of the file with this name in the directory that was opened at the start.
    fn by_descriptor(&self, path: &Path) -> Option<PathBuf> {
        let path = self.opened.as_ref()?.join(path.file_name()?);
        File::open(&path).is_ok().then_some(path)
    }
}

/// Why a path can't be loaded.
enum Unreachable {
    /// This process has no access to it.
    Denied(io::Error),
    Wrong(String),
}

fn verify(path: &Path, offer: &Offer) -> Result<(), String> {
    let shown = path.display();
    let read = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len().min(offer.length);
        let mut loaded = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(offer.length).read_to_end(&mut loaded)?;
        Ok(loaded)
    };
    let loaded = read().map_err(|error: io::Error| format!("`{shown}`: {error}"))?;
    let (is, expected) = (loaded.len() as u64, offer.length);
    if is < expected {
        return Err(format!("`{shown}` is cut short: {is} of {expected} bytes"));
    }
    if digest(&loaded) != offer.digest {
        return Err(format!(
            "`{shown}` is damaged: its bytes are not those that were offered"
        ));
    }
    Ok(())
}

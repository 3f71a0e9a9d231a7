//! What ends a command before its time, as one enum with an exit code and words for each.

use std::io;
use std::path::PathBuf;

use crate::build::{ProfileError, ToolchainError};
use crate::discover::DiscoverError;
use crate::init::InitError;

/// An error that is shown to the user.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Init(#[from] InitError),
    #[error("`{path}` could not be {done}: {error}")]
    File {
        path: PathBuf,
        done: &'static str,
        error: io::Error,
    },
    #[error("files can't be watched: {0}")]
    Watch(#[from] notify::Error),
    #[error("`{0}` is there, and is no demo")]
    NoDemo(PathBuf),
    #[error("another session of `{0}` runs in this workspace")]
    Busy(String),
    #[error("the session could not be set up: {0}")]
    Setup(#[from] io::Error),
}

impl Error {
    /// Something of the session itself failed.
    pub(crate) const FAILED: u8 = 1;
    /// The command line, a manifest or the toolchain asks for something that can't be.
    pub(crate) const USAGE: u8 = 2;

    /// The exit code; part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Error::Discover(_) | Error::Toolchain(_) | Error::Profile(_) | Error::NoDemo(_) => {
                Self::USAGE
            }
            Error::Init(error) if !error.is_failure() => Self::USAGE,
            Error::Init(_) => Self::FAILED,
            Error::File { .. } | Error::Watch(_) | Error::Busy(_) | Error::Setup(_) => Self::FAILED,
        }
    }

    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Error::Discover(error) => error.help(),
            Error::Toolchain(error) => error.help(),
            Error::Profile(_) => None,
            Error::Init(error) => error.help(),
            Error::File { .. } => None,
            Error::Watch(_) => Some(
                "on Linux, raise the limit: `sudo sysctl fs.inotify.max_user_watches=524288`"
                    .to_owned(),
            ),
            Error::NoDemo(path) => Some(format!(
                "remove `{}`, or give another folder: `cargo hotmod demo FOLDER`",
                path.display()
            )),
            Error::Busy(_) => {
                Some("end that one, or give this one a `--target-dir` of its own".to_owned())
            }
            Error::Setup(_) => None,
        }
    }
}

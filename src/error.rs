//! What ends a command before its time, as one enum with an exit code and words for each.

use std::io;
use std::path::PathBuf;

use crate::build::{ProfileError, ToolchainError};
use crate::discover::DiscoverError;
use crate::init::InitError;
use crate::signal::ListenError;

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
    Listen(#[from] ListenError),
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
    #[error("`{0}` is no manifest")]
    NoManifest(PathBuf),
    #[error("`--keys` needs a terminal to read from: {0}")]
    NoKeyboard(io::Error),
    #[error("no session runs in this workspace")]
    NoSession {
        /// The workspaces of those that run.
        elsewhere: Vec<PathBuf>,
    },
    #[error("no session of that program runs in this workspace")]
    NoSuchSession(Vec<String>),
    #[error("several sessions run in this workspace")]
    SeveralSessions(Vec<String>),
    #[error("the session ended before it answered")]
    SessionEnded,
    #[error("the session is of another version of this tool")]
    OtherVersion,
    #[error("the session has not answered for {0} s")]
    TimedOut(f64),
    #[error("the session could not be set up: {0}")]
    Setup(#[from] io::Error),
}

impl Error {
    /// Something of the session itself failed.
    pub(crate) const FAILED: u8 = 1;
    /// The command line, a manifest or the toolchain asks for something that can't be.
    pub(crate) const USAGE: u8 = 2;
    /// There is no session to ask.
    pub(crate) const NO_SESSION: u8 = 3;
    /// The session has not answered in time.
    pub(crate) const TIMED_OUT: u8 = 8;

    /// The exit code; part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Error::Discover(_)
            | Error::Toolchain(_)
            | Error::Profile(_)
            | Error::NoDemo(_)
            | Error::NoManifest(_)
            | Error::Listen(ListenError::Address(_))
            | Error::NoKeyboard(_)
            | Error::SeveralSessions(_) => Self::USAGE,
            Error::NoSession { .. } | Error::NoSuchSession(_) | Error::SessionEnded => {
                Self::NO_SESSION
            }
            Error::TimedOut(_) => Self::TIMED_OUT,
            Error::Init(error) if !error.is_failure() => Self::USAGE,
            // The port may be free tomorrow.
            Error::Listen(ListenError::Bind { .. })
            | Error::Init(_)
            | Error::OtherVersion
            | Error::File { .. }
            | Error::Watch(_)
            | Error::Busy(_)
            | Error::Setup(_) => Self::FAILED,
        }
    }

    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Error::Discover(error) => error.help(),
            Error::Toolchain(error) => error.help(),
            Error::Profile(_) => None,
            Error::Listen(error) => error.help(),
            Error::Init(error) => error.help(),
            Error::File { .. } => None,
            Error::Watch(_) => Some(
                "`cargo hotmod doctor` says which limit is to be raised; or start the session with \
                 `--poll`"
                    .to_owned(),
            ),
            Error::NoDemo(path) => Some(format!(
                "remove `{}`, or give another folder: `cargo hotmod demo FOLDER`",
                path.display()
            )),
            Error::Busy(_) => {
                Some("end that one, or give this one a `--target-dir` of its own".to_owned())
            }
            Error::NoKeyboard(_) => Some(
                "leave it out, and ask from elsewhere: `cargo hotmod reload`, `restart`".to_owned(),
            ),
            Error::NoManifest(_) => Some("give the path of a `Cargo.toml`".to_owned()),
            Error::NoSession { elsewhere } if elsewhere.is_empty() => {
                Some("start one: `cargo hotmod run`".to_owned())
            }
            Error::NoSession { elsewhere } => {
                let all: Vec<_> = elsewhere
                    .iter()
                    .map(|it| format!("`{}`", it.display()))
                    .collect();
                Some(format!(
                    "start one: `cargo hotmod run`; or go to where one runs: {}",
                    all.join(", ")
                ))
            }
            Error::NoSuchSession(all) | Error::SeveralSessions(all) => {
                Some(format!("choose one: `{}`", all.join("`, `")))
            }
            Error::SessionEnded => Some("start it again: `cargo hotmod run`".to_owned()),
            Error::OtherVersion => Some("end it, and start it again".to_owned()),
            Error::TimedOut(_) => Some("look at its screen: a build may take long".to_owned()),
            Error::Setup(_) => None,
        }
    }
}

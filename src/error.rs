//! What ends a command before its time, as one enum with an exit code and words for each.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::cargo::profile::ProfileError;
use crate::cargo::toolchain::ToolchainError;
use crate::discover::DiscoverError;
use crate::host::ListenError;

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
    #[error("a session of the workspace `{0}` builds in this target directory")]
    BusyElsewhere(PathBuf),
    #[error("`--keys` needs a terminal to read from: {0}")]
    NoKeyboard(io::Error),
    #[error("no session runs in {}", if *is_in_workspace { "this workspace" } else { "this folder, which is in no workspace" })]
    NoSession {
        is_in_workspace: bool,
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
    #[error("no socket can be made in `{place}`: {error}")]
    NoSocket { place: PathBuf, error: io::Error },
    #[error("the session could not be set up: {0}")]
    Setup(#[from] io::Error),
}

impl Error {
    /// Says which file it is that the system refused.
    pub(crate) fn file(path: &Path, done: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Error::File { path, done, error }
    }

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
            | Error::Listen(ListenError::Address(_))
            | Error::NoKeyboard(_)
            | Error::SeveralSessions(_) => Self::USAGE,
            Error::NoSession { .. } | Error::NoSuchSession(_) | Error::SessionEnded => {
                Self::NO_SESSION
            }
            Error::TimedOut(_) => Self::TIMED_OUT,
            // The port may be free tomorrow.
            Error::Listen(ListenError::Bind { .. })
            | Error::OtherVersion
            | Error::File { .. }
            | Error::Watch(_)
            | Error::Busy(_)
            | Error::BusyElsewhere(_)
            | Error::NoSocket { .. }
            | Error::Setup(_) => Self::FAILED,
        }
    }

    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Error::Discover(error) => Some(error.help()),
            Error::Toolchain(error) => Some(error.help()),
            Error::Profile(error) => Some(error.help()),
            Error::Listen(error) => error.help(),
            // The folder in which sessions build is the one thing that is made.
            Error::File { done: "made", .. } => {
                Some("build elsewhere: `--target-dir`".to_owned())
            }
            Error::File { path, error, .. } => of_file(path, error),
            Error::Watch(_) => Some(
                "`cargo hotmod doctor` says which limit is to be raised; or start the session with \
                 `--poll`"
                    .to_owned(),
            ),
            Error::NoDemo(path) => Some(format!(
                "remove `{}`, or give another folder: `cargo hotmod demo FOLDER`",
                path.display()
            )),
            Error::Busy(_) | Error::BusyElsewhere(_) => {
                Some("end that one, or give this one a `--target-dir` of its own".to_owned())
            }
            Error::NoKeyboard(_) => Some(
                "leave it out, and ask from elsewhere: `cargo hotmod reload`, `restart`".to_owned(),
            ),
            Error::NoSession {
                is_in_workspace,
                elsewhere,
            } => {
                let start = match is_in_workspace {
                    true => "start one: `cargo hotmod run`",
                    false => "go to the folder of a workspace, and start one: `cargo hotmod run`",
                };
                let all = elsewhere.iter().map(|it| format!("`{}`", it.display()));
                let all: Vec<_> = all.collect();
                Some(match all.is_empty() {
                    true => start.to_owned(),
                    false => format!("{start}; or go to where one runs: {}", all.join(", ")),
                })
            }
            Error::NoSuchSession(all) | Error::SeveralSessions(all) => {
                Some(format!("choose one: `{}`", all.join("`, `")))
            }
            Error::SessionEnded => Some("start it again: `cargo hotmod run`".to_owned()),
            Error::OtherVersion => Some("end it, and start it again".to_owned()),
            Error::TimedOut(_) => Some("look at its screen: a build may take long".to_owned()),
            Error::NoSocket { .. } => Some(NO_SOCKET.to_owned()),
            Error::Setup(_) => None,
        }
    }
}

/// What to do where sessions can't be found by others.
pub(crate) const NO_SOCKET: &str = "set `XDG_RUNTIME_DIR` to a folder of yours whose path is short";

/// What to do about a file that the system does not let be read or written.
pub(crate) fn of_file(path: &Path, error: &io::Error) -> Option<String> {
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    Some(match (error.kind(), parent) {
        (ErrorKind::NotFound, Some(parent)) if !parent.exists() => format!(
            "make the folder `{}` first, or give another path",
            parent.display()
        ),
        (ErrorKind::NotADirectory, _) => {
            "what is a file there would have to be a folder: give another path".to_owned()
        }
        (ErrorKind::IsADirectory, _) => "it is a folder: give the path of a file".to_owned(),
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => "make room".to_owned(),
        (ErrorKind::InvalidData, _) => "it has to be UTF-8 text".to_owned(),
        (ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem, _) => {
            format!(
                "`ls -ld {}` says who may do that: change it, or give another path",
                parent.unwrap_or(Path::new(".")).display()
            )
        }
        _ => return None,
    })
}

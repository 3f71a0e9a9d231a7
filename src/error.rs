//! Errors that end a command, as one enum with a message, an exit code and a help for each.

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
    /// The session could not create its folder or its lock.
    #[error("`{path}` could not be created: {error}")]
    SessionFolder { path: PathBuf, error: io::Error },
    #[error("`{path}` could not be {done}: {error}")]
    File {
        path: PathBuf,
        done: &'static str,
        error: io::Error,
    },
    #[error("could not watch files: {0}")]
    Watch(#[from] notify::Error),
    #[error("`{0}` already exists and is not a demo project")]
    NoDemo(PathBuf),
    #[error("another session of `{0}` is running in this workspace")]
    Busy(String),
    #[error("a session of the workspace `{0}` is using this target directory")]
    BusyElsewhere(PathBuf),
    #[error("`--keys` needs a terminal on stdin: {0}")]
    NoKeyboard(io::Error),
    #[error("no session is running in {}", place(*is_in_workspace))]
    NoSession {
        is_in_workspace: bool,
        /// The workspaces of the sessions that are running.
        elsewhere: Vec<PathBuf>,
    },
    #[error("no session of that program is running in this workspace")]
    NoSuchSession(Vec<String>),
    #[error("several sessions are running in this workspace")]
    SeveralSessions(Vec<String>),
    #[error("the session ended before it answered")]
    SessionEnded,
    #[error("no detached session of this program has run")]
    NoOutput,
    #[error("the session was started by another version of cargo-hotmod")]
    OtherVersion,
    #[error("the session does not check the workspace")]
    NoChecks,
    #[error("the session did not answer within {0} s")]
    TimedOut(f64),
    #[error("could not create a socket in `{place}`: {error}")]
    NoSocket { place: PathBuf, error: io::Error },
    #[error("the session could not be set up: {0}")]
    Setup(#[from] io::Error),
}

impl Error {
    /// Adds the file that the system refused.
    pub(crate) fn file(path: &Path, done: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Error::File { path, done, error }
    }

    /// Adds the session's folder or lock, which could not be created.
    pub(crate) fn session_folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Error::SessionFolder { path, error }
    }

    /// The session itself failed.
    pub(crate) const FAILED: u8 = 1;
    /// Invalid arguments, manifest or toolchain.
    pub(crate) const USAGE: u8 = 2;
    /// No session is running.
    pub(crate) const NO_SESSION: u8 = 3;
    /// The session did not answer in time.
    pub(crate) const TIMED_OUT: u8 = 8;

    /// The exit code, which is part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Error::Discover(_)
            | Error::Toolchain(_)
            | Error::Profile(_)
            | Error::NoDemo(_)
            | Error::Listen(ListenError::Address(_))
            | Error::NoKeyboard(_)
            | Error::NoChecks
            | Error::SeveralSessions(_) => Self::USAGE,
            Error::NoSession { .. }
            | Error::NoSuchSession(_)
            | Error::SessionEnded
            | Error::NoOutput => Self::NO_SESSION,
            Error::TimedOut(_) => Self::TIMED_OUT,
            // The arguments are valid: the port may be free later.
            Error::Listen(ListenError::Bind { .. })
            | Error::OtherVersion
            | Error::SessionFolder { .. }
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
            Error::SessionFolder { .. } => {
                Some("use another target directory: `--target-dir`".to_owned())
            }
            Error::File { path, error, .. } => of_file(path, error),
            Error::Watch(_) => Some(
                "`cargo hotmod doctor` says which limit to raise; or start the session with \
                 `--poll`"
                    .to_owned(),
            ),
            Error::NoDemo(path) => Some(format!(
                "remove `{}`, or choose another folder: `cargo hotmod demo FOLDER`",
                path.display()
            )),
            Error::Busy(_) => Some(
                "use that session: `cargo hotmod list` shows it, and `cargo hotmod stop` ends it; or use \
                 another target directory: `--target-dir`"
                    .to_owned(),
            ),
            Error::BusyElsewhere(_) => Some(
                "stop that session, or use another target directory: `--target-dir`".to_owned(),
            ),
            Error::NoKeyboard(_) => Some(
                "leave it out, and use `cargo hotmod reload` or `restart` from another \
                 terminal"
                    .to_owned(),
            ),
            Error::NoSession {
                is_in_workspace,
                elsewhere,
            } => {
                let start = match is_in_workspace {
                    true => "start one: `cargo hotmod run`",
                    false => {
                        "change to the folder of a workspace, and start one: `cargo hotmod \
                              run`"
                    }
                };
                let all = elsewhere.iter().map(|it| format!("`{}`", it.display()));
                let all: Vec<_> = all.collect();
                Some(match all.is_empty() {
                    true => start.to_owned(),
                    false => format!(
                        "{start}; or change to a workspace with a session: {}",
                        all.join(", ")
                    ),
                })
            }
            Error::NoSuchSession(all) | Error::SeveralSessions(all) => {
                Some(format!("choose one: `{}`", all.join("`, `")))
            }
            Error::SessionEnded => Some("start it again: `cargo hotmod run`".to_owned()),
            Error::NoOutput => Some(
                "start one: `cargo hotmod run --detach`; any other session prints to its own terminal".to_owned(),
            ),
            Error::NoChecks => Some("start it with `cargo hotmod run --check`".to_owned()),
            Error::OtherVersion => Some("stop it, and start it again".to_owned()),
            Error::TimedOut(_) => Some(
                "look at the session's screen: a build may be \
                                        running"
                    .to_owned(),
            ),
            Error::NoSocket { .. } => Some(NO_SOCKET.to_owned()),
            Error::Setup(_) => None,
        }
    }
}

fn place(is_in_workspace: bool) -> &'static str {
    if is_in_workspace {
        "this workspace"
    } else {
        "this folder, which is not in a workspace"
    }
}

/// What to do if there is no place for the session's socket.
pub(crate) const NO_SOCKET: &str = "set `XDG_RUNTIME_DIR` to a folder that you own, with a short \
                                    path";

/// What to do about a file that can't be read or written.
pub(crate) fn of_file(path: &Path, error: &io::Error) -> Option<String> {
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    Some(match (error.kind(), parent) {
        (ErrorKind::NotFound, Some(parent)) if !parent.exists() => format!(
            "create the folder `{}` first, or use another path",
            parent.display()
        ),
        (ErrorKind::NotADirectory, _) => {
            "a component of the path is a file, not a folder: use another path".to_owned()
        }
        (ErrorKind::IsADirectory, _) => "the path is a folder: use the path of a file".to_owned(),
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => "free some disk space".to_owned(),
        (ErrorKind::InvalidData, _) => "the file must be UTF-8 text".to_owned(),
        (ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem, _) => {
            format!(
                "check the permissions with `ls -ld {}`, or use another path",
                parent.unwrap_or(Path::new(".")).display()
            )
        }
        _ => return None,
    })
}

//! Why the host could not be built, and what to do next.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::base::child_process::RunError;
use crate::cargo::profile::ProfileError;
use crate::cargo::run::RunnerError;

/// Why the host could not be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    #[error("cancelled")]
    Cancelled,
    /// The diagnostics of rustc and cargo.
    #[error("the host could not be built")]
    Failed {
        rendered: String,
        /// The diagnostics as cargo's JSON messages.
        messages: Vec<serde_json::Value>,
    },
    /// It was killed, for example because memory ran out.
    #[error("cargo failed without reporting an error: {0}")]
    Cargo(ExitStatus),
    #[error("cargo built no executable for `{0}`")]
    NoExecutable(String),
    #[error("cargo's command for `{0}` was not recorded")]
    NoRecord(String),
    #[error("`{0}` has no `#[hotmod::main]`, so it can't join the session")]
    NoMain(String),
    #[error("could not read `{0}`: {1}")]
    Unreadable(PathBuf, object::read::Error),
    #[error(transparent)]
    Runner(#[from] RunnerError),
    #[error("cargo did not report how it would start `{0}`")]
    NotStarted(String),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error("{0}")]
    Run(RunError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<RunError> for HostError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Cancelled => HostError::Cancelled,
            error => HostError::Run(error),
        }
    }
}

impl HostError {
    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            HostError::NoMain(_) => {
                Some("put `#[hotmod::main]` on its `main`, above other attributes".to_owned())
            }
            HostError::NoRecord(_) => Some(
                "remove the folder `hotmod` in the target directory, and start the session again"
                    .to_owned(),
            ),
            HostError::Cancelled
            | HostError::Failed { .. }
            | HostError::Cargo(_)
            | HostError::NoExecutable(_)
            | HostError::Unreadable(..)
            | HostError::Runner(_)
            | HostError::NotStarted(_)
            | HostError::Profile(_)
            | HostError::Run(_)
            | HostError::Io(_) => None,
        }
    }
}

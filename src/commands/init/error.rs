//! What can be wrong with what `init` is asked for, in words, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::discover::DiscoverError;
use crate::error::{Error, of_file};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    #[error("`{name}` can't be the name of a crate: {why}")]
    BadName {
        name: String,
        why: String,
        /// A name that is close to it, and can be one.
        instead: Option<String>,
    },
    #[error("`{name}` is taken: a package of the workspace is called `{other}`")]
    PackageExists { name: String, other: String },
    #[error("`{name}` is taken: {by}")]
    NameTaken { name: String, by: String },
    #[error("the workspace `{}` is here, and the new crate has no name", .0.display())]
    NoName(PathBuf),
    #[error("`{}` is there already", .0.display())]
    FolderExists(PathBuf),
    #[error("`--template` makes a new workspace, and `{}` is in the workspace `{}`", folder.display(), root.display())]
    InWorkspace { folder: PathBuf, root: PathBuf },
    #[error("there is no workspace here")]
    NoWorkspace,
    #[error("{} in the way", files(.0, "is", "are"))]
    InTheWay(Vec<PathBuf>),

    #[error("the workspace has no package `{name}`")]
    UnknownPackage {
        name: String,
        nearest: Option<String>,
    },
    #[error("`{0}` has no program")]
    HostWithoutBinary(String),
    #[error("the workspace has no program that could be the host")]
    NoHost,
    #[error("several programs could be the host")]
    SeveralHosts(Vec<String>),
    #[error("`{0}` is a procedural macro and can't be reloaded")]
    ProcMacro(String),
    #[error("`{0}` has no library that could be reloaded")]
    NoLibrary(String),
    #[error("`{host}` can't depend on `{name}`, which depends on it")]
    Cycle { host: String, name: String },
    #[error("`hotmod` is an optional dependency of `{0}`")]
    OptionalRuntime(String),
    #[error("`{0}` is reloadable already, and its host is set up")]
    NothingToDo(String),

    #[error("`{}` is not TOML: {error}", path.display())]
    NotToml { path: PathBuf, error: String },
    #[error("`{key}` in `{}` is not {expected}", path.display())]
    Unusual {
        path: PathBuf,
        key: String,
        expected: &'static str,
    },
    #[error("cargo does not take `{name}` for a member of the workspace")]
    NotAMember { name: String },
    #[error("`{}` could not be written: {error}{}", path.display(), unless_empty(left))]
    Write {
        path: PathBuf,
        error: io::Error,
        /// What was written and could not be taken back.
        left: Vec<PathBuf>,
    },

    #[error("`init` was interrupted")]
    Interrupted(usize),
    #[error("an `init` of this workspace is at work, or was ended at it")]
    Begun,
    #[error("there is nothing to take back")]
    NothingToUndo,
    #[error("{} not what `init` wrote", files(.0, "is", "are"))]
    Touched(Vec<PathBuf>),
    #[error(
        "{} outside of the workspace, which was in `{}` when `init` wrote",
        files(paths, "lies", "lie"), root.display()
    )]
    Shared { paths: Vec<PathBuf>, root: PathBuf },
    #[error("`{}` can't be read: {error}", path.display())]
    Record { path: PathBuf, error: String },
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<DiscoverError> for InitError {
    fn from(error: DiscoverError) -> Self {
        Error::from(error).into()
    }
}

impl InitError {
    /// The exit code; part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Other(error) => error.exit_code(),
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(Error::FAILED),
            // The system failed, and not what was asked for.
            Self::Write { .. } | Self::Record { .. } => Error::FAILED,
            _ => Error::USAGE,
        }
    }

    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::BadName { instead, .. } => {
                let instead = instead.as_deref().unwrap_or("screens");
                format!("take another, such as `{instead}`")
            }
            Self::PackageExists { other, .. } => format!(
                "take another, or mark the one that is there: `cargo hotmod init --existing {other}`"
            ),
            Self::NameTaken { .. } => "take another".to_owned(),
            Self::NoName(_) => "`cargo hotmod init NAME` adds a reloadable crate, `cargo hotmod \
                                init --existing NAME` marks one that is there; to make a new \
                                workspace, go to a folder outside of this one"
                .to_owned(),
            Self::FolderExists(_) => "take another name, or move it away; if it is a crate of the \
                                      workspace, mark it with `cargo hotmod init --existing NAME`"
                .to_owned(),
            Self::InWorkspace { .. } => "`cargo hotmod init NAME` adds a crate to a workspace; to \
                                         make a new one, go to a folder outside of it"
                .to_owned(),
            Self::NoWorkspace => "go to the folder of one, or make a new one: `cargo hotmod init \
                                  FOLDER`"
                .to_owned(),
            Self::InTheWay(_) => {
                "nothing is written over: take an empty folder, or move it away".to_owned()
            }
            Self::UnknownPackage {
                nearest: Some(name),
                ..
            } => format!("did you mean `{name}`?"),
            Self::UnknownPackage { .. } => {
                "`cargo metadata --no-deps` lists the members".to_owned()
            }
            Self::HostWithoutBinary(_) => "name a package that has a `src/main.rs`".to_owned(),
            Self::NoHost => "add a package that has a `src/main.rs`: `cargo new app`".to_owned(),
            Self::SeveralHosts(names) => {
                let flags: Vec<_> = names.iter().map(|it| format!("`--host {it}`")).collect();
                format!("choose one: {}", flags.join(", "))
            }
            Self::ProcMacro(_) => "mark the crates that use it".to_owned(),
            Self::NoLibrary(name) => {
                format!("move what is to be reloaded into a `src/lib.rs` of `{name}`")
            }
            Self::Cycle { .. } => "move what is to be reloaded into a crate of its own: `cargo \
                                   hotmod init NAME`"
                .to_owned(),
            Self::OptionalRuntime(_) => "make it a plain one, which costs a release build \
                                         nothing, or let the feature `default` have it"
                .to_owned(),
            Self::NothingToDo(_) => "`cargo hotmod run` runs it".to_owned(),
            Self::NotToml { path, .. } => format!("correct `{}`", path.display()),
            Self::Unusual { key, expected, .. } => format!("make `{key}` {expected}"),
            Self::NotAMember { .. } => {
                "look at `exclude` in `[workspace]`; all is as it was".to_owned()
            }
            Self::Write { left, .. } if !left.is_empty() => {
                "remove by hand what was left behind".to_owned()
            }
            // Folders are made: what is in the way lies above the first that could not be.
            Self::Write { path, error, .. } => match of_file(first_missing(path), error) {
                Some(help) => format!("all is as it was; {help}"),
                None => "all is as it was".to_owned(),
            },
            Self::Interrupted(_) => "all is as it was".to_owned(),
            Self::Begun => "`cargo hotmod init --undo` takes back what there is of it".to_owned(),
            Self::NothingToUndo => "only the last `init` of a workspace can be taken back, once, \
                                    and until `cargo clean`"
                .to_owned(),
            Self::Touched(_) => "nothing was changed; take back by hand what you do not want, or \
                                 by your version control"
                .to_owned(),
            Self::Shared { root, .. } => format!(
                "nothing was changed; take it back in `{}`, or by hand",
                root.display()
            ),
            Self::Record { path, .. } => format!("remove `{}`", path.display()),
            Self::Other(error) => return error.help(),
        })
    }
}

fn files(paths: &[PathBuf], one: &str, several: &str) -> String {
    let names: Vec<_> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    let verb = if names.len() == 1 { one } else { several };
    format!("{} {verb}", names.join(", "))
}

fn first_missing(path: &Path) -> &Path {
    let missing = path
        .ancestors()
        .take_while(|it| !it.as_os_str().is_empty() && !it.exists());
    missing.last().unwrap_or(path)
}

fn unless_empty(left: &[PathBuf]) -> String {
    match left {
        [] => String::new(),
        some => format!("; {} left behind", files(some, "is", "are")),
    }
}

//! Why `init` failed, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::compat::items::NoMark;
use crate::discover::DiscoverError;
use crate::error::{Error, of_file};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    #[error("`{name}` is not a valid crate name: {why}")]
    BadName {
        name: String,
        why: String,
        /// A similar name that is valid.
        instead: Option<String>,
    },
    #[error("`{name}` is taken by the package `{other}` of the workspace")]
    PackageExists { name: String, other: String },
    #[error("`{name}` is taken: {by}")]
    NameTaken { name: String, by: String },
    #[error("this is the workspace `{}`, and the new crate has no name", .0.display())]
    NoName(PathBuf),
    #[error("a new crate has one name, but `{}` are {}", .0.join("`, `"), .0.len())]
    SeveralNames(Vec<String>),
    #[error("`{}` already exists", .0.display())]
    FolderExists(PathBuf),
    #[error("`--template` creates a workspace, but `{}` is in the workspace \
             `{}`", folder.display(), root.display())]
    InWorkspace { folder: PathBuf, root: PathBuf },
    #[error("this folder is not in a workspace")]
    NoWorkspace,
    #[error("{}", files(.0, "already exists", "already exist"))]
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
    #[error("`{0}` has no library to reload")]
    NoLibrary(String),
    #[error("`{host}` can't depend on `{name}`, because `{name}` depends on `{host}`")]
    Cycle { host: String, name: String },
    #[error("`hotmod` is an optional dependency of `{0}`")]
    OptionalRuntime(String),
    #[error("`{}` {} already reloadable, and {} host is set up", .0.join("`, `"), if .0.len() == 1 { "is" } else { "are" }, if .0.len() == 1 { "its" } else { "their" })]
    NothingToDo(Vec<String>),
    #[error("no package that matches `{0}` can be reloaded in a program of the workspace")]
    GlobMatchesNothing(String),
    #[error("`{pattern}` is not a valid glob: {error}")]
    BadGlob { pattern: String, error: String },

    #[error("`{0}` is not a line of a source file")]
    NoPlace(String),
    #[error("`{}` does not exist", .0.display())]
    NoFile(PathBuf),
    #[error("`{}` is in no package of the workspace", .0.display())]
    OutsideWorkspace(PathBuf),
    #[error("`{0}` is not reloadable, so its functions can't be entry points")]
    NotReloadable(String),
    #[error("`{}` can't be parsed", .0.display())]
    NotRust(PathBuf),
    #[error("{}", no_mark(place, *why))]
    NoMark { place: String, why: NoMark },

    #[error("`{}` is not valid TOML: {error}", path.display())]
    NotToml { path: PathBuf, error: String },
    #[error("`{key}` in `{}` is not {expected}", path.display())]
    Unusual {
        path: PathBuf,
        key: String,
        expected: &'static str,
    },
    #[error("cargo does not treat `{name}` as a member of the workspace")]
    NotAMember { name: String },
    #[error("`{}` could not be written: {error}{}", path.display(), unless_empty(left))]
    Write {
        path: PathBuf,
        error: io::Error,
        /// Files that were written and could not be reverted.
        left: Vec<PathBuf>,
    },

    #[error("`init` was interrupted")]
    Interrupted(usize),
    #[error("another `init` of this workspace is running, or was interrupted")]
    Begun,
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("{} changed since `init` wrote to the workspace", files(.0, "has", "have"))]
    Touched(Vec<PathBuf>),
    #[error(
        "{} outside the workspace, which was in `{}` when `init` ran",
        files(paths, "is", "are"), root.display()
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
    /// The exit code, which is part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Other(error) => error.exit_code(),
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(Error::FAILED),
            // The system failed; the request was valid.
            Self::Write { .. } | Self::Record { .. } => Error::FAILED,
            _ => Error::USAGE,
        }
    }

    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::BadName { instead, .. } => {
                let instead = instead.as_deref().unwrap_or("screens");
                format!("choose another name, such as `{instead}`")
            }
            Self::PackageExists { other, .. } => format!(
                "choose another name, or mark the existing crate: `cargo hotmod init --existing \
                 {other}`"
            ),
            Self::NameTaken { .. } => "choose another name".to_owned(),
            Self::NoName(_) => "`cargo hotmod init NAME` adds a reloadable crate, `cargo hotmod \
                                init --existing NAME` marks an existing one; to create a \
                                workspace, change to a folder outside of this one"
                .to_owned(),
            Self::SeveralNames(_) => "mark several existing crates with `cargo hotmod init \
                                      --existing`, or create one at a time"
                .to_owned(),
            Self::FolderExists(_) => "choose another name, or move it away; if it is a crate of \
                                      the \
                                      workspace, mark it with `cargo hotmod init --existing NAME`"
                .to_owned(),
            Self::InWorkspace { .. } => "`cargo hotmod init NAME` adds a crate to a workspace; to \
                                         create a workspace, change to a folder outside of it"
                .to_owned(),
            Self::NoWorkspace => "change to the folder of one, or create one: `cargo hotmod init \
                                  FOLDER`"
                .to_owned(),
            Self::InTheWay(_) => {
                "`init` never overwrites a file: use an empty folder, or move the file \
                 away"
                    .to_owned()
            }
            Self::UnknownPackage {
                nearest: Some(name),
                ..
            } => format!("did you mean `{name}`?"),
            Self::UnknownPackage { .. } => {
                "`cargo metadata --no-deps` lists the members".to_owned()
            }
            Self::HostWithoutBinary(_) => "choose a package with a `src/main.rs`".to_owned(),
            Self::NoHost => "add a package with a `src/main.rs`: `cargo new app`".to_owned(),
            Self::SeveralHosts(names) => {
                let flags: Vec<_> = names.iter().map(|it| format!("`--host {it}`")).collect();
                format!("choose one: {}", flags.join(", "))
            }
            Self::ProcMacro(_) => "mark the crates that use it".to_owned(),
            Self::NoLibrary(name) => {
                format!("move the code that you want to reload into a `src/lib.rs` of `{name}`")
            }
            Self::Cycle { .. } => {
                "move the code that you want to reload into a separate crate: `cargo hotmod \
                                   init NAME`"
                    .to_owned()
            }
            Self::OptionalRuntime(_) => "make it non-optional, which adds nothing to a release \
                                         build, or enable it in the feature `default`"
                .to_owned(),
            Self::GlobMatchesNothing(_) | Self::BadGlob { .. } => {
                "`cargo metadata --no-deps` lists the members; a glob has `*`, `?`, `[…]` or `{…}`"
                    .to_owned()
            }
            Self::NothingToDo(_) => "`cargo hotmod run` runs it".to_owned(),
            Self::NoPlace(_) => "write the path of the file and the line of the function: `--mark \
                                 pages/src/lib.rs:12`"
                .to_owned(),
            Self::NoFile(_) | Self::OutsideWorkspace(_) => {
                "give the path from here, or from the workspace's folder".to_owned()
            }
            Self::NotReloadable(name) => {
                format!("make it reloadable first: `cargo hotmod init --existing {name}`")
            }
            Self::NotRust(_) => "`cargo check` shows why".to_owned(),
            Self::NoMark { why, .. } => match why {
                NoMark::NoFunction => {
                    "give a line of the function, or of its impl block".to_owned()
                }
                NoMark::Marked => "`cargo hotmod list` shows the entry points".to_owned(),
                NoMark::Impossible => {
                    "let it call a function that can: not generic, `const` or `extern`, without `impl Trait`, \
                     and not in an `impl Drop`"
                        .to_owned()
                }
            },
            Self::NotToml { path, .. } => format!("correct `{}`", path.display()),
            Self::Unusual { key, expected, .. } => format!("make `{key}` {expected}"),
            Self::NotAMember { .. } => {
                "check `exclude` in `[workspace]`; nothing was changed".to_owned()
            }
            Self::Write { left, .. } if !left.is_empty() => "remove these files by hand".to_owned(),
            // `init` creates missing folders, so the obstacle is above the first one that is
            // missing.
            Self::Write { path, error, .. } => match of_file(first_missing(path), error) {
                Some(help) => format!("nothing was changed; {help}"),
                None => "nothing was changed".to_owned(),
            },
            Self::Interrupted(_) => "nothing was changed".to_owned(),
            Self::Begun => "`cargo hotmod init --undo` reverts an interrupted one".to_owned(),
            Self::NothingToUndo => "only the last `init` of a workspace can be undone, once, and \
                                    until `cargo clean`"
                .to_owned(),
            Self::Touched(_) => {
                "nothing was changed; revert your changes first, or undo `init` by \
                                 hand or with your version control"
                    .to_owned()
            }
            Self::Shared { root, .. } => format!(
                "nothing was changed; undo it in `{}`, or by hand",
                root.display()
            ),
            Self::Record { path, .. } => format!("remove `{}`", path.display()),
            Self::Other(error) => return error.help(),
        })
    }
}

fn no_mark(place: &str, why: NoMark) -> String {
    match why {
        NoMark::NoFunction => format!("there is no function at `{place}`"),
        NoMark::Marked => format!("the function at `{place}` is already an entry point"),
        NoMark::Impossible => format!("the function at `{place}` can't be an entry point"),
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

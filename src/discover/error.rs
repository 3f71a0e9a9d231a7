//! Errors in a workspace or a selection.
//!
//! Each variant's text says what is wrong; [`DiscoverError::help`] says what to do. The caller adds
//! colours and prefixes (`error:`, `help:`).

use std::path::{Path, PathBuf};

use super::HostKind;

/// Why there is no plan. Texts are lower-case, with values in backticks.
#[derive(Debug, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "each text says what its variant is for, and names its fields"
)]
pub(crate) enum DiscoverError {
    /// The session has no use for the plan any more.
    #[error("cancelled")]
    Cancelled,
    #[error("no `Cargo.toml` in `{}` or a folder above it", .0.display())]
    NoWorkspace(PathBuf),
    #[error("`{}` {why}", path.display())]
    NoManifest {
        path: PathBuf,
        why: &'static str,
        /// The manifest in the folder, if the path is a folder with one.
        inside: Option<PathBuf>,
    },
    #[error("`cargo metadata` failed\n{stderr}")]
    CargoMetadata { stderr: String },
    #[error("the toolchain `{0}` is not installed")]
    NoToolchain(String),
    #[error("could not run cargo: {reason}")]
    CargoNotUsable { reason: String },

    #[error("unknown key `{key}` in `[{table}]` of `{}`", manifest.display())]
    UnknownKey {
        manifest: PathBuf,
        table: &'static str,
        key: String,
        nearest: Option<String>,
        known: &'static [&'static str],
    },
    #[error("`{key}` in `[{table}]` of `{}` is {found}, not {expected}", manifest.display())]
    WrongType {
        manifest: PathBuf,
        table: &'static str,
        key: String,
        expected: &'static str,
        found: &'static str,
    },
    #[error(
        "`{pattern}` in `{key}` of `[{table}]` of `{}` is not a valid glob: {reason}",
        manifest.display()
    )]
    InvalidGlob {
        manifest: PathBuf,
        table: &'static str,
        key: &'static str,
        pattern: String,
        reason: String,
    },

    #[error("no crate is marked as reloadable")]
    NothingMarked {
        candidates: Vec<String>,
        /// Marked packages that are not members of the workspace.
        outside: Vec<String>,
    },
    #[error(
        "`{}` marks `{name}` as reloadable, but the workspace has no package with that name",
        manifest.display()
    )]
    UnknownMark {
        manifest: PathBuf,
        name: String,
        nearest: Option<String>,
    },
    #[error(
        "`{}` marks `{name}` as reloadable, but `{name}` is a dependency, not a member of \
         the workspace",
        manifest.display()
    )]
    MarkNotAMember { manifest: PathBuf, name: String },
    #[error(
        "`{}` marks `{pattern}` as reloadable, but no library in the workspace matches it",
        manifest.display()
    )]
    GlobMatchesNothing { manifest: PathBuf, pattern: String },
    #[error("`{name}` is a procedural macro and can't be reloaded")]
    MarkedProcMacro { manifest: PathBuf, name: String },
    #[error("`{name}` has no library to reload")]
    MarkedWithoutLib { manifest: PathBuf, name: String },
    #[error(
        "`{name}` can't be reloaded: its library is built only as {}",
        quoted(crate_types)
    )]
    MarkedWithoutRlib {
        manifest: PathBuf,
        name: String,
        crate_types: Vec<String>,
    },
    #[error(
        "`{name}` is not a workspace member, but sits between the reloadable crates `{base}` and \
         `{top}` in the dependency graph"
    )]
    SandwichOutsideWorkspace {
        manifest: PathBuf,
        name: String,
        base: String,
        top: String,
    },

    #[error("the workspace has no member `{name}`")]
    UnknownPackage {
        name: String,
        nearest: Option<String>,
    },
    #[error("{} has no {} `{name}`", place(package.as_deref()), noun(kind))]
    UnknownTarget {
        kind: HostKind,
        name: String,
        package: Option<String>,
        nearest: Option<String>,
    },
    #[error("`{package}` has no binary to run")]
    PackageWithoutBinary { package: String },
    #[error("the workspace has no binary to run")]
    NoHost,
    #[error("the workspace has several programs that could run")]
    SeveralHosts {
        /// The flags that choose each program.
        flags: Vec<String>,
    },
    #[error("{} on a reloadable crate", does_not_depend(hosts))]
    HostOutsideGroup {
        hosts: Vec<String>,
        marked: Vec<String>,
    },
    #[error("`{package}` does not depend on `hotmod`")]
    HostWithoutRuntime {
        package: String,
        /// The dependency is declared, but optional and not enabled.
        optional: bool,
    },
    #[error("`fn main` at `{}` has no `#[{key}::main]`", location(file, *line))]
    HostWithoutMain {
        file: PathBuf,
        line: Option<usize>,
        key: String,
    },
}

/// `` `a`, `b` ``
pub(super) fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn noun(kind: &HostKind) -> &'static str {
    match kind {
        HostKind::Bin => "binary",
        HostKind::Example => "example",
    }
}

fn place(package: Option<&str>) -> String {
    package.map_or_else(
        || "the workspace".to_owned(),
        |package| format!("`{package}`"),
    )
}

fn does_not_depend(hosts: &[String]) -> String {
    match hosts {
        [host] => format!("`{host}` does not depend"),
        several => format!("none of {} depends", quoted(several)),
    }
}

fn location(file: &Path, line: Option<usize>) -> String {
    line.map_or_else(
        || file.display().to_string(),
        |line| format!("{}:{line}", file.display()),
    )
}

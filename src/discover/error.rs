//! What can be wrong with a workspace or a selection, in words.
//!
//! Each variant's text says what is the case; what to do about it is for [`DiscoverError::help`],
//! in `help`. Neither colours nor prefixes (`error:`, `help:`) are put on here.

use std::path::{Path, PathBuf};

use super::HostKind;

/// Why there is no plan. The texts are lower-case, with values in backticks.
#[derive(Debug, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "each text says what its variant is for, and names its fields"
)]
pub(crate) enum DiscoverError {
    #[error("there is no `Cargo.toml` in `{}`, nor in a folder above it", .0.display())]
    NoWorkspace(PathBuf),
    #[error("`{}` {why}", path.display())]
    NoManifest {
        path: PathBuf,
        why: &'static str,
        /// The manifest in it, if it is a folder.
        inside: Option<PathBuf>,
    },
    #[error("`cargo metadata` failed\n{stderr}")]
    CargoMetadata { stderr: String },
    #[error("the toolchain `{0}` is not installed")]
    NoToolchain(String),
    #[error("cargo can't be used: {reason}")]
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
        "`{pattern}` in `{key}` of `[{table}]` of `{}` is no valid glob: {reason}",
        manifest.display()
    )]
    InvalidGlob {
        manifest: PathBuf,
        table: &'static str,
        key: &'static str,
        pattern: String,
        reason: String,
    },

    #[error("nothing is marked reloadable")]
    NothingMarked {
        candidates: Vec<String>,
        /// Marked packages that are no members of the workspace.
        outside: Vec<String>,
    },
    #[error(
        "`{}` marks `{name}` reloadable, but the workspace has no package of that name",
        manifest.display()
    )]
    UnknownMark {
        manifest: PathBuf,
        name: String,
        nearest: Option<String>,
    },
    #[error(
        "`{}` marks `{name}` reloadable, which is a dependency but no member of the workspace",
        manifest.display()
    )]
    MarkNotAMember { manifest: PathBuf, name: String },
    #[error(
        "`{}` marks `{pattern}` reloadable, which matches no library of the workspace",
        manifest.display()
    )]
    GlobMatchesNothing { manifest: PathBuf, pattern: String },
    #[error("`{name}` is a procedural macro and can't be reloaded")]
    MarkedProcMacro { manifest: PathBuf, name: String },
    #[error("`{name}` has no library that could be reloaded")]
    MarkedWithoutLib { manifest: PathBuf, name: String },
    #[error("the library of `{name}` is built only as {}", quoted(crate_types))]
    MarkedWithoutRlib {
        manifest: PathBuf,
        name: String,
        crate_types: Vec<String>,
    },
    #[error(
        "`{name}` stands between the reloadable `{base}` and `{top}`, but is no workspace member"
    )]
    SandwichOutsideWorkspace {
        manifest: PathBuf,
        name: String,
        base: String,
        top: String,
    },

    #[error("no member of the workspace is called `{name}`")]
    UnknownPackage {
        name: String,
        nearest: Option<String>,
    },
    #[error("no {} is called `{name}` in {}", noun(kind), place(package.as_deref()))]
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
    #[error("several programs could be the host")]
    SeveralHosts {
        /// One set of flags a program.
        flags: Vec<String>,
    },
    #[error("{} on a reloadable crate", do_not_depend(hosts))]
    HostOutsideGroup {
        hosts: Vec<String>,
        marked: Vec<String>,
    },
    #[error("`{package}` does not depend on `hotmod`")]
    HostWithoutRuntime {
        package: String,
        /// It is declared, but optional and not switched on.
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

fn do_not_depend(hosts: &[String]) -> String {
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

//! What to do next, for each error.
//!
//! The match is exhaustive on purpose: a new error has to say what to do about it.

use super::error::quoted;
use super::{DiscoverError, HostKind};
use crate::cargo::rustup;

impl DiscoverError {
    /// What to do next, for a separate line that starts with `help:`. It has several lines if it
    /// contains lines for a manifest.
    pub(crate) fn help(&self) -> String {
        self.did_you_mean().unwrap_or_else(|| self.what_to_do())
    }

    fn did_you_mean(&self) -> Option<String> {
        let meant = match self {
            Self::UnknownKey { nearest, .. } | Self::UnknownMark { nearest, .. } => nearest.clone(),
            Self::UnknownPackage { nearest, .. } => {
                nearest.as_ref().map(|name| format!("-p {name}"))
            }
            Self::UnknownTarget { kind, nearest, .. } => nearest
                .as_ref()
                .map(|name| format!("{} {name}", flag(*kind))),
            _ => None,
        };
        meant.map(|meant| format!("did you mean `{meant}`?"))
    }

    fn what_to_do(&self) -> String {
        match self {
            Self::Cancelled => "the next save tries again".to_owned(),
            Self::NoWorkspace(_) => "change to the folder of a workspace, or create one: `cargo \
                                     hotmod init FOLDER`"
                .to_owned(),
            Self::NoManifest {
                inside: Some(manifest),
                ..
            } => format!("did you mean `--manifest-path {}`?", manifest.display()),
            Self::NoManifest { .. } => "pass the path of a `Cargo.toml` file".to_owned(),
            Self::CargoMetadata { stderr } if lacks_feature(stderr) => {
                "features are listed under `[features]` in a member's `Cargo.toml`; enable one with \
                 `-F NAME` or `-F PACKAGE/NAME`"
                    .to_owned()
            }
            Self::CargoMetadata { .. } => "fix the error that cargo reports: a session needs \
                                           `cargo metadata` to work here"
                .to_owned(),
            Self::NoToolchain(name) => rustup::install(name),
            Self::CargoNotUsable { .. } => {
                "check that `cargo -vV` works in this directory".to_owned()
            }
            Self::UnknownKey { known, .. } => {
                let known: Vec<_> = known.iter().map(ToString::to_string).collect();
                format!("the known keys are {}", quoted(&known))
            }
            Self::WrongType { table, key, .. } if key == "hotmod" => {
                format!("make it a table: `[{table}.hotmod]`")
            }
            Self::WrongType { key, expected, .. } => format!("write `{}`", example(key, expected)),
            Self::InvalidGlob { pattern, .. } => {
                format!("correct `{pattern}`, or list the names instead")
            }
            Self::NothingMarked {
                candidates,
                outside,
            } => nothing_marked(candidates, outside),
            Self::UnknownMark { name, .. } => {
                format!("remove `{name}` from `reloadable` in `[workspace.metadata.hotmod]`")
            }
            Self::MarkNotAMember { name, .. } => format!(
                "only members can be reloaded: add the folder of `{name}` to `members` in \
                 `[workspace]`, or remove it from `reloadable`",
            ),
            Self::GlobMatchesNothing { pattern, .. } => {
                format!("correct `{pattern}`: it is matched against package names, not paths")
            }
            Self::MarkedProcMacro { name, .. } => format!(
                "unmark `{name}` and mark the crates that use it; editing the macro then restarts \
                 the \
                 program",
            ),
            Self::MarkedWithoutLib { manifest, .. } => format!(
                "move the code that you want to reload into a `src/lib.rs` next to `{}`, or unmark \
                 the crate",
                manifest.display(),
            ),
            Self::MarkedWithoutRlib { manifest, .. } => {
                format!(
                    "add `\"rlib\"` to `crate-type` in `[lib]` of `{}`",
                    manifest.display()
                )
            }
            Self::SandwichOutsideWorkspace {
                name,
                manifest,
                base,
                ..
            } => format!(
                "add the folder of `{}` to `members` in `[workspace]`, so that `{name}` reloads \
                 with `{base}`",
                manifest.display(),
            ),
            Self::UnknownPackage { .. } => {
                "`cargo metadata --no-deps` lists the members".to_owned()
            }
            Self::UnknownTarget { kind, .. } => {
                format!("`cargo run {}` lists the available ones", flag(*kind))
            }
            Self::PackageWithoutBinary { .. } => {
                "choose a package that has a binary with `-p`, or an example with `--example`"
                    .to_owned()
            }
            Self::NoHost => "add a `src/main.rs` to a package that depends on the reloadable \
                             crates, or choose an `--example`"
                .to_owned(),
            Self::SeveralHosts { flags } => format!("choose one with {}", alternatives(flags)),
            Self::HostOutsideGroup { hosts, marked } => outside_group(hosts, marked),
            Self::HostWithoutRuntime {
                package,
                optional: false,
            } => {
                format!(
                    "run `cargo add -p {package} --path …/crates/hotmod`, with the path of your \
                     clone of `cargo-hotmod`"
                )
            }
            Self::HostWithoutRuntime {
                package,
                optional: true,
            } => format!(
                "`hotmod` is an optional dependency of `{package}`: enable it with `--features`, \
                 or make \
                 it non-optional, which adds nothing to a release build",
            ),
            Self::HostWithoutMain { key, .. } => format!("put `#[{key}::main]` above `fn main`"),
        }
    }
}

/// Whether cargo did not find a feature. Its message does not say where it looked.
fn lacks_feature(stderr: &str) -> bool {
    ["this feature: ", "these features: "]
        .iter()
        .any(|words| stderr.contains(&format!("none of the selected packages contains {words}")))
}

fn flag(kind: HostKind) -> &'static str {
    match kind {
        HostKind::Bin => "--bin",
        HostKind::Example => "--example",
    }
}

fn example(key: &str, expected: &str) -> String {
    match (key, expected) {
        ("watch", _) => "watch = [\"templates\"]".to_owned(),
        (key, "an array of strings") => format!("{key} = [\"screens\", \"layout-*\"]"),
        (key, _) => format!("{key} = true"),
    }
}

fn nothing_marked(candidates: &[String], outside: &[String]) -> String {
    if !outside.is_empty() {
        let names = quoted(outside);
        return format!(
            "only workspace members can be reloaded: add the folder of each marked package \
             ({names}) to `members` in `[workspace]`"
        );
    }
    match candidates {
        [] => "move the code that you want to reload into a library crate of the workspace, and \
               mark that crate"
            .to_owned(),
        some => {
            let names = quoted(some);
            format!(
                "add this to the Cargo.toml of one or more of {names}:\n\
                 [package.metadata.hotmod]\nreloadable = true"
            )
        }
    }
}

fn outside_group(hosts: &[String], marked: &[String]) -> String {
    let names = quoted(marked);
    match (hosts.first(), marked.first()) {
        (Some(host), Some(first)) => {
            format!("marked as reloadable: {names}; run `cargo add {first} -p {host}`")
        }
        _ => format!("marked as reloadable: {names}; a program has to depend on one of them"),
    }
}

fn alternatives(flags: &[String]) -> String {
    let flags: Vec<_> = flags.iter().map(|flags| format!("`{flags}`")).collect();
    match flags.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => flags.join(", "),
    }
}

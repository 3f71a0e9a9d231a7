//! Runs `cargo metadata` as the session's build will run cargo: same cargo, same features, same
//! platform.
//!
//! It does not read `build.target` from cargo's configuration: a session's host runs on this
//! machine, and another triple must be asked for by `--target`. It never shows cargo's progress;
//! cargo's own words are kept if it fails.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use super::{DiscoverError, Selection};
use crate::cargo::{environment, rustup};

fn command() -> MetadataCommand {
    let mut command = MetadataCommand::new();
    command.cargo_path(environment::cargo());
    if rustup::has_chosen() {
        for name in rustup::CHOICE {
            command.env_remove(name);
        }
    }
    command
}

pub(super) fn metadata(selection: &Selection) -> Result<Metadata, DiscoverError> {
    check_place(selection.manifest_path.as_deref())?;
    let mut options = vec!["--filter-platform".to_owned(), platform(selection)?];
    let flags = [
        ("--locked", selection.locked),
        ("--offline", selection.offline),
        ("--frozen", selection.frozen),
    ];
    options.extend(
        flags
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(flag, _)| flag.to_owned()),
    );

    let mut command = command();
    command
        .other_options(options)
        .features(CargoOpt::SomeFeatures(features(selection)));
    if selection.all_features {
        command.features(CargoOpt::AllFeatures);
    }
    if selection.no_default_features {
        command.features(CargoOpt::NoDefaultFeatures);
    }
    if let Some(path) = &selection.manifest_path {
        command.manifest_path(path);
    }
    command.exec().map_err(in_words)
}

/// The members of a workspace alone: cargo asks no registry, and writes no lock file.
pub(crate) fn members(manifest_path: Option<&Path>) -> Result<Metadata, DiscoverError> {
    check_place(manifest_path)?;
    let mut command = command();
    command.no_deps();
    if let Some(path) = manifest_path {
        command.manifest_path(path);
    }
    command.exec().map_err(in_words)
}

/// The target directory that the environment or cargo's configuration asks for; `None` if each
/// workspace has its own. No workspace is read.
pub(crate) fn target_directory() -> Result<Option<PathBuf>, DiscoverError> {
    let unusable = |error: io::Error| DiscoverError::CargoNotUsable {
        reason: format!("`{}`: {error}", env::temp_dir().display()),
    };
    let empty = tempfile::tempdir().map_err(unusable)?;
    let root = empty.path().canonicalize().map_err(unusable)?;
    let manifest = root.join("Cargo.toml");
    fs::write(&manifest, "[workspace]\n").map_err(unusable)?;
    let target = members(Some(&manifest))?.target_directory;
    Ok((!target.starts_with(&root)).then(|| target.into_std_path_buf()))
}

/// Whether cargo has a manifest to read: what it says of one that it lacks has no way out.
fn check_place(manifest_path: Option<&Path>) -> Result<(), DiscoverError> {
    if let Some(path) = manifest_path {
        return check_manifest(path);
    }
    match env::current_dir() {
        Ok(here) if !has_manifest_above(&here) => Err(DiscoverError::NoWorkspace(here)),
        // Of a folder that is gone, cargo has its own words.
        _ => Ok(()),
    }
}

/// Whether cargo would find a manifest from a folder.
pub(crate) fn has_manifest_above(folder: &Path) -> bool {
    let mut folders = folder.ancestors();
    folders.any(|it| it.join("Cargo.toml").is_file())
}

/// Whether a path is one of a manifest, by its look: it is not read.
pub(crate) fn check_manifest(path: &Path) -> Result<(), DiscoverError> {
    let inside = path.join("Cargo.toml");
    let why = if path.is_dir() {
        "is a folder, and no manifest"
    } else if !path.exists() {
        "does not exist"
    } else if !path.ends_with("Cargo.toml") {
        "is no manifest"
    } else {
        return Ok(());
    };
    Err(DiscoverError::NoManifest {
        path: path.to_owned(),
        why,
        inside: inside.is_file().then_some(inside),
    })
}

fn in_words(error: cargo_metadata::Error) -> DiscoverError {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            if let Some(name) = rustup::missing_toolchain(&stderr) {
                return DiscoverError::NoToolchain(name.to_owned());
            }
            let stderr = rustup::without_backtrace(&stderr);
            // What cargo did before is not what went wrong.
            let begin = match stderr.starts_with("error") {
                true => 0,
                false => stderr.find("\nerror").map_or(0, |line_end| line_end + 1),
            };
            DiscoverError::CargoMetadata {
                stderr: stderr[begin..].trim_end().to_owned(),
            }
        }
        other => DiscoverError::CargoNotUsable {
            reason: other.to_string(),
        },
    }
}

/// Without a platform `cargo metadata` gives the dependencies of all of them.
fn platform(selection: &Selection) -> Result<String, DiscoverError> {
    match selection.target.as_deref() {
        Some(triple) if triple != "host-tuple" => Ok(triple.to_owned()),
        _ => host_triple(),
    }
}

/// Asked of cargo, not fixed at compile time: the tool may be installed once and used with several
/// toolchains.
fn host_triple() -> Result<String, DiscoverError> {
    let output = rustup::command(environment::cargo()).arg("-vV").output();
    let output = output.map_err(|error| DiscoverError::CargoNotUsable {
        reason: error.to_string(),
    })?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if let Some(name) = rustup::missing_toolchain(&stderr) {
        return Err(DiscoverError::NoToolchain(name.to_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let triple = text.lines().find_map(|line| line.strip_prefix("host: "));
    triple
        .map(|triple| triple.trim().to_owned())
        .ok_or_else(|| DiscoverError::CargoNotUsable {
            reason: format!(
                "`cargo -vV` names no host: {}",
                rustup::without_backtrace(&stderr)
            ),
        })
}

/// `cargo metadata` has no `--package`: a bare feature would be switched on in every member that
/// has one of that name. So it gets the selected package's name in front, which cargo understands
/// as well.
fn features(selection: &Selection) -> Vec<String> {
    let plain = |name: &&str| {
        name.chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let package = selection.package.as_deref().filter(plain);
    let given = selection
        .features
        .iter()
        .flat_map(|entry| entry.split([',', ' ']))
        .filter(|name| !name.is_empty());
    given
        .map(|name| match package {
            Some(package) if !name.contains('/') => format!("{package}/{name}"),
            _ => name.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_split_and_belong_to_the_selected_package() {
        let given = vec!["one,two three".to_owned(), "screens/fast".to_owned()];
        let mut selection = Selection {
            features: given,
            ..Selection::default()
        };
        assert_eq!(
            features(&selection),
            ["one", "two", "three", "screens/fast"]
        );
        selection.package = Some("app".to_owned());
        assert_eq!(
            features(&selection),
            ["app/one", "app/two", "app/three", "screens/fast"]
        );
        selection.package = Some("app@1.0.0".to_owned());
        assert_eq!(
            features(&selection),
            ["one", "two", "three", "screens/fast"]
        );
    }

    #[test]
    fn the_host_triple_is_a_triple() {
        let triple = host_triple().expect("cargo -vV");
        assert!(triple.split('-').count() >= 3, "{triple}");
    }
}

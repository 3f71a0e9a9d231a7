//! Runs `cargo metadata` with the same cargo, features and platform as the session's build.
//!
//! It ignores `build.target` in cargo's configuration: a session's host runs on this machine,
//! unless `--target` is given. It does not show cargo's progress, but an error includes cargo's
//! message.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use super::{DiscoverError, Selection};
use crate::base::child_process::{Cancel, RunError};
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

pub(super) fn metadata(selection: &Selection, cancel: &Cancel) -> Result<Metadata, DiscoverError> {
    check_manifest_exists(selection.manifest_path.as_deref())?;
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
    run(&command, cancel)
}

/// Cargo may take long, for example if it downloads dependencies.
fn run(command: &MetadataCommand, cancel: &Cancel) -> Result<Metadata, DiscoverError> {
    let output = match cancel.output(&mut command.cargo_command()) {
        Ok(output) => output,
        Err(RunError::Cancelled) => return Err(DiscoverError::Cancelled),
        Err(RunError::NotRun { error, .. }) => return Err(to_discover_error(error.into())),
    };
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(to_discover_error(cargo_metadata::Error::CargoMetadata {
            stderr,
        }));
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    // A wrapper of cargo may print more.
    let json = stdout.lines().find(|line| line.starts_with('{'));
    let json = json.ok_or(cargo_metadata::Error::NoJson);
    let metadata = json.and_then(MetadataCommand::parse);
    metadata.map_err(to_discover_error)
}

/// Only the members of a workspace. Cargo uses no registry and writes no lock file.
pub(crate) fn members(manifest_path: Option<&Path>) -> Result<Metadata, DiscoverError> {
    check_manifest_exists(manifest_path)?;
    let mut command = command();
    command.no_deps();
    if let Some(path) = manifest_path {
        command.manifest_path(path);
    }
    run(&command, &Cancel::default())
}

/// The target directory from the environment or cargo's configuration; `None` if each workspace has
/// its own. This reads no workspace.
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

/// Checks that cargo will find a manifest, because cargo's own error does not say what to do.
fn check_manifest_exists(manifest_path: Option<&Path>) -> Result<(), DiscoverError> {
    if let Some(path) = manifest_path {
        return check_manifest(path);
    }
    match env::current_dir() {
        Ok(here) if !has_manifest_above(&here) => Err(DiscoverError::NoWorkspace(here)),
        // If the current folder was deleted, cargo reports it.
        _ => Ok(()),
    }
}

/// Whether cargo would find a manifest from this folder.
pub(crate) fn has_manifest_above(folder: &Path) -> bool {
    manifest_above(folder).is_some()
}

/// The manifest that cargo finds from this folder.
pub(crate) fn manifest_above(folder: &Path) -> Option<PathBuf> {
    let mut manifests = folder.ancestors().map(|it| it.join("Cargo.toml"));
    manifests.find(|it| it.is_file())
}

/// Checks that the path could be a manifest, without reading it.
pub(crate) fn check_manifest(path: &Path) -> Result<(), DiscoverError> {
    let inside = path.join("Cargo.toml");
    let why = if path.is_dir() {
        "is a folder, not a manifest"
    } else if !path.exists() {
        "does not exist"
    } else if !path.ends_with("Cargo.toml") {
        "is not a manifest"
    } else {
        return Ok(());
    };
    Err(DiscoverError::NoManifest {
        path: path.to_owned(),
        why,
        inside: inside.is_file().then_some(inside),
    })
}

fn to_discover_error(error: cargo_metadata::Error) -> DiscoverError {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            if let Some(name) = rustup::missing_toolchain(&stderr) {
                return DiscoverError::NoToolchain(name.to_owned());
            }
            let stderr = rustup::without_backtrace(&stderr);
            // Leave out cargo's progress messages before the error.
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

/// Without a platform, `cargo metadata` returns the dependencies of all platforms.
fn platform(selection: &Selection) -> Result<String, DiscoverError> {
    match selection.target.as_deref() {
        Some(triple) if triple != "host-tuple" => Ok(triple.to_owned()),
        _ => host_triple(),
    }
}

/// Asks cargo instead of using a compile-time constant, because one installed tool can be used with
/// several toolchains.
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
                "`cargo -vV` prints no host: {}",
                rustup::without_backtrace(&stderr)
            ),
        })
}

/// `cargo metadata` has no `--package`, so a plain feature name would be enabled in every member
/// that has such a feature. The selected package's name is therefore added in front.
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

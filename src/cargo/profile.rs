//! Overrides profile settings that can't work in a session, and reports them.
//!
//! rustc rejects `panic = "abort"` and LTO for dynamic libraries, and `strip` removes the symbols
//! that the checks need. An override is passed only if the setting exists, because it changes
//! cargo's fingerprint of every crate, which would then be recompiled.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::base::nearest::nearest;

/// A setting that can't work in a session, and its replacement. Both values are in TOML's syntax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overridden {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) replacement: String,
    /// The file or the environment variable that has the setting.
    pub(crate) origin: PathBuf,
}

impl Overridden {
    /// The value of `--config` that overrides it in a profile.
    pub(crate) fn configuration(&self, profile: &str) -> String {
        format!("profile.{profile}.{}={}", self.key, self.replacement)
    }
}

/// A rustc wrapper that the user has configured. A session needs this setting for its own wrapper,
/// and a compilation cache would confuse the flavours of a crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrapper {
    /// `NAME=VALUE` of an environment variable, or the key in a file.
    pub(crate) setting: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<PathBuf>,
}

/// A file of settings that can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProfileError {
    #[error("could not read `{0}`: {1}")]
    Io(PathBuf, io::Error),
    #[error("`{0}` is not valid TOML: {1}")]
    Toml(PathBuf, toml::de::Error),
    #[error("there is no profile `{name}`")]
    Unknown { name: String, known: Vec<String> },
}

impl ProfileError {
    /// What to do next.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Io(path, _) => format!("make sure that `{}` can be read", path.display()),
            Self::Toml(path, _) => format!("correct `{}`", path.display()),
            Self::Unknown { name, known } => {
                match nearest(name, known.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `--profile {meant}`?"),
                    None => format!(
                        "take one of `{}`, or make it: `[profile.NAME]` in the workspace's \
                         `Cargo.toml`, with `inherits = \"dev\"`",
                        known.join("`, `")
                    ),
                }
            }
        }
    }
}

/// The replacement for a setting that can't work in a session.
fn replacement(key: &str, value: &Value) -> Option<&'static str> {
    match (key, value) {
        ("panic", Value::String(text)) if text != "unwind" => Some("\"unwind\""),
        ("lto", Value::Boolean(false)) => None,
        ("lto", Value::String(text)) if text == "off" => None,
        ("lto", _) => Some("false"),
        ("strip", Value::Boolean(false)) => None,
        ("strip", Value::String(text)) if text == "none" => None,
        ("strip", _) => Some("\"none\""),
        _ => None,
    }
}

/// The rustc wrappers that the user has configured.
pub(crate) fn wrappers(files: &[PathBuf]) -> Result<Vec<Wrapper>, ProfileError> {
    let mut found = Vec::new();
    for name in ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        if let Some(value) = std::env::var_os(name).filter(|it| !it.is_empty()) {
            found.push(Wrapper {
                setting: format!("{name}={}", value.to_string_lossy()),
                file: None,
            });
        }
    }
    for (path, table) in tables(files)? {
        let build = table.get("build").and_then(Value::as_table);
        for key in ["rustc-wrapper", "rustc-workspace-wrapper"] {
            if build.is_some_and(|build| build.contains_key(key)) {
                found.push(Wrapper {
                    setting: format!("build.{key}"),
                    file: Some(path.to_owned()),
                });
            }
        }
    }
    Ok(found)
}

/// The files that exist, parsed.
pub(crate) fn tables(files: &[PathBuf]) -> Result<Vec<(&Path, Table)>, ProfileError> {
    let mut tables = Vec::new();
    for path in files {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(ProfileError::Io(path.clone(), error)),
        };
        // Some of the files are not TOML.
        if path.extension().is_none_or(|it| it != "toml") && !path.ends_with(".cargo/config") {
            continue;
        }
        let table = text
            .parse()
            .map_err(|error| ProfileError::Toml(path.clone(), error))?;
        tables.push((path.as_path(), table));
    }
    Ok(tables)
}

/// Finds the settings to override in the profile `name` and the profiles that it inherits from.
pub(crate) fn overrides(name: &str, files: &[PathBuf]) -> Result<Vec<Overridden>, ProfileError> {
    let mut profiles_of = Vec::new();
    for (path, table) in tables(files)? {
        // The first file is the workspace's manifest. Cargo ignores profiles in other manifests.
        let is_members = path.ends_with("Cargo.toml") && files.first().is_none_or(|it| it != path);
        if let Some(Value::Table(profiles)) = table.get("profile").filter(|_| !is_members) {
            profiles_of.push((path, profiles.clone()));
        }
    }
    let mut overrides = Vec::new();
    let mut profile = Some(name.to_owned());
    while let Some(current) = profile.take() {
        for (path, profiles) in &profiles_of {
            let Some(Value::Table(settings)) = profiles.get(&current) else {
                continue;
            };
            for key in ["panic", "lto", "strip"] {
                if let Some(value) = settings.get(key) {
                    add(&mut overrides, key, value, path);
                }
            }
            if let Some(Value::String(parent)) = settings.get("inherits") {
                profile = Some(parent.clone()).filter(|it| *it != current);
            }
        }
    }
    for key in ["panic", "lto", "strip"] {
        let upper = name.to_uppercase().replace('-', "_");
        let variable = format!("CARGO_PROFILE_{upper}_{}", key.to_uppercase());
        if let Ok(text) = std::env::var(&variable) {
            let value = text.parse().map_or(Value::String(text), Value::Boolean);
            add(&mut overrides, key, &value, Path::new(&variable));
        }
    }
    Ok(overrides)
}

/// Adds an override for a setting, unless it works or one with higher precedence is overridden.
fn add(all: &mut Vec<Overridden>, key: &str, value: &Value, origin: &Path) {
    let Some(replacement) = replacement(key, value) else {
        return;
    };
    if all.iter().all(|it| it.key != key) {
        all.push(Overridden {
            key: key.to_owned(),
            value: value.to_string(),
            replacement: replacement.to_owned(),
            origin: origin.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(manifest: &str, profile: &str) -> Vec<Overridden> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Cargo.toml");
        fs::write(&path, manifest).unwrap();
        overrides(profile, &[path, directory.path().join("absent.toml")]).unwrap()
    }

    #[test]
    fn supported_settings_are_kept() {
        let manifest = "[profile.dev]\npanic = 'unwind'\nlto = false\nstrip = 'none'\ndebug = 1\n\
                        [profile.release]\npanic = 'abort'";
        assert_eq!(of(manifest, "dev"), []);
    }

    #[test]
    fn unsupported_settings_are_overridden_and_reported() {
        let manifest = "[profile.dev]\npanic = 'abort'\nlto = 'thin'\nstrip = true";
        let overrides = of(manifest, "dev");
        let configuration: Vec<String> =
            overrides.iter().map(|it| it.configuration("dev")).collect();
        assert_eq!(
            configuration,
            [
                "profile.dev.panic=\"unwind\"",
                "profile.dev.lto=false",
                "profile.dev.strip=\"none\""
            ]
        );
        assert_eq!(overrides[0].value, "\"abort\"");
    }

    #[test]
    fn inherited_settings_count() {
        let manifest = "[profile.quick]\ninherits = 'release'\n[profile.release]\nlto = true";
        let overrides = of(manifest, "quick");
        assert_eq!(
            overrides[0].configuration("quick"),
            "profile.quick.lto=false"
        );
    }

    #[test]
    fn an_invalid_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Cargo.toml");
        fs::write(&path, "[profile").unwrap();
        let error = overrides("dev", std::slice::from_ref(&path)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("`{}` is not valid TOML", path.display()))
        );
    }
}

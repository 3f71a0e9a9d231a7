//! Settings in cargo's manifests and configuration, for checks before a build.
//!
//! The precedence is cargo's: the environment, then configuration files from the nearest folder up,
//! then the manifest. `[target.'cfg(…)']` tables are not evaluated, because that would need `rustc
//! --print cfg`; it is only known whether they exist.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::invocation::Invocation;
use super::profile::{ProfileError, tables};
use crate::cargo::unsupported::refuse_what_cannot_be_dynamic;

/// The settings from all files.
#[derive(Debug)]
pub(crate) struct CargoSettings {
    /// In order of decreasing precedence.
    tables: Vec<(PathBuf, Table)>,
}

/// A value, and where it is set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) value: Value,
    pub(crate) place: String,
}

/// Flags for rustc.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    pub(crate) all: Vec<String>,
    pub(crate) place: String,
}

impl CargoSettings {
    /// Reads the files. The workspace's manifest must be the first.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, ProfileError> {
        let is_manifest = |path: &Path| path.ends_with("Cargo.toml");
        let mut read: Vec<(PathBuf, Table)> = tables(files)?
            .into_iter()
            .filter(|(path, _)| !is_manifest(path) || files.first().is_some_and(|it| it == path))
            .map(|(path, table)| (path.to_owned(), table))
            .collect();
        read.sort_by_key(|(path, _)| is_manifest(path));
        Ok(CargoSettings { tables: read })
    }

    /// A setting of a profile for a member of the workspace.
    pub(crate) fn of_profile(&self, profile: &str, package: &str, key: &str) -> Option<Setting> {
        self.of_package(profile, package, key).or_else(|| {
            self.chain(profile).iter().find_map(|name| {
                let variable = ["CARGO_PROFILE", name, key].join("_");
                from_environment(&variable).or_else(|| self.find(&["profile", name, key]))
            })
        })
    }

    /// A setting in the profile's table for this package.
    pub(crate) fn of_package(&self, profile: &str, package: &str, key: &str) -> Option<Setting> {
        let chain = self.chain(profile);
        chain
            .iter()
            .find_map(|name| self.find(&["profile", name, "package", package, key]))
    }

    /// Checks that the profile exists, because cargo's own error for a session is misleading: a
    /// session passes overrides for the profile.
    pub(crate) fn check_profile(&self, name: &str) -> Result<(), ProfileError> {
        const BUILT_IN: [&str; 4] = ["bench", "dev", "release", "test"];
        // Files that a configuration includes are not read here.
        let is_whole = !self.tables.iter().any(|(_, it)| it.contains_key("include"));
        let is_there = BUILT_IN.contains(&name)
            || self.find(&["profile", name]).is_some()
            || from_environment(&format!("CARGO_PROFILE_{name}_INHERITS")).is_some();
        if is_there || !is_whole {
            return Ok(());
        }
        let tables = self.tables.iter();
        let tables = tables.filter_map(|(_, it)| it.get("profile")?.as_table());
        let own = tables.flat_map(Table::keys).map(String::as_str);
        let known: BTreeSet<&str> = own.chain(BUILT_IN).collect();
        Err(ProfileError::Unknown {
            name: name.to_owned(),
            known: known.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Whether a profile inherits from `release`.
    pub(crate) fn is_release(&self, profile: &str) -> bool {
        let last = self.chain(profile).pop();
        last.is_some_and(|name| name == "release")
    }

    /// A profile and the profiles that it inherits from.
    fn chain(&self, profile: &str) -> Vec<String> {
        let mut chain = vec![profile.to_owned()];
        while let Some(last) = chain.last() {
            let parent = match (&**last, self.find(&["profile", last, "inherits"])) {
                ("dev" | "release", _) => break,
                ("test", _) => "dev".to_owned(),
                ("bench", _) => "release".to_owned(),
                (_, Some(parent)) => parent.value.as_str().unwrap_or_default().to_owned(),
                (_, None) => break,
            };
            // Cargo reports a profile that inherits from itself.
            if chain.contains(&parent) {
                break;
            }
            chain.push(parent);
        }
        chain
    }

    /// Cargo's default target triple.
    pub(crate) fn target(&self) -> Option<Setting> {
        from_environment("CARGO_BUILD_TARGET").or_else(|| self.find(&["build", "target"]))
    }

    /// The configured linker for a triple.
    pub(crate) fn linker(&self, triple: &str) -> Option<PathBuf> {
        if let Some(linker) = env::var_os(format!("{}_LINKER", variable_of(triple))) {
            return Some(linker.into());
        }
        let (path, linker) = self.at(&["target", triple, "linker"])?;
        let linker = PathBuf::from(linker.as_str()?);
        // A path with a folder is relative to the parent of `.cargo`.
        let folder = path.ancestors().nth(2).unwrap_or(Path::new("."));
        let is_name = linker.components().count() == 1;
        Some(if is_name { linker } else { folder.join(linker) })
    }

    /// The flags that cargo passes to rustc.
    pub(crate) fn flags(&self, triple: &str) -> Flags {
        let variables = [
            ("CARGO_ENCODED_RUSTFLAGS".to_owned(), '\u{1f}'),
            ("RUSTFLAGS".to_owned(), ' '),
            (format!("{}_RUSTFLAGS", variable_of(triple)), ' '),
        ];
        for (variable, separator) in variables {
            if let Ok(flags) = env::var(&variable) {
                let all = flags.split(separator).filter(|it| !it.is_empty());
                return Flags {
                    all: all.map(str::to_owned).collect(),
                    place: format!("`{variable}`"),
                };
            }
        }
        let found = self.find(&["target", triple, "rustflags"]).or_else(|| {
            self.find(&["build", "rustflags"])
                .filter(|_| !self.has_conditions())
        });
        found.map_or_else(Flags::default, |found| Flags {
            all: match found.value {
                Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
                Value::Array(all) => {
                    let all = all.iter().filter_map(Value::as_str);
                    all.map(str::to_owned).collect()
                }
                _ => Vec::new(),
            },
            place: found.place,
        })
    }

    /// Whether conditional tables may override the linker or the flags.
    pub(crate) fn has_conditions(&self) -> bool {
        let targets = self
            .tables
            .iter()
            .filter_map(|(_, table)| table.get("target")?.as_table());
        let mut all = targets.flatten();
        all.any(|(name, its)| {
            let is_of_build = ["linker", "rustflags"]
                .iter()
                .any(|key| its.get(*key).is_some());
            name.starts_with("cfg(") && is_of_build
        })
    }

    fn find(&self, keys: &[&str]) -> Option<Setting> {
        let (path, value) = self.at(keys)?;
        Some(Setting {
            value: value.clone(),
            place: format!("`{}`", path.display()),
        })
    }

    fn at(&self, keys: &[&str]) -> Option<(&Path, &Value)> {
        self.tables.iter().find_map(|(path, table)| {
            let (first, rest) = keys.split_first()?;
            let mut value = table.get(*first)?;
            for key in rest {
                value = value.get(*key)?;
            }
            Some((path.as_path(), value))
        })
    }
}

impl Flags {
    /// A flag that prevents a session.
    pub(crate) fn refused(&self) -> Option<String> {
        refuse_what_cannot_be_dynamic(&self.invocation())
            .err()
            .map(|error| error.to_string())
    }

    /// The value of a codegen option.
    pub(crate) fn codegen(&self, name: &str) -> Option<String> {
        self.invocation().codegen(name).map(str::to_owned)
    }

    fn invocation(&self) -> Invocation {
        Invocation {
            program: PathBuf::new(),
            arguments: self.all.clone(),
            environment: Default::default(),
            directory: PathBuf::new(),
        }
    }
}

fn from_environment(variable: &str) -> Option<Setting> {
    let name = variable.to_uppercase().replace('-', "_");
    let text = env::var(&name).ok()?;
    let value = text.parse().map(Value::Boolean);
    let value = value.or_else(|_| text.parse().map(Value::Integer));
    Some(Setting {
        value: value.unwrap_or(Value::String(text)),
        place: format!("`{name}`"),
    })
}

pub(crate) fn variable_of(triple: &str) -> String {
    format!(
        "CARGO_TARGET_{}",
        triple.to_uppercase().replace(['-', '.'], "_")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const TRIPLE: &str = "x86_64-unknown-linux-gnu";

    fn settings(manifest: &str, configuration: &str) -> CargoSettings {
        let directory = tempfile::tempdir().unwrap();
        let files = ["Cargo.toml", "member/Cargo.toml", ".cargo/config.toml"];
        let files = files.map(|name| directory.path().join(name));
        let member = "[profile.dev]\nopt-level = 9";
        for (file, text) in files.iter().zip([manifest, member, configuration]) {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        CargoSettings::read(&files).unwrap()
    }

    fn opt_level(settings: &CargoSettings, profile: &str, package: &str) -> Option<i64> {
        let setting = settings.of_profile(profile, package, "opt-level")?;
        setting.value.as_integer()
    }

    #[test]
    fn the_setting_with_the_highest_precedence_counts() {
        let manifest = "[profile.dev]\nopt-level = 1\n[profile.dev.package.pages]\nopt-level = 0\n\
                        [profile.quick]\ninherits = 'dev'\n[profile.small]\ninherits = 'release'\n\
                        [profile.round]\ninherits = 'round'";
        let settings = settings(manifest, "");
        assert_eq!(opt_level(&settings, "dev", "widgets"), Some(1));
        assert_eq!(opt_level(&settings, "dev", "pages"), Some(0));
        assert_eq!(opt_level(&settings, "quick", "pages"), Some(0));
        assert_eq!(opt_level(&settings, "test", "widgets"), Some(1));
        assert_eq!(opt_level(&settings, "release", "widgets"), None);
        assert!(settings.is_release("small") && settings.is_release("bench"));
        assert!(!settings.is_release("quick") && !settings.is_release("round"));
    }

    #[test]
    fn a_profile_is_defined_in_the_manifest_or_the_configuration() {
        let manifest = "[profile.quick]\ninherits = 'dev'";
        let own = settings(manifest, "[profile.small]\ninherits = 'release'");
        for name in ["dev", "bench", "quick", "small"] {
            assert!(own.check_profile(name).is_ok(), "{name}");
        }
        let error = own.check_profile("quik").unwrap_err();
        assert_eq!(error.help(), "did you mean `--profile quick`?");
        // An included file may define it.
        let included = settings(manifest, "include = ['more.toml']");
        assert!(included.check_profile("quik").is_ok());
    }

    #[test]
    fn configuration_takes_precedence_over_the_manifest() {
        let settings = settings(
            "[profile.dev]\nopt-level = 1",
            "[profile.dev]\nopt-level = 2",
        );
        assert_eq!(opt_level(&settings, "dev", "pages"), Some(2));
        let place = settings
            .of_profile("dev", "pages", "opt-level")
            .unwrap()
            .place;
        assert!(place.ends_with("/.cargo/config.toml`"), "{place}");
    }

    #[test]
    fn unsupported_flags_are_recognised_in_all_spellings() {
        let of = |flags: &str| settings("", &format!("[build]\nrustflags = {flags}")).flags(TRIPLE);
        for flags in [
            "['-C', 'target-feature=+crt-static']",
            "'-Ctarget-feature=+crt-static,+avx'",
            "['-Cpanic=abort']",
            "'--codegen lto=thin'",
        ] {
            assert!(of(flags).refused().is_some(), "{flags}");
        }
        for flags in ["[]", "'-C target-cpu=native'", "'-C lto=off -Dwarnings'"] {
            assert_eq!(of(flags).refused(), None, "{flags}");
        }
        assert_eq!(
            of("'-Cstrip=debuginfo'").codegen("strip").as_deref(),
            Some("debuginfo")
        );
    }

    #[test]
    fn a_linker_is_a_name_or_a_path_relative_to_the_configuration() {
        let of = |linker: &str| {
            let text = format!("[target.{TRIPLE}]\nlinker = '{linker}'");
            settings("", &text).linker(TRIPLE).unwrap()
        };
        assert_eq!(of("clang"), Path::new("clang"));
        assert_eq!(of("/bin/clang"), Path::new("/bin/clang"));
        let relative = of("tools/clang");
        assert!(relative.is_absolute() && relative.ends_with("tools/clang"));
        assert!(!relative.ends_with(".cargo/tools/clang"));
    }
}

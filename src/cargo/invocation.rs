//! A rustc command that cargo ran: recorded once, and replayed with changes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::artifact::unit_name;
use crate::cargo::changed_environment;
use crate::cargo::changed_environment::Variables;

/// A recorded command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invocation {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Never written to disk, because it can contain secrets, see [`ChangedEnvironment`].
    ///
    /// [`ChangedEnvironment`]: changed_environment::ChangedEnvironment
    #[serde(skip)]
    pub(crate) environment: Variables,
    pub(crate) directory: PathBuf,
}

/// A dependency in an `--extern` option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extern<'a> {
    /// The name in the source. `None` for options such as `--extern proc_macro`.
    pub(crate) name: &'a str,
    pub(crate) path: &'a Path,
}

impl Invocation {
    /// The command that this process wraps.
    pub(crate) fn of_this_process(
        program: OsString,
        arguments: impl Iterator<Item = OsString>,
    ) -> std::io::Result<Self> {
        let mut expanded = Vec::new();
        for argument in arguments {
            let argument = argument.to_string_lossy().into_owned();
            // If there are too many arguments, cargo writes them to a file, one per line.
            match argument.strip_prefix('@') {
                Some(file) => {
                    let lines = std::fs::read_to_string(file)?;
                    expanded.extend(lines.lines().map(str::to_owned));
                }
                None => expanded.push(argument),
            }
        }
        Ok(Invocation {
            program: PathBuf::from(program),
            arguments: expanded,
            environment: changed_environment::of_this_process(),
            directory: std::env::current_dir()?,
        })
    }

    /// The command, with the recorded directory and environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(&self.directory);
        command
    }

    /// Makes rustc format its diagnostics for a terminal with this width.
    pub(crate) fn set_width(&mut self, width: impl std::fmt::Display) {
        self.push([format!("--diagnostic-width={width}")]);
    }

    /// The value of a long option, which can be one argument or two.
    pub(crate) fn value<'a>(&'a self, option: &'a str) -> Option<&'a str> {
        self.values(option).last()
    }

    /// All values of a long option.
    pub(crate) fn values<'a>(&'a self, option: &'a str) -> impl Iterator<Item = &'a str> {
        let mut arguments = self.arguments.iter();
        std::iter::from_fn(move || {
            loop {
                let argument = arguments.next()?;
                if argument == option {
                    return arguments.next().map(String::as_str);
                }
                let value = argument.strip_prefix(option);
                if let Some(value) = value.and_then(|value| value.strip_prefix('=')) {
                    return Some(value);
                }
            }
        })
    }

    /// The value of a codegen option `-C name=value`; the empty string for `-C name`.
    pub(crate) fn codegen(&self, name: &str) -> Option<&str> {
        self.codegen_options()
            .filter_map(|option| {
                let (key, value) = option.split_once('=').unwrap_or((option, ""));
                (key == name).then_some(value)
            })
            .last()
    }

    /// All codegen options, without their `-C`.
    pub(crate) fn codegen_options(&self) -> impl Iterator<Item = &str> {
        let mut arguments = self.arguments.iter();
        std::iter::from_fn(move || {
            loop {
                let argument = arguments.next()?;
                if argument == "-C" || argument == "--codegen" {
                    return arguments.next().map(String::as_str);
                }
                if let Some(option) = argument.strip_prefix("-C").filter(|rest| !rest.is_empty()) {
                    return Some(option);
                }
            }
        })
    }

    /// Whether its output contains debug information about types.
    pub(crate) fn has_types(&self) -> bool {
        let is_full = match self.codegen("debuginfo") {
            Some(level) => matches!(level, "2" | "full"),
            None => self.arguments.iter().any(|it| it == "-g"),
        };
        is_full && matches!(self.codegen("split-debuginfo"), None | Some("off"))
    }

    /// Whether the optimisation level is 0.
    pub(crate) fn is_unoptimised(&self) -> bool {
        let level = self.codegen("opt-level");
        matches!(level, None | Some("0")) && !self.arguments.iter().any(|it| it == "-O")
    }

    pub(crate) fn crate_name(&self) -> Option<&str> {
        self.value("--crate-name")
    }

    pub(crate) fn crate_types(&self) -> impl Iterator<Item = &str> {
        self.values("--crate-type")
            .flat_map(|types| types.split(','))
    }

    /// The stem of its artifacts: the crate's name, and usually cargo's hash of the unit.
    pub(crate) fn stem(&self) -> Option<String> {
        let extra = self.codegen("extra-filename").unwrap_or_default();
        Some(format!("{}{extra}", self.crate_name()?))
    }

    /// The name of its record.
    pub(crate) fn unit(&self) -> Option<String> {
        Some(unit_name(self.out_dir()?, &self.stem()?))
    }

    pub(crate) fn out_dir(&self) -> Option<&Path> {
        self.value("--out-dir").map(Path::new)
    }

    /// The dependencies that have a path.
    pub(crate) fn externs(&self) -> impl Iterator<Item = Extern<'_>> {
        self.values("--extern").filter_map(|value| {
            let (name, path) = value.split_once('=')?;
            // `priv:`, `noprelude:` and other modifiers come before the name.
            let name = name.rsplit(':').next().unwrap_or(name);
            Some(Extern {
                name,
                path: Path::new(path),
            })
        })
    }

    /// Replaces the values of long options for which `change` returns a new value.
    pub(crate) fn change_values(
        &mut self,
        option: &str,
        mut change: impl FnMut(&str) -> Option<String>,
    ) {
        let mut is_value = false;
        for argument in &mut self.arguments {
            if std::mem::take(&mut is_value) {
                if let Some(value) = change(argument) {
                    *argument = value;
                }
                continue;
            }
            is_value = argument == option;
            let value = argument.strip_prefix(option);
            if let Some(value) = value.and_then(|value| value.strip_prefix('='))
                && let Some(value) = change(value)
            {
                *argument = format!("{option}={value}");
            }
        }
    }

    /// Removes a long option and all its values.
    pub(crate) fn remove(&mut self, option: &str) {
        let mut is_value = false;
        self.arguments.retain(|argument| {
            if std::mem::take(&mut is_value) {
                return false;
            }
            is_value = argument == option;
            let is_joined = argument
                .strip_prefix(option)
                .is_some_and(|rest| rest.starts_with('='));
            !is_value && !is_joined
        });
    }

    /// Appends arguments. If an option is given twice, rustc uses the last.
    pub(crate) fn push<S: Into<String>>(&mut self, arguments: impl IntoIterator<Item = S>) {
        self.arguments.extend(arguments.into_iter().map(Into::into));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invocation(arguments: &str) -> Invocation {
        Invocation {
            program: "rustc".into(),
            arguments: arguments.split(' ').map(str::to_owned).collect(),
            environment: Variables::new(),
            directory: "/".into(),
        }
    }

    #[test]
    fn options_are_parsed_in_both_spellings() {
        let invocation = invocation(
            "--crate-name pages --crate-type lib --crate-type=cdylib,staticlib -C metadata=1 \
             -Cextra-filename=-2 --out-dir=/deps --extern a=/a.rmeta --extern priv:b=/b.rlib \
             --extern proc_macro -C metadata=3",
        );
        assert_eq!(invocation.crate_name(), Some("pages"));
        assert_eq!(
            invocation.crate_types().collect::<Vec<_>>(),
            ["lib", "cdylib", "staticlib"]
        );
        assert_eq!(invocation.codegen("metadata"), Some("3"), "the last counts");
        assert_eq!(invocation.stem().as_deref(), Some("pages-2"));
        assert_eq!(invocation.out_dir(), Some(Path::new("/deps")));
        let externs: Vec<_> = invocation.externs().map(|found| found.name).collect();
        assert_eq!(externs, ["a", "b"]);
    }

    #[test]
    fn an_option_is_removed_in_both_spellings() {
        let mut invocation = invocation("--emit=a --crate-type lib -C b --crate-type=cdylib c");
        invocation.remove("--crate-type");
        assert_eq!(invocation.arguments.join(" "), "--emit=a -C b c");
    }

    #[test]
    fn values_are_changed_in_both_spellings() {
        let mut invocation = invocation("--out-dir /a --extern x=/x --extern=y=/y --out-dir=/b");
        invocation.change_values("--out-dir", |_| Some("/c".to_owned()));
        invocation.change_values("--extern", |value| {
            value.starts_with("y=").then(|| "y=/z".to_owned())
        });
        assert_eq!(
            invocation.arguments.join(" "),
            "--out-dir /c --extern x=/x --extern=y=/z --out-dir=/c"
        );
    }
}

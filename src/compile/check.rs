//! The check of the whole workspace (`--check`): `cargo check`, or a command of the user's.
//!
//! It builds into a target directory of its own. In the session's, it would make builds of the host wait for
//! cargo's lock, and replace artifacts that generations are linked with; in the user's, it and the user's own
//! builds would wait for each other.

use std::fmt;
use std::process::{Command, Output};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic as OfRustc, DiagnosticLevel};
use console::strip_ansi_codes;
use serde::Serialize;
use serde_json::Value;

use crate::base::child_process::{Cancel, RunError};
use crate::cargo::progress::BuildOutput;
use crate::cargo::{diagnostics, environment, rustup};

use super::Builder;

/// What checks the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Checker {
    /// `cargo check` of all targets of all members.
    Cargo,
    /// A command for the shell.
    Command(String),
}

/// What a check found. The reference documents its JSON, which is kept stable.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct CheckReport {
    pub(crate) outcome: CheckOutcome,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// Errors first.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What else a failed check printed, if that is all there is to say.
    pub(crate) output: String,
    /// The errors as rustc renders them.
    #[serde(skip)]
    pub(crate) rendered: String,
    /// The diagnostics as cargo's JSON messages, for clients of the control socket.
    #[serde(skip)]
    pub(crate) messages: Vec<Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckOutcome {
    /// Without errors.
    #[default]
    Passed,
    Failed,
}

/// An error or a warning, which several targets may share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Diagnostic {
    pub(crate) level: Level,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    #[serde(flatten)]
    pub(crate) place: Option<Place>,
    /// Whether the last check did not find it.
    pub(crate) is_new: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Error,
    Warning,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Builder {
    /// Checks the workspace.
    pub(crate) fn check(
        &self,
        checker: &Checker,
        cancel: &Cancel,
    ) -> Result<CheckReport, RunError> {
        let mut online = match checker {
            Checker::Command(command) => {
                return read(cancel.output(&mut self.shell(command)));
            }
            Checker::Cargo => self.cargo_check(),
        };
        let mut offline = self.cargo_check();
        // As for builds of the host: a lock file may lack what needs no download.
        let checked = read(cancel.output(offline.arg("--offline")))?;
        let lacks_network = checked.errors == 0 && checked.output.contains("offline");
        match lacks_network && !self.selection.is_offline() {
            true => read(cancel.output(&mut online)),
            false => Ok(checked),
        }
    }

    fn shell(&self, words: &str) -> Command {
        let mut command = rustup::command("sh");
        command.args(["-c", words]);
        self.place(command)
    }

    fn cargo_check(&self) -> Command {
        let mut command = rustup::command(environment::cargo());
        command.args(["check", "--workspace", "--all-targets"]);
        command.arg("--message-format=json-diagnostic-rendered-ansi");
        command.args(self.selection.build_flags());
        self.place(command)
    }

    /// Has a command run in the workspace, and build into the directory for checks.
    fn place(&self, mut command: Command) -> Command {
        environment::clean(&mut command);
        let target = self.plan.directories().check();
        command
            .current_dir(&self.plan.workspace_root)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_BUILD_BUILD_DIR", target);
        command
    }
}

/// Reads what a command printed: cargo's messages, and anything else.
fn read(output: Result<Output, RunError>) -> Result<CheckReport, RunError> {
    let output = match output {
        Ok(output) => output,
        Err(RunError::Cancelled) => return Err(RunError::Cancelled),
        Err(error @ RunError::NotRun { .. }) => {
            return Ok(CheckReport {
                outcome: CheckOutcome::Failed,
                output: error.to_string(),
                ..CheckReport::default()
            });
        }
    };
    let mut checked = CheckReport::default();
    let mut lines = Vec::new();
    for message in Message::parse_stream(&*output.stdout).map_while(Result::ok) {
        match message {
            Message::CompilerMessage(message) => {
                checked.add(&message.message);
                // cargo writes valid JSON.
                let message = serde_json::to_value(Message::CompilerMessage(message));
                checked
                    .messages
                    .extend(message.map(diagnostics::without_colours));
            }
            Message::TextLine(line) => lines.push(strip_ansi_codes(&line).into_owned()),
            _ => {}
        }
    }
    checked.sort();
    if !output.status.success() || checked.errors > 0 {
        checked.outcome = CheckOutcome::Failed;
    }
    if checked.outcome == CheckOutcome::Failed && checked.errors == 0 {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stderr = strip_ansi_codes(&stderr);
        let is_step = |line: &str| BuildOutput::status(line).is_some();
        lines.extend(stderr.lines().filter(|it| !is_step(it)).map(str::to_owned));
        checked.output = match lines.join("\n").trim() {
            "" => format!("the check ended with {}", output.status),
            lines => lines.to_owned(),
        };
    }
    Ok(checked)
}

impl CheckReport {
    pub(crate) fn has_passed(&self) -> bool {
        self.outcome == CheckOutcome::Passed
    }

    fn add(&mut self, diagnostic: &OfRustc) {
        let Some(finding) = Diagnostic::of(diagnostic) else {
            return;
        };
        if self.diagnostics.contains(&finding) {
            return;
        }
        if finding.level == Level::Error {
            self.rendered.extend(diagnostic.rendered.clone());
        }
        self.diagnostics.push(finding);
    }

    fn sort(&mut self) {
        self.diagnostics.sort_by_key(|it| it.level);
        let errors = self.diagnostics.iter();
        self.errors = errors.filter(|it| it.level == Level::Error).count();
        self.warnings = self.diagnostics.len() - self.errors;
    }

    /// Finds out what is new since the check before. Lines may have moved since.
    pub(crate) fn compare(&mut self, before: &CheckReport) {
        let mut before: Vec<_> = before
            .diagnostics
            .iter()
            .map(Diagnostic::identity)
            .collect();
        for finding in &mut self.diagnostics {
            let identity = finding.identity();
            let known = before.iter().position(|it| *it == identity);
            let is_new = known.map(|it| before.swap_remove(it)).is_none();
            finding.is_new = is_new;
        }
    }
}

impl Diagnostic {
    /// None for what is neither an error nor a warning in the sources: rustc counts them at its end.
    fn of(diagnostic: &OfRustc) -> Option<Self> {
        let level = match diagnostic.level {
            DiagnosticLevel::Error | DiagnosticLevel::Ice => Level::Error,
            DiagnosticLevel::Warning => Level::Warning,
            _ => return None,
        };
        let message = &diagnostic.message;
        let place = diagnostic.spans.iter().find(|it| it.is_primary);
        let counts = message.starts_with("aborting due to ") || message.ends_with(" emitted");
        if place.is_none() && counts {
            return None;
        }
        Some(Diagnostic {
            level,
            code: diagnostic.code.as_ref().map(|it| it.code.clone()),
            message: message.clone(),
            place: place.map(|it| Place {
                path: it.file_name.clone(),
                line: it.line_start,
                column: it.column_start,
            }),
            is_new: true,
        })
    }

    fn identity(&self) -> (Level, String, Option<String>) {
        let path = self.place.as_ref().map(|it| it.path.clone());
        (self.level, self.message.clone(), path)
    }
}

/// As cargo's `--message-format short`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { path, line, column }) = &self.place {
            write!(f, "{path}:{line}:{column}: ")?;
        }
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        match self.code.as_ref().filter(|_| self.level == Level::Error) {
            Some(code) => write!(f, "{level}[{code}]: ")?,
            None => write!(f, "{level}: ")?,
        }
        f.write_str(self.message.lines().next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;

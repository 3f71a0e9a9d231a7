//! The state of the check of the workspace (`--check`), for `list` and `wait --checked`.

use serde::{Deserialize, Serialize};

use crate::compile::{CheckReport, Diagnostic};

/// The state of the check. The reference documents its JSON, which is kept stable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) state: CheckState,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// A line for each of them, or what a check that could not run has printed.
    pub(crate) diagnostics: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CheckState {
    /// It has not begun since the last save.
    #[default]
    Waiting,
    Running,
    /// Without errors.
    Passed,
    Failed,
}

impl From<&CheckReport> for Check {
    fn from(checked: &CheckReport) -> Self {
        let findings = checked.diagnostics.iter().map(Diagnostic::to_string);
        let output = checked.output.lines().map(str::to_owned);
        Check {
            state: match checked.has_passed() {
                true => CheckState::Passed,
                false => CheckState::Failed,
            },
            errors: checked.errors,
            warnings: checked.warnings,
            diagnostics: findings.chain(output).collect(),
        }
    }
}

impl Check {
    /// Its state in a few words.
    pub(crate) fn words(&self) -> String {
        match self.state {
            CheckState::Waiting => "waiting".to_owned(),
            CheckState::Running => "running".to_owned(),
            CheckState::Passed | CheckState::Failed => {
                let is_passed = self.state == CheckState::Passed;
                counts(is_passed, self.errors, self.warnings)
            }
        }
    }
}

/// What a check found, in a few words.
pub(super) fn counts(has_passed: bool, errors: usize, warnings: usize) -> String {
    let count = |number: usize, what: &str| match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{number} {what}s")),
    };
    let counts = [count(errors, "error"), count(warnings, "warning")];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    match (has_passed, errors) {
        (true, _) if counts.is_empty() => "no errors or warnings".to_owned(),
        (false, 0) => "failed".to_owned(),
        _ => counts.join(", "),
    }
}

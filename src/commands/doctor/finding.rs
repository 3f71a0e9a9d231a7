//! The result of a check.

use serde::Serialize;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    Ok,
    /// A session can run, but could be faster or reload more.
    Warning,
    /// No session can run.
    Error,
}

/// The result for one thing that was checked.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// The name of the check: one word.
    pub(crate) check: &'static str,
    pub(crate) severity: Severity,
    pub(crate) what: String,
    /// What to do. None if nothing is wrong, or if cargo's message says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
}

impl Finding {
    pub(crate) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            check,
            severity: Severity::Ok,
            what: what.into(),
            help: None,
        }
    }

    pub(crate) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Warning,
            ..Finding::ok(check, what)
        }
    }

    pub(crate) fn error(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Error,
            ..Finding::ok(check, what)
        }
    }

    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

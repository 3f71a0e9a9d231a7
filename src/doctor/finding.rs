//! What a check says.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    Ok,
    /// A session runs, and could do better.
    Warning,
    /// No session runs.
    Error,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The kind of check: one word.
    pub(super) check: &'static str,
    pub(super) severity: Severity,
    pub(super) what: String,
    /// What to do; nothing where all is well, or where cargo's own words say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            check,
            severity: Severity::Ok,
            what: what.into(),
            help: None,
        }
    }

    pub(super) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Warning,
            ..Finding::ok(check, what)
        }
    }

    pub(super) fn error(check: &'static str, what: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Error,
            ..Finding::ok(check, what)
        }
    }

    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

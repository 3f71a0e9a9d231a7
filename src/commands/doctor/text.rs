//! The findings as text, in cargo's style: a right-aligned status word, then the message.

use std::fmt::Write as _;

use console::Style;

use super::Diagnosis;
use super::finding::Severity;

impl Diagnosis {
    pub(crate) fn text(&self, colours: bool) -> String {
        let styled = |style: Style, word: &str| {
            let style = style.bold().force_styling(colours);
            style.apply_to(format!("{word:>12}")).to_string()
        };
        let mut text = String::new();
        let mut line = |word: String, what: &str| {
            // Further lines are aligned with the first.
            let what = what.replace('\n', &format!("\n{:13}", ""));
            let _ = writeln!(text, "{word} {what}");
        };
        for finding in &self.findings {
            let word = match finding.severity {
                Severity::Ok => styled(Style::new().green(), "Ok"),
                Severity::Warning => styled(Style::new().yellow(), "Warning"),
                Severity::Error => styled(Style::new().red(), "Error"),
            };
            line(word, &format!("{}: {}", finding.check, finding.what));
            if let Some(help) = &finding.help {
                line(styled(Style::new().green(), "help:"), help);
            }
        }
        let warnings = match self.warnings {
            0 => String::new(),
            1 => " · 1 warning".to_owned(),
            many => format!(" · {many} warnings"),
        };
        let (style, outcome) = match (self.errors, self.warnings) {
            (0, 0) => (Style::new().green(), "no problems found".to_owned()),
            (0, _) => (Style::new().green(), "a session can run".to_owned()),
            (1, _) => (Style::new().red(), "1 error prevents a session".to_owned()),
            (many, _) => (
                Style::new().red(),
                format!("{many} errors prevent a session"),
            ),
        };
        line(styled(style, "Finished"), &format!("{outcome}{warnings}"));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::Finding;

    fn text(findings: Vec<Finding>, errors: usize, warnings: usize) -> String {
        let diagnosis = Diagnosis {
            errors,
            warnings,
            findings,
        };
        diagnosis.text(false)
    }

    #[test]
    fn a_help_is_shown_below_its_finding() {
        let findings = vec![
            Finding::ok("socket", "it is there"),
            Finding::error("link", "first\nsecond").help("do\nthis".to_owned()),
        ];
        assert_eq!(
            text(findings, 1, 2),
            "          Ok socket: it is there\n       Error link: first\n             second\n       \
             help: do\n             this\n    Finished 1 error prevents a session · 2 warnings\n"
        );
        assert_eq!(text(vec![], 0, 0), "    Finished no problems found\n");
        assert_eq!(
            text(vec![], 0, 1),
            "    Finished a session can run · 1 warning\n"
        );
    }
}

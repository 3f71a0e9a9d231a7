//! The lines of a check of the workspace: how much it found, and what the check before did not find.

use std::fmt::Write as _;

use super::{Content, Lines, Tone};
use crate::compile::{CheckReport, Diagnostic};
use crate::report::check::counts;

/// How many diagnostics are shown.
const SHOWN: usize = 10;

pub(super) fn checked<'a>(checked: &CheckReport, ms: f64) -> Vec<Lines<'a>> {
    let new: Vec<String> = match &*checked.output {
        "" => {
            let new = checked.diagnostics.iter().filter(|it| it.is_new);
            new.map(Diagnostic::to_string).collect()
        }
        output => output.lines().map(str::to_owned).collect(),
    };
    let mut text = counts(checked.has_passed(), checked.errors, checked.warnings);
    let all = checked.diagnostics.len();
    if all > 0 && new.is_empty() {
        text += ", as before";
    } else if all > new.len() && !new.is_empty() {
        let _ = write!(text, " ({} new)", new.len());
    }
    let _ = write!(text, " · {:.1} s", ms / 1000.0);
    let tone = match (checked.has_passed(), new.is_empty()) {
        (false, _) => Tone::Bad,
        (true, false) => Tone::Notable,
        (true, true) => Tone::Good,
    };
    let status = Lines::status(tone, "Checked", text);
    let mut shown = String::new();
    for line in new.iter().take(SHOWN) {
        let _ = writeln!(shown, "{line}");
    }
    if new.len() > SHOWN {
        let more = new.len() - SHOWN;
        let _ = writeln!(shown, "and {more} more: `cargo hotmod list` shows them");
    }
    let level = status.level;
    let mut lines = vec![status];
    if !shown.is_empty() {
        let content = Content::Rendered(shown.into());
        lines.push(Lines { level, content });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{CheckOutcome, Level, Place};

    fn warning(number: usize, is_new: bool) -> Diagnostic {
        Diagnostic {
            level: Level::Warning,
            code: Some("unused".to_owned()),
            message: format!("unused {number}"),
            place: Some(Place {
                path: "a.rs".to_owned(),
                line: number,
                column: 1,
            }),
            is_new,
        }
    }

    fn report(new: usize, known: usize) -> CheckReport {
        let diagnostics = (0..new + known).map(|it| warning(it, it < new));
        CheckReport {
            warnings: new + known,
            diagnostics: diagnostics.collect(),
            ..CheckReport::default()
        }
    }

    fn shown(report: &CheckReport) -> String {
        let lines = checked(report, 1234.0);
        lines.iter().map(|it| it.paint(false)).collect()
    }

    #[test]
    fn what_is_new_is_shown() {
        for (new, known, expected) in [
            (0, 0, "     Checked no errors or warnings · 1.2 s\n"),
            (0, 2, "     Checked 2 warnings, as before · 1.2 s\n"),
            (
                1,
                0,
                "     Checked 1 warning · 1.2 s\na.rs:0:1: warning: unused 0\n",
            ),
            (
                1,
                2,
                "     Checked 3 warnings (1 new) · 1.2 s\na.rs:0:1: warning: unused 0\n",
            ),
        ] {
            assert_eq!(shown(&report(new, known)), expected);
        }
        let all = shown(&report(SHOWN + 2, 0));
        assert_eq!(all.lines().count(), SHOWN + 2);
        assert!(
            all.ends_with("and 2 more: `cargo hotmod list` shows them\n"),
            "{all}"
        );
    }

    #[test]
    fn a_check_that_could_not_run_says_why() {
        let failed = CheckReport {
            outcome: CheckOutcome::Failed,
            output: "error: no such command: `chekc`".to_owned(),
            ..CheckReport::default()
        };
        let expected = "     Checked failed · 1.2 s\nerror: no such command: `chekc`\n";
        assert_eq!(shown(&failed), expected);
    }
}

//! Prints a Markdown table row by row, because a run takes minutes.

use std::io::Write as _;

pub(crate) struct Table;

impl Table {
    /// Writes the header; the first column is of names, the others are of numbers.
    pub(crate) fn new(columns: &[&str]) -> Self {
        line(&format!("| {} |", columns.join(" | ")));
        line(&format!("|---|{}", "--:|".repeat(columns.len() - 1)));
        Table
    }

    pub(crate) fn row(&self, cells: &[String]) {
        line(&format!("| {} |", cells.join(" | ")));
    }
}

/// Writes a line that belongs to the outcome.
pub(crate) fn line(text: &str) {
    writeln!(std::io::stdout(), "{text}").expect("stdout");
}

//! Counts the outcomes of the edits by class.

use std::collections::BTreeMap;
use std::fmt;

use crate::twin_workspaces::{Outcome, Settled};

/// Numbers of edits.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    edits: u32,
    /// A clean build shows something else than before.
    shows: u32,
    live: u32,
    nothing: u32,
    restarted: u32,
    /// It does not compile.
    failed: u32,
    /// It was live until the comparison with a clean build found a difference.
    corrected: u32,
    /// A restart, though a clean build makes the same program.
    needless: u32,
    /// A restart, though a clean build shows the same.
    unseen: u32,
}

impl Count {
    const COLUMNS: [&str; 9] = [
        "edits",
        "shows",
        "live",
        "nothing",
        "restart",
        "failed",
        "corrected",
        "needless",
        "unseen",
    ];

    fn numbers(&self) -> [u32; 9] {
        [
            self.edits,
            self.shows,
            self.live,
            self.nothing,
            self.restarted,
            self.failed,
            self.corrected,
            self.needless,
            self.unseen,
        ]
    }
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    classes: BTreeMap<&'static str, Count>,
    failures: Vec<String>,
}

impl Tally {
    pub(super) fn add(
        &mut self,
        class: &'static str,
        settled: &Settled,
        shows: bool,
        is_same_program: bool,
    ) {
        let count = self.classes.entry(class).or_default();
        count.edits += 1;
        count.shows += u32::from(shows);
        count.corrected += u32::from(settled.was_live);
        match settled.outcome {
            Outcome::Live { .. } => count.live += 1,
            Outcome::Nothing => count.nothing += 1,
            Outcome::CompileError => count.failed += 1,
            Outcome::Restarted { .. } => {
                count.restarted += 1;
                count.needless += u32::from(is_same_program);
                count.unseen += u32::from(!shows);
            }
        }
    }

    /// How many edits of a class there were.
    pub(super) fn edits(&self, class: &str) -> u32 {
        self.classes.get(class).map_or(0, |it| it.edits)
    }

    /// After an edit, the program was not what a clean build is.
    pub(super) fn fail(&mut self, what: String) {
        self.failures.push(what);
    }

    pub(super) fn assert_equal(&self) {
        assert!(
            self.failures.is_empty(),
            "{self}\n{}",
            self.failures.join("\n")
        );
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut total = [0; 9];
        write!(f, "{:24}", "")?;
        for column in Count::COLUMNS {
            write!(f, "{column:>10}")?;
        }
        for (class, count) in &self.classes {
            write!(f, "\n{class:24}")?;
            for (number, total) in count.numbers().into_iter().zip(&mut total) {
                write!(f, "{number:10}")?;
                *total += number;
            }
        }
        write!(f, "\n{:24}", "total")?;
        for number in total {
            write!(f, "{number:10}")?;
        }
        Ok(())
    }
}

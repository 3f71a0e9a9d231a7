//! Counts the outcomes of the edits by class, and prints them when the run ends, however it ends.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

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
    clean_builds: Spent,
    settling: Spent,
}

/// The time that something took, in total.
#[derive(Debug, Default)]
struct Spent {
    times: u32,
    total: Duration,
}

impl Spent {
    fn add(&mut self, time: Duration) {
        self.times += 1;
        self.total += time;
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.total.as_secs_f64() / f64::from(self.times.max(1));
        write!(f, "{}, {each:.1} s each", self.times)
    }
}

impl Tally {
    pub(super) fn add_clean_build(&mut self, time: Duration) {
        self.clean_builds.add(time);
    }

    /// The session took this time until it was at rest.
    pub(super) fn add_settling(&mut self, time: Duration) {
        self.settling.add(time);
    }

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
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}

impl Drop for Tally {
    #[expect(clippy::print_stdout, reason = "the table is the result")]
    fn drop(&mut self) {
        println!("{self}");
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
        let (builds, settling) = (&self.clean_builds, &self.settling);
        write!(f, "\nclean builds: {builds}; sessions: {settling}")
    }
}

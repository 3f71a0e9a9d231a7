//! Counts the outcomes of the edits by kind.

use std::collections::BTreeMap;
use std::fmt;

use crate::twin_workspaces::Outcome;

/// Numbers of edits.
#[derive(Clone, Debug, Default)]
struct Count {
    all: u32,
    /// The output is another one.
    showed: u32,
    live: u32,
    /// Of the live ones: the base was compiled, and not all that use it were.
    relinked: u32,
    restarted: u32,
    nothing: u32,
    failed: u32,
}

/// All edits, by kind.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<String, Count>);

impl Tally {
    pub(super) fn add(&mut self, kind: &str, outcome: &Outcome, showed: bool) {
        let kind = self.0.entry(kind.to_owned()).or_default();
        kind.all += 1;
        kind.showed += u32::from(showed);
        match outcome {
            Outcome::Live { crates, .. } => {
                kind.live += 1;
                let has = |name| crates.iter().any(|it| it == name);
                let all = ["middle", "left", "right"].into_iter().all(has);
                kind.relinked += u32::from(has("base") && !all);
            }
            Outcome::Restarted { .. } => kind.restarted += 1,
            Outcome::Nothing => kind.nothing += 1,
            Outcome::CompileError => kind.failed += 1,
        }
    }

    fn total(&self) -> Count {
        let mut total = Count::default();
        for count in self.0.values() {
            total.all += count.all;
            total.showed += count.showed;
            total.live += count.live;
            total.relinked += count.relinked;
            total.restarted += count.restarted;
            total.nothing += count.nothing;
            total.failed += count.failed;
        }
        total
    }

    /// How many edits of the base left a dependant as it was.
    pub(super) fn relinked(&self) -> u32 {
        self.total().relinked
    }

    /// How many edits changed what the program shows.
    pub(super) fn showed(&self) -> u32 {
        self.total().showed
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = [
            "edits",
            "showed",
            "live",
            "relinked",
            "restarted",
            "nothing",
            "failed",
        ];
        write!(f, "{:14}", "")?;
        for column in columns {
            write!(f, "{column:>10}")?;
        }
        let total = ("total".to_owned(), self.total());
        for (kind, count) in self.0.iter().chain([(&total.0, &total.1)]) {
            write!(f, "\n{kind:14}")?;
            for number in [
                count.all,
                count.showed,
                count.live,
                count.relinked,
                count.restarted,
                count.nothing,
                count.failed,
            ] {
                write!(f, "{number:10}")?;
            }
        }
        Ok(())
    }
}

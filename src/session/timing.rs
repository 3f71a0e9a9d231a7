//! When to look at what was saved: as soon as it is whole.
//!
//! An input is looked at when the first event comes: if that was not all of the save, the build
//! that began is cancelled by the next event. A file that is empty or gone is looked at again a
//! little later: it may be in the middle of a save that truncates, or deletes and makes anew. Other
//! files are looked at when nothing happened for a moment.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::stale::Inputs;

/// How long it must have been quiet before other files than inputs are looked at.
const QUIET: Duration = Duration::from_millis(10);
/// How long at the most it may never be quiet.
const BUSY: Duration = Duration::from_millis(60);
/// How long a file may be empty or gone before that is what its author wants.
const HALF_SAVED: Duration = Duration::from_millis(700);

/// The files that were touched, until it is quiet.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    touched: BTreeSet<PathBuf>,
    first: Option<Instant>,
    due: Option<Instant>,
}

impl Quiet {
    /// Files were touched; they are looked at `at_once` or when it is quiet.
    pub(super) fn touch(&mut self, paths: impl IntoIterator<Item = PathBuf>, at_once: bool) {
        let now = Instant::now();
        let first = *self.first.get_or_insert(now);
        self.touched.extend(paths);
        let due = match at_once {
            true => now,
            false => (now + QUIET).min(first + BUSY).max(now),
        };
        self.due = Some(due);
    }

    /// The files that are still to be looked at.
    pub(super) fn touched(&self) -> &BTreeSet<PathBuf> {
        &self.touched
    }

    /// How long to wait, if there is anything to wait for.
    pub(super) fn remaining(&self) -> Option<Duration> {
        let due = self.due?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// What was touched, and when first; `None` if it is to be waited for a little longer.
    pub(super) fn settle(&mut self, inputs: &Inputs) -> Option<(BTreeSet<PathBuf>, Instant)> {
        let first = self.first?;
        let mut inputs = self.touched.iter().filter(|path| inputs.contains(path));
        if first.elapsed() < HALF_SAVED && inputs.any(|path| is_half_saved(path)) {
            self.due = Some(Instant::now() + QUIET);
            return None;
        }
        self.first = None;
        self.due = None;
        Some((std::mem::take(&mut self.touched), first))
    }
}

/// Whether a file may be in the middle of a save.
pub(super) fn is_half_saved(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
}

//! When to stop restarting the program again and again.
//!
//! A program may write a file that its build reads, for example a log in a package whose build script
//! names no files. Then each start is followed by a change that needs a restart.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::decide::Reason;
use crate::stale::Changed;

/// How long after a start a change counts as the program's own.
const OWN_CHANGE_WINDOW: Duration = Duration::from_secs(1);
/// How many restarts may have the same reason and no other change.
pub(super) const LIMIT: usize = 5;

/// The restarts that nobody seems to have saved a file for.
#[derive(Debug, Default)]
pub(super) struct RepeatedRestarts {
    build_began: Option<Instant>,
    started: Option<Instant>,
    saved: Option<Instant>,
    reasons: Vec<Reason>,
}

impl RepeatedRestarts {
    /// A build of the host began.
    pub(super) fn build_began(&mut self, now: Instant) {
        self.build_began = Some(now);
    }

    /// The host was started.
    pub(super) fn started(&mut self, now: Instant) {
        self.started = Some(now);
    }

    /// A file changed.
    pub(super) fn saved(&mut self, now: Instant) {
        self.saved = Some(now);
    }

    /// Adds a restart for these changes. Returns whether it is one too many.
    pub(super) fn are_enough(&mut self, reason: &Reason, changed: &Changed) -> bool {
        let Some(started) = self.started.filter(|it| Some(*it) >= self.build_began) else {
            // It is the same restart, for which the host is built again.
            return false;
        };
        let is_own = match self.saved {
            Some(saved) if saved >= started => {
                saved < started + OWN_CHANGE_WINDOW && !changed.keys().any(|path| is_source(path))
            }
            // If a file was saved during the build, the build may have missed it.
            saved => saved < self.build_began,
        };
        if !is_own {
            self.reasons.retain(|it| it != reason);
            return false;
        }
        let alike = self.reasons.iter().filter(|it| *it == reason).count();
        if alike < LIMIT {
            self.reasons.push(reason.clone());
        }
        alike == LIMIT
    }
}

/// Whether this is a file that programs don't write, but that scripts may edit as soon as the program has
/// started.
fn is_source(path: &Path) -> bool {
    let is_manifest = path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock");
    is_manifest || path.extension().is_some_and(|it| it == "rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::path::PathBuf;

    use crate::base::contents::Digested;

    const MOMENT: Duration = Duration::from_millis(10);

    fn change(path: &str) -> Changed {
        Changed::from([(PathBuf::from(path), Digested::Missing)])
    }

    /// Whether each of the restarts is one too many, if a file changes so long after the build began.
    fn restarts(
        repeated: &mut RepeatedRestarts,
        now: &mut Instant,
        saved: Option<Duration>,
    ) -> Vec<bool> {
        let of_one = |_| {
            repeated.build_began(*now);
            repeated.started(*now + OWN_CHANGE_WINDOW);
            if let Some(after) = saved {
                repeated.saved(*now + after);
            }
            *now += 10 * OWN_CHANGE_WINDOW;
            repeated.are_enough(&Reason::NothingBuilt, &change("app.log"))
        };
        (0..=LIMIT).map(of_one).collect()
    }

    #[test]
    fn restarts_for_changes_at_the_start_end() {
        let mut repeated = RepeatedRestarts::default();
        let mut now = Instant::now();
        let mut check = |saved: Option<Duration>, is_enough| {
            let found = restarts(&mut repeated, &mut now, saved);
            assert_eq!(found.last(), Some(&is_enough), "{saved:?}");
            assert_eq!(
                found.iter().filter(|it| **it).count(),
                usize::from(is_enough)
            );
        };
        check(Some(MOMENT), false);
        check(Some(OWN_CHANGE_WINDOW + MOMENT), true);
        // Someone saved the file, and then it is as before.
        check(Some(OWN_CHANGE_WINDOW + OWN_CHANGE_WINDOW), false);
        check(Some(OWN_CHANGE_WINDOW), true);
    }

    #[test]
    fn restarts_without_any_change_end() {
        let mut now = Instant::now();
        let found = restarts(&mut RepeatedRestarts::default(), &mut now, None);
        assert_eq!(found.last(), Some(&true));
    }

    #[test]
    fn a_source_is_edited_as_often_as_somebody_likes() {
        for source in ["/w/src/main.rs", "/w/Cargo.toml", "/w/Cargo.lock"] {
            let mut repeated = RepeatedRestarts::default();
            let now = Instant::now();
            repeated.started(now);
            repeated.saved(now);
            let mut answers =
                (0..=LIMIT).map(|_| repeated.are_enough(&Reason::NothingBuilt, &change(source)));
            assert!(!answers.any(|it| it), "{source}");
        }
    }

    #[test]
    fn other_reasons_do_not_hide_it() {
        let mut repeated = RepeatedRestarts::default();
        let (now, changed) = (Instant::now(), change("app.log"));
        repeated.build_began(now);
        repeated.started(now);
        repeated.saved(now);
        for _ in 0..LIMIT {
            assert!(!repeated.are_enough(&Reason::NothingBuilt, &changed));
            assert!(!repeated.are_enough(&Reason::NotRunning, &changed));
        }
        assert!(repeated.are_enough(&Reason::NothingBuilt, &changed));
        repeated.build_began(now + MOMENT);
        assert!(
            !repeated.are_enough(&Reason::NothingBuilt, &changed),
            "the host is being built again"
        );
    }
}

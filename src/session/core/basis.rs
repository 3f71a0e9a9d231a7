//! What builds and outcomes stand on.

use crate::stale::Changed;

/// What a build stands on: a look, and what it found.
#[derive(Clone, Debug, Default)]
pub(super) struct Basis {
    /// The number of the look.
    pub(super) look: u64,
    /// What differed from what runs.
    pub(super) changed: Changed,
    /// Whether changes were refused before that only a restart brings.
    pub(super) owes_restart: bool,
}

impl Basis {
    /// A newer look confirms it, if that found the same.
    pub(super) fn confirm(&mut self, seen: &Basis) {
        if self.changed == seen.changed {
            self.look = seen.look;
        }
    }
}

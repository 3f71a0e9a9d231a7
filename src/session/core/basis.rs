//! What builds and outcomes are based on.

use crate::stale::Changed;

/// A look, and what it found.
#[derive(Clone, Debug, Default)]
pub(super) struct Basis {
    /// The number of the look.
    pub(super) look: u64,
    /// The look for which the build began. Later ones found the same.
    pub(super) first_look: u64,
    /// The files that differed from those of the running program.
    pub(super) changed: Changed,
    /// Whether earlier changes were refused because they need a restart.
    pub(super) has_put_off: bool,
}

impl Basis {
    /// Takes the number of a newer look that found the same.
    pub(super) fn confirm(&mut self, seen: &Basis) {
        if self.changed == seen.changed {
            self.look = seen.look;
        }
    }
}

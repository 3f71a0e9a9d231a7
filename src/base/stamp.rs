//! Unique names of compilations.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Identifies one compilation of a unit, by a time and a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Stamp(pub(crate) u64, pub(crate) u64);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.0, self.1)
    }
}

impl Stamp {
    /// A new, unique stamp.
    pub(crate) fn next() -> Self {
        // Relaxed: it only distinguishes stamps with the same time.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Stamp(now.unwrap_or_default().as_nanos() as u64, count)
    }
}

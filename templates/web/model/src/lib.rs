//! The types and the state. This crate is not reloadable: an edit here restarts the server, which
//! takes the state along. Add fields with `#[serde(default)]`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// The state of the server.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Site {
    visits: AtomicU64,
}

/// One page load.
#[derive(Debug)]
pub struct Visit {
    /// The first visit has number 1.
    pub number: u64,
}

impl Site {
    /// Counts a page load.
    pub fn visit(&self) -> Visit {
        Visit {
            number: self.visits.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

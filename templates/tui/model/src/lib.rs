//! The state. This crate is not reloadable: the state stays while the screens change. An edit here
//! restarts the program, which takes the state along. Add fields with `#[serde(default)]`.

use serde::{Deserialize, Serialize};

/// The state of the program.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// Tenths of a second since the start.
    pub ticks: u64,
    /// Counted up and down with the arrow keys.
    pub count: i64,
}

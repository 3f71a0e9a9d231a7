//! The state. Not reloadable: it stays while the screens change, and an edit here restarts the
//! program.

/// What the program knows.
#[derive(Debug, Default)]
pub struct State {
    /// Tenths of a second since the start.
    pub ticks: u64,
    /// What the user counts with the arrow keys.
    pub count: i64,
}

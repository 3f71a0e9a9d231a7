//! The state. This crate is not reloadable: the state stays while the screens change, and an edit
//! here restarts the program.

/// The state of the program.
#[derive(Debug, Default)]
pub struct State {
    /// Tenths of a second since the start.
    pub ticks: u64,
    /// Counted up and down with the arrow keys.
    pub count: i64,
}

//! The memory that retired generations take, which the host reports when a generation goes live.

/// The host's last report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct SwapReport {
    /// How long it took to verify, load and swap.
    pub(in crate::session) micros: u64,
    /// As in the event `live`.
    pub(in crate::session) kept_generations: u32,
    pub(in crate::session) kept_bytes: u64,
}

/// The memory of retired generations above which the user is told.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// Each takes about five mappings, and Linux allows a process 65,530.
const MOST_GENERATIONS: u32 = 4000;

impl SwapReport {
    /// Whether retired generations take much.
    pub(in crate::session) fn is_much(&self) -> bool {
        self.kept_bytes > MOST_BYTES || self.kept_generations > MOST_GENERATIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_is_said_and_little_is_not() {
        let report = |kept_generations, kept_bytes| SwapReport {
            micros: 1,
            kept_generations,
            kept_bytes,
        };
        assert!(!report(MOST_GENERATIONS, MOST_BYTES).is_much());
        for much in [report(MOST_GENERATIONS + 1, 0), report(1, MOST_BYTES + 1)] {
            assert!(much.is_much());
        }
    }
}

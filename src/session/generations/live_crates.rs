//! The compilations that the live generation consists of.

use crate::base::stamp::Stamp;
use crate::compile::Followed;

/// The packages of a generation, with the stamps of their compilations.
type Made = Vec<(String, Stamp)>;

/// What the live generation was made of.
#[derive(Debug, Default)]
pub(super) struct LiveCrates {
    /// Before the first generation, the compilations that existed already.
    made: Made,
    /// Those of a host that starts.
    baseline: Made,
    /// The crates that were compiled for the live generation, of which the next one is likely to be made.
    compiled: Vec<String>,
}

impl LiveCrates {
    /// A host was built.
    pub(super) fn host_built(made: Made) -> Self {
        LiveCrates {
            baseline: made.clone(),
            made,
            compiled: Vec::new(),
        }
    }

    /// The first generation was built before it was needed.
    pub(super) fn built_ahead(&mut self, made: Made) {
        self.made.clone_from(&made);
        self.baseline = made;
    }

    /// A host starts, although generations have gone live since it was built.
    pub(super) fn back_to_baseline(&mut self) {
        self.made.clone_from(&self.baseline);
    }

    /// A generation went live. Returns the crates that were compiled for it.
    pub(super) fn went_live(&mut self, made: Made) -> Vec<String> {
        let new = made.iter().filter(|it| !self.made.contains(it));
        self.compiled = new.map(|(package, _)| package.clone()).collect();
        self.made = made;
        self.compiled.clone()
    }

    /// Full compilations followed deltas. Their objects are those of the next deltas, so they count as
    /// compiled earlier.
    pub(super) fn followed(&mut self, followed: &[Followed]) {
        self.compiled
            .retain(|package| followed.iter().all(|it| it.package != *package));
    }

    pub(super) fn compiled(&self) -> &[String] {
        &self.compiled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(of: &[(&str, u64)]) -> Made {
        let of = of.iter();
        of.map(|(package, time)| ((*package).to_owned(), Stamp(*time, 0)))
            .collect()
    }

    #[test]
    fn crates_with_another_stamp_were_compiled() {
        let mut crates = LiveCrates::host_built(made(&[("a", 1), ("b", 1)]));
        assert_eq!(crates.went_live(made(&[("a", 2), ("b", 1)])), ["a"]);
        assert_eq!(crates.compiled(), ["a"]);
        assert!(crates.went_live(made(&[("a", 2), ("b", 1)])).is_empty());
        crates.back_to_baseline();
        assert_eq!(crates.went_live(made(&[("a", 2), ("b", 1)])), ["a"]);
        crates.built_ahead(made(&[("a", 3), ("b", 1)]));
        assert_eq!(crates.went_live(made(&[("a", 2), ("b", 1)])), ["a"]);
    }
}

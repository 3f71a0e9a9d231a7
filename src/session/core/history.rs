//! The generations that were live in a host before the one that is.

#[derive(Debug, Default)]
pub(super) struct History {
    /// Those to which the host can go back, oldest first. One that was left by going back is not among them.
    before: Vec<u32>,
    /// The number that the live generation had before, if it is live again.
    earlier: Option<u32>,
}

impl History {
    /// A newer generation went live.
    pub(super) fn went_live(&mut self, retired: u32) {
        self.before.push(retired);
        self.earlier = None;
    }

    /// The last one is live again.
    pub(super) fn went_back(&mut self) {
        self.earlier = self.before.pop();
    }

    /// The generation that would go live again.
    pub(super) fn last(&self) -> Option<u32> {
        self.before.last().copied()
    }

    /// The number that the live generation had before, if it is live again.
    pub(super) fn earlier(&self) -> Option<u32> {
        self.earlier
    }
}

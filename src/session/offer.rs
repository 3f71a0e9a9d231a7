//! A generation that was built, until the host has replied to its offer.

use std::time::{Duration, Instant};

use crate::base::contents::Digested;
use crate::compat::Checked;
use crate::compile::Built;
use crate::host::Image;
use crate::stale::Changed;

/// A built generation on its way to the host.
pub(super) struct Offer {
    pub(super) built: Built,
    pub(super) image: Image,
    /// The layouts of its types, if they could be read.
    pub(super) checked: Option<Checked>,
    /// How long it took to compare them.
    pub(super) check: Duration,
    /// The changed files that its build saw.
    pub(super) saw: Changed,
    pub(super) detected: Option<Instant>,
    pub(super) begun: Instant,
}

impl Offer {
    /// Whether a source changed while it was compiled.
    pub(super) fn is_doubtful(&self) -> bool {
        let mut contents = self.built.inputs.values();
        contents.any(|content| *content == Digested::Unknown)
    }
}

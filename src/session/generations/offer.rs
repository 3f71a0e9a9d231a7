//! A generation that was built, until the host has replied to its offer.

use std::time::{Duration, Instant};

use crate::base::contents::Digested;
use crate::compat::Checked;
use crate::compile::Built;
use crate::host::Image;
use crate::report::Phases;
use crate::stale::Changed;

use super::SwapReport;

/// A built generation on its way to the host.
pub(in crate::session) struct Offer {
    pub(in crate::session) built: Built,
    pub(in crate::session) image: Image,
    /// The layouts of its types, if they could be read.
    pub(in crate::session) checked: Option<Checked>,
    /// How long it took to compare them.
    pub(in crate::session) check: Duration,
    /// The changed files that its build saw.
    pub(in crate::session) saw: Changed,
    /// When the edit that led to it was noticed, if it was an edit.
    pub(in crate::session) detected: Option<Instant>,
    pub(in crate::session) begun: Instant,
    /// Whether the host was told that it need not go live any more.
    pub(in crate::session) is_taken_back: bool,
    /// What the host reported of it when it became live.
    pub(in crate::session) swap: SwapReport,
}

impl Offer {
    /// Whether a source changed while it was compiled.
    pub(in crate::session) fn is_doubtful(&self) -> bool {
        let mut contents = self.built.inputs.values();
        contents.any(|content| *content == Digested::Unknown)
    }

    /// How long each phase took, if it is live now.
    pub(in crate::session) fn phases(&self, now: Instant) -> Phases {
        let begun = self.detected.unwrap_or(self.begun);
        let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
        Phases {
            detect: ms(self.begun - begun),
            compile: ms(self.built.compile),
            link: ms(self.built.link),
            check: ms(self.check),
            swap: self.swap.micros as f64 / 1000.0,
            total: ms(now - begun),
        }
    }
}

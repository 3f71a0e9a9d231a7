//! Why an offer is not taken.

use hotmod_protocol::Cause;

/// A reason, and what kind of one it is.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    pub(super) reason: String,
}

impl Refusal {
    /// What the process relies on does not fit.
    pub(super) fn contract(reason: String) -> Self {
        let cause = Cause::Contract;
        Refusal { cause, reason }
    }

    /// A setup failed.
    pub(super) fn hook(reason: String) -> Self {
        let cause = Cause::Hook;
        Refusal { cause, reason }
    }

    /// The library is no good.
    pub(super) fn library(reason: String) -> Self {
        let cause = Cause::Library;
        Refusal { cause, reason }
    }
}

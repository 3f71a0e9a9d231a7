//! Why an offer is refused.

use hotmod_protocol::Cause;

/// A reason, and its kind.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    pub(super) reason: String,
}

impl Refusal {
    /// The library does not fit the process.
    pub(super) fn contract(reason: String) -> Self {
        let cause = Cause::Contract;
        Refusal { cause, reason }
    }

    /// A setup failed.
    pub(super) fn hook(reason: String) -> Self {
        let cause = Cause::Hook;
        Refusal { cause, reason }
    }

    /// The tool took the offer back.
    pub(super) fn taken_back() -> Self {
        Refusal::library("it was taken back".to_owned())
    }

    /// The library is damaged, or can't be loaded.
    pub(super) fn library(reason: String) -> Self {
        let cause = Cause::Library;
        Refusal { cause, reason }
    }
}

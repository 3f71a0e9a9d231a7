//! The state of the saved code, as the tool reports it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use hotmod::Settled;

/// Where the state comes from.
#[derive(Clone, Debug, Default)]
pub(super) enum Source {
    /// The session.
    #[default]
    Session,
    /// A test, whose session has this state.
    #[cfg(test)]
    Fixed(Settled),
}

impl Source {
    /// Whether there is a session.
    pub(super) fn is_live(&self) -> bool {
        match self {
            Source::Session => hotmod::is_live(),
            #[cfg(test)]
            Source::Fixed(_) => true,
        }
    }

    /// The state of everything that was saved before the call.
    pub(super) async fn settled(&self, timeout: Duration) -> Settled {
        match self {
            Source::Session => hotmod::settled(timeout).await,
            #[cfg(test)]
            Source::Fixed(settled) => settled.clone(),
        }
    }

    /// The current state, then each later one.
    pub(super) fn outcomes(&self) -> Outcomes {
        match self {
            Source::Session => Outcomes::Session(hotmod::outcomes()),
            #[cfg(test)]
            Source::Fixed(settled) => Outcomes::Fixed(Some(settled.clone())),
        }
    }
}

pub(super) enum Outcomes {
    Session(hotmod::Outcomes),
    #[cfg(test)]
    Fixed(Option<Settled>),
}

impl Outcomes {
    pub(super) async fn next(&mut self) -> Settled {
        match self {
            Outcomes::Session(outcomes) => outcomes.next().await,
            #[cfg(test)]
            Outcomes::Fixed(settled) => match settled.take() {
                Some(settled) => settled,
                None => std::future::pending().await,
            },
        }
    }
}

/// The word for a state in headers and events.
pub(super) fn name(settled: &Settled) -> &'static str {
    match settled {
        Settled::Live { .. } => "live",
        Settled::Failed { .. } => "failed",
        Settled::Refused { .. } => "refused",
        Settled::Restarting => "restarting",
        _ => "timed-out",
    }
}

/// Names what a page shows in this state. If the name is the same, so is the page.
pub(super) fn version(settled: &Settled) -> String {
    let pid = std::process::id();
    let mut hasher = DefaultHasher::new();
    match settled {
        Settled::Live { generation } => return version_of(*generation),
        Settled::Failed { diagnostics } => diagnostics.hash(&mut hasher),
        Settled::Refused { reasons } => reasons.hash(&mut hasher),
        _ => {}
    }
    format!("{pid}-{}-{:x}", name(settled), hasher.finish())
}

/// The version of a page that a generation rendered.
pub(super) fn version_of(generation: u32) -> String {
    format!("{}-{generation}", std::process::id())
}

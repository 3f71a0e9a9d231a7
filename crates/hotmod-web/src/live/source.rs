//! The state of the saved code, as the tool reports it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

    /// Whether the tool has yet to say whether there is a session for this process.
    pub(super) fn is_joining(&self) -> bool {
        match self {
            Source::Session => hotmod::__private::is_joining(),
            #[cfg(test)]
            Source::Fixed(_) => false,
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

    /// Whether this process is about to be ended by a signal, without a chance to finish its requests.
    pub(super) fn ends_at_once(&self) -> bool {
        match self {
            Source::Session => hotmod::__private::ends_at_once(),
            #[cfg(test)]
            Source::Fixed(_) => false,
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

/// Names the reason why saved code is not live. If the name is the same, so is the reason.
pub(super) fn problem_name(settled: &Settled) -> String {
    let mut hasher = DefaultHasher::new();
    match settled {
        Settled::Failed { diagnostics } => diagnostics.hash(&mut hasher),
        Settled::Refused { reasons } => reasons.hash(&mut hasher),
        _ => {}
    }
    format!("{}-{:x}", name(settled), hasher.finish())
}

/// The version of a page that a generation rendered. Pages of later generations have greater ones,
/// and so have those of later processes, because a reload takes longer than a microsecond. JavaScript
/// knows such numbers exactly.
pub(super) fn version_of(generation: u32) -> u64 {
    static STARTED: OnceLock<u64> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = now.unwrap_or_default().as_micros();
        u64::try_from(micros).unwrap_or_default()
    });
    started + u64::from(generation)
}

/// The version of a page that the live generation renders.
pub(super) fn version() -> u64 {
    version_of(hotmod::generation())
}

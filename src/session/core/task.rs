//! What a session builds.

/// What to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Task {
    /// The host, by cargo, of a plan that was just made.
    FirstHost,
    /// The host, by cargo.
    Host,
    /// The host, by cargo, unless its code turns out to be what runs.
    ChangedHost,
    /// Nothing: cargo is asked what changed manifests mean.
    AskCargo,
    /// Nothing: the build scripts of these packages are run, which cargo would run.
    Scripts { packages: Vec<String> },
    /// The next generation.
    Reload,
    /// The first generation before it is asked for, so that the first reload is as fast as the
    /// others.
    Ahead,
    /// What every link would have to do, before it is asked for.
    Merge,
    /// The host's code, from the sources of the live generation, to compare it with what runs.
    Shadow,
}

impl Task {
    /// Whether nothing is built: its end decides what is.
    pub(in crate::session) fn prepares(&self) -> bool {
        matches!(self, Task::AskCargo | Task::Scripts { .. })
    }

    /// Whether nobody waits for it.
    pub(in crate::session) fn is_ahead(&self) -> bool {
        matches!(self, Task::Ahead | Task::Merge | Task::Shadow)
    }

    /// Whether cargo builds the host, or what the host is linked from.
    pub(in crate::session) fn builds_host(&self) -> bool {
        matches!(
            self,
            Task::FirstHost | Task::Host | Task::ChangedHost | Task::Shadow
        )
    }
}

//! What a session builds.

/// What to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Task {
    /// The host, by cargo, for the first time.
    FirstHost,
    /// The host, by cargo.
    Host,
    /// The host, by cargo, unless it turns out to have the code that runs.
    ChangedHost,
    /// The host's code, to tell whether an edit can be reloaded that seems to need a restart, where only
    /// the user may restart the host.
    HostCode,
    /// Nothing: cargo is asked about changed manifests.
    AskCargo,
    /// Nothing: the build scripts of these packages are run.
    Scripts { packages: Vec<String> },
    /// The next generation.
    Reload,
    /// The first generation, while idle, so that the first reload is as fast as the others.
    Ahead,
    /// In full, the crates of which only a delta was compiled, while idle.
    Follow,
    /// What speeds up later reloads, while idle: merged objects, and the incremental state of deltas.
    Merge,
    /// The host's code, from the sources of the live generation, to compare it with the code that runs.
    Shadow,
    /// Nothing: the whole workspace is checked (`--check`), while idle.
    Check,
}

impl Task {
    /// Whether it only prepares the decision what to build.
    pub(in crate::session) fn prepares(&self) -> bool {
        matches!(self, Task::AskCargo | Task::Scripts { .. })
    }

    /// Whether it is done while idle.
    pub(in crate::session) fn is_ahead(&self) -> bool {
        matches!(
            self,
            Task::Ahead | Task::Follow | Task::Merge | Task::Shadow | Task::Check
        )
    }

    /// Whether cargo builds the host, or what the host is linked from.
    pub(in crate::session) fn builds_host(&self) -> bool {
        matches!(
            self,
            Task::FirstHost | Task::Host | Task::ChangedHost | Task::HostCode | Task::Shadow
        )
    }
}

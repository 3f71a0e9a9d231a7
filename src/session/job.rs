//! One build at a time, in a thread of its own, which a newer edit can cancel.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::build::{BuildError, Builder, Built, Cancel, Group, HostBuild, HostError};
use crate::discover::{self, DiscoverError, Plan};

/// After this long a build runs to its end, whatever is saved meanwhile: somebody who never stops
/// typing would never see anything.
const PATIENCE: Duration = Duration::from_secs(3);

/// What to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// The host, by cargo; first what it is, if a manifest changed.
    Host { replan: bool },
    /// The next generation.
    Reload,
    /// The first generation before it is asked for, so that the first reload is as fast as the
    /// others.
    Ahead,
}

/// How a build ended.
#[derive(Debug)]
pub(super) enum Done {
    Host(Result<(Box<Plan>, Box<HostBuild>), HostFailure>),
    Group(Result<Built, BuildError>),
}

/// Why there is no host.
#[derive(Debug)]
pub(super) enum HostFailure {
    Plan(DiscoverError),
    Build(HostError),
}

/// A build that runs.
#[derive(Debug)]
pub(super) struct Job {
    task: Task,
    cancel: Cancel,
    begun: Instant,
    begun_at: SystemTime,
    /// When the edit that led to it was noticed.
    detected: Option<Instant>,
    /// Whether what it builds from changed since it began.
    outdated: bool,
    touched: BTreeSet<PathBuf>,
}

impl Job {
    pub(super) fn start(
        task: Task,
        detected: Option<Instant>,
        builder: &Builder,
        group: Option<Arc<Group>>,
        directory: &Path,
        show_status: bool,
        done: impl FnOnce(Done) + Send + 'static,
    ) -> Self {
        let cancel = Cancel::default();
        let job = Job {
            task,
            cancel: cancel.clone(),
            begun: Instant::now(),
            begun_at: SystemTime::now(),
            detected,
            outdated: false,
            touched: BTreeSet::new(),
        };
        let builder = builder.clone();
        let directory = directory.to_owned();
        std::thread::spawn(move || {
            done(match (task, group) {
                (Task::Host { replan }, _) => {
                    Done::Host(build_host(builder, replan, show_status, &cancel))
                }
                (Task::Reload | Task::Ahead, Some(group)) => {
                    Done::Group(group.build(&directory, &cancel))
                }
                (Task::Reload | Task::Ahead, None) => Done::Group(Err(BuildError::Cancelled)),
            });
        });
        job
    }
}

fn build_host(
    mut builder: Builder,
    replan: bool,
    show_status: bool,
    cancel: &Cancel,
) -> Result<(Box<Plan>, Box<HostBuild>), HostFailure> {
    if replan {
        builder.plan = discover::discover(&builder.selection).map_err(HostFailure::Plan)?;
    }
    let build = builder
        .build(show_status, cancel)
        .map_err(HostFailure::Build)?;
    Ok((Box::new(builder.plan), Box::new(build)))
}

impl Job {
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// What it builds from changed. Whether it should be cancelled for that.
    pub(super) fn outdated(&mut self) -> bool {
        self.outdated = true;
        self.begun.elapsed() < PATIENCE
    }

    pub(super) fn was_outdated(&self) -> bool {
        self.outdated
    }

    /// Files were touched while it ran.
    pub(super) fn touch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.touched.extend(paths);
    }

    pub(super) fn touched(&self) -> &BTreeSet<PathBuf> {
        &self.touched
    }

    pub(super) fn is_ahead(&self) -> bool {
        self.task == Task::Ahead
    }

    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// The same by the clock that file systems use.
    pub(super) fn begun_at(&self) -> SystemTime {
        self.begun_at
    }

    pub(super) fn detected(&self) -> Option<Instant> {
        self.detected
    }
}

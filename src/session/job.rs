//! A build, in its own thread.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::child_process::{Cancel, RunError, work_in_background};
use crate::base::contents::{Contents, Digested};
use crate::cargo::progress::BuildOutput;
use crate::cargo::toolchain::{Toolchain, ToolchainError};
use crate::compat::code::Difference;
use crate::compat::{Checked, Loaded};
use crate::compile::{
    BuildError, Builder, Built, CheckReport, Checker, Compared, Comparing, Followed, Group,
    HostBuild, HostError, HostOutcome, Rerun, Script,
};
use crate::discover::{self, DiscoverError, Plan};
use crate::stale::{Began, Changed};

use super::core::Task;

/// How a build ended.
#[derive(Debug)]
pub(super) enum Done {
    Host(Result<Box<BuiltHost>, HostBuildError>),
    Group(Result<Box<Candidate>, BuildError>),
    Asked(Result<Box<Replan>, HostBuildError>),
    Scripts(Vec<Rerun>),
    Followed(Vec<Followed>, Result<(), BuildError>),
    Merged,
    /// What the check of the workspace found.
    Checked(Result<CheckReport, RunError>),
    /// The host would have the code that runs, and was not linked.
    SameHost(Box<Compared>),
    /// How the host's code differs from what runs; if that can't be told, why.
    Compared(Result<Result<Vec<Difference>, String>, HostBuildError>),
}

/// A build of the group, with the layouts of its types.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) built: Built,
    /// Its layouts compared with those in memory, or why they can't be read.
    pub(super) checked: Result<Checked, String>,
    /// A crate that is in both the host and the group, but not from the same compilation.
    pub(super) foreign: Option<String>,
    /// How long it took to find both out.
    pub(super) check: Duration,
    /// What its types were compared with.
    pub(super) loaded: Arc<Loaded>,
}

/// When a build began, and the changed files at that time.
#[derive(Debug)]
pub(super) struct Times {
    pub(super) detected: Option<Instant>,
    pub(super) begun: Instant,
    pub(super) saw: Changed,
}

/// A plan by manifests that changed.
#[derive(Debug)]
pub(super) struct Replan {
    pub(super) plan: Arc<Plan>,
    /// What was written before it was read: the lock file.
    pub(super) wrote: Contents,
}

/// A host that cargo built.
#[derive(Debug)]
pub(super) struct BuiltHost {
    pub(super) plan: Arc<Plan>,
    pub(super) toolchain: Toolchain,
    pub(super) build: HostBuild,
    /// What the build itself wrote before it read it: the lock file.
    pub(super) wrote: Contents,
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) enum HostBuildError {
    Toolchain(ToolchainError),
    Plan(DiscoverError),
    Build(HostError),
}

impl HostBuildError {
    /// What to do next.
    pub(super) fn help(&self) -> Option<String> {
        match self {
            HostBuildError::Toolchain(error) => Some(error.help()),
            HostBuildError::Plan(error) => Some(error.help()),
            HostBuildError::Build(error) => error.help(),
        }
    }
}

/// The settings of a job.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) task: Task,
    /// Whether cargo is asked for the plan first.
    pub(super) replans: bool,
    /// Crates to leave out of a merge, because they are likely to be compiled next.
    pub(super) but: Vec<String>,
    /// When the edit that led to it was noticed.
    pub(super) detected: Option<Instant>,
    /// The files that differ from the running program's.
    pub(super) saw: Changed,
    pub(super) began: Began,
    /// Sources that differ from those that cargo compiled last.
    pub(super) edited: BTreeSet<PathBuf>,
    /// The build scripts to run.
    pub(super) scripts: Vec<Script>,
    /// What checks the workspace.
    pub(super) checker: Option<Checker>,
    /// For a build of the group: the group, and what its host has loaded.
    pub(super) group: Option<(Arc<Group>, Arc<Loaded>)>,
}

/// A build that runs.
#[derive(Debug)]
pub(super) struct Job {
    task: Task,
    replans: bool,
    cancel: Cancel,
    begun: Instant,
    began: Began,
    /// When the edit that led to it was noticed.
    detected: Option<Instant>,
    /// The files that differed from the running program's when it began.
    saw: Changed,
    /// The sources that differed then from those that cargo compiled last.
    edited: BTreeSet<PathBuf>,
    touched: BTreeSet<PathBuf>,
}

impl Job {
    pub(super) fn start(
        order: Order,
        builder: &Builder,
        directory: &Path,
        output: impl Fn(BuildOutput) + Clone + Send + 'static,
        done: impl FnOnce(Done) + Send + 'static,
    ) -> Self {
        let Order {
            task,
            replans,
            but,
            detected,
            saw,
            began,
            edited,
            scripts,
            checker,
            group,
        } = order;
        let cancel = Cancel::default();
        let job = Job {
            task: task.clone(),
            replans,
            cancel: cancel.clone(),
            begun: Instant::now(),
            began,
            detected,
            saw,
            edited: edited.clone(),
            touched: BTreeSet::new(),
        };
        let builder = builder.clone();
        let directory = directory.to_owned();
        std::thread::spawn(move || {
            if task.is_ahead() {
                work_in_background();
            }
            done(match (task, group) {
                (Task::ChangedHost, Some((group, _))) => {
                    // Now, because the crates that the host was linked with may be replaced later.
                    let comparing = match group.prepare_link(&cancel) {
                        Ok(()) => Comparing::BeforeLink,
                        Err(_) => Comparing::No,
                    };
                    build_host(builder, comparing, replans, &edited, output, &cancel)
                }
                (Task::HostCode, Some((group, _))) => match group.prepare_link(&cancel) {
                    Ok(()) => {
                        let comparing = Comparing::InsteadOfLink;
                        build_host(builder, comparing, replans, &edited, output, &cancel)
                    }
                    Err(error) => Done::Compared(Ok(Err(error.to_string()))),
                },
                (Task::Shadow, _) => {
                    let comparing = Comparing::InBackground;
                    build_host(builder, comparing, replans, &edited, output, &cancel)
                }
                (Task::FirstHost | Task::Host | Task::ChangedHost, _) => {
                    build_host(builder, Comparing::No, replans, &edited, output, &cancel)
                }
                (Task::AskCargo, _) => Done::Asked(replan(&builder, &cancel).map(Box::new)),
                (Task::Check, _) => {
                    let checker = checker.unwrap_or(Checker::Cargo);
                    Done::Checked(builder.check(&checker, &cancel))
                }
                (Task::Scripts { .. }, _) => {
                    let root = &builder.plan.workspace_root;
                    Done::Scripts(Script::rerun_all(&scripts, root, &cancel))
                }
                (Task::Reload, Some((group, loaded))) => {
                    Done::Group(build_group(&group, &loaded, &directory, &cancel))
                }
                (Task::Ahead, Some((group, loaded))) => {
                    // After a restart, users expect all code to be new.
                    let forgotten = group.forget_kept_interfaces().map_err(BuildError::from);
                    let build = |_| build_group(&group, &loaded, &directory, &cancel);
                    Done::Group(forgotten.and_then(build))
                }
                (Task::Follow, Some((group, _))) => {
                    let (followed, ended) = group.follow(&cancel);
                    Done::Followed(followed, ended)
                }
                (Task::Merge, Some((group, _))) => {
                    // If this fails, the objects are linked one by one.
                    let _ = group.merge(&but, &cancel);
                    let _ = group.prepare_deltas(&cancel);
                    Done::Merged
                }
                (_, None) => Done::Group(Err(BuildError::Cancelled)),
            });
        });
        job
    }
}

fn build_group(
    group: &Group,
    loaded: &Arc<Loaded>,
    directory: &Path,
    cancel: &Cancel,
) -> Result<Box<Candidate>, BuildError> {
    let built = group.build(directory, cancel)?;
    let begun = Instant::now();
    let checked = match (group.opaque(), &built.targets) {
        (Some(package), _) => Err(format!("`{package}` has no full debug information")),
        // It is not going to be loaded.
        (None, Err(_)) => Ok(Checked::default()),
        (None, Ok(targets)) => {
            let packages = built.made.iter().map(|(package, _)| &**package);
            let objects = built.code.by_unit();
            let objects = objects.map(|it| packages.zip(it).collect());
            loaded
                .check(&built.library.path, objects.as_ref(), &built.made, targets)
                .map_err(|error| error.to_string())
        }
    };
    // After the build, so that these are the crates that it was linked with.
    let foreign = group.foreign();
    Ok(Box::new(Candidate {
        built,
        checked,
        foreign,
        check: begun.elapsed(),
        loaded: Arc::clone(loaded),
    }))
}

fn replan(builder: &Builder, cancel: &Cancel) -> Result<Replan, HostBuildError> {
    let plan = discover::discover(&builder.selection, cancel).map_err(HostBuildError::Plan)?;
    let lock = plan.lock_file();
    let content = Digested::of(&lock);
    Ok(Replan {
        wrote: Contents::from([(lock, content)]),
        plan: plan.into(),
    })
}

fn build_host(
    builder: Builder,
    comparing: Comparing,
    replan: bool,
    edited: &BTreeSet<PathBuf>,
    output: impl Fn(BuildOutput) + Clone + Send + 'static,
    cancel: &Cancel,
) -> Done {
    let is_quiet = comparing == Comparing::InBackground;
    let show = move |shown| {
        // A comparison is done while idle.
        if !is_quiet {
            output(shown);
        }
    };
    match try_build_host(builder, comparing, replan, edited, show, cancel) {
        Ok(HostOrCode::Host(host)) => Done::Host(Ok(host)),
        Ok(HostOrCode::Compared(found)) => match (comparing, found) {
            (Comparing::BeforeLink, found) => Done::SameHost(Box::new(found)),
            (Comparing::InsteadOfLink, found) if found.is_same() => Done::SameHost(Box::new(found)),
            (_, found) => Done::Compared(Ok(found.found)),
        },
        Err(error) if comparing.links_nothing() => Done::Compared(Err(error)),
        Err(error) => Done::Host(Err(error)),
    }
}

/// A host, or how its code differs from what runs.
enum HostOrCode {
    Host(Box<BuiltHost>),
    Compared(Compared),
}

fn try_build_host(
    mut builder: Builder,
    comparing: Comparing,
    replan: bool,
    edited: &BTreeSet<PathBuf>,
    output: impl Fn(BuildOutput) + Clone + Send + 'static,
    cancel: &Cancel,
) -> Result<HostOrCode, HostBuildError> {
    let mut wrote = Contents::new();
    // `rustup update` may have replaced the compiler too.
    if replan || !builder.toolchain.libstd.exists() {
        let toolchain = Toolchain::of(builder.selection.target.as_deref());
        builder.toolchain = toolchain.map_err(HostBuildError::Toolchain)?;
    }
    if replan {
        let new = self::replan(&builder, cancel)?;
        (builder.plan, wrote) = (new.plan, new.wrote);
    }
    let built = builder.build(edited, comparing, output, cancel);
    Ok(match built.map_err(HostBuildError::Build)? {
        HostOutcome::Built(build) => HostOrCode::Host(Box::new(BuiltHost {
            plan: builder.plan,
            toolchain: builder.toolchain,
            build: *build,
            wrote,
        })),
        HostOutcome::Compared(found) => HostOrCode::Compared(found),
    })
}

impl Job {
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Whether cargo builds the host.
    pub(super) fn builds_host(&self) -> bool {
        self.task.builds_host()
    }

    /// Whether it is done while idle.
    pub(super) fn is_ahead(&self) -> bool {
        self.task.is_ahead()
    }

    /// Whether it may write the lock file.
    pub(super) fn resolves(&self) -> bool {
        self.task == Task::AskCargo || self.replans
    }

    /// The files that differed from the running program's when it began.
    pub(super) fn saw(&self) -> &Changed {
        &self.saw
    }

    /// The sources that differed from those that cargo compiled last when it began.
    pub(super) fn edited(&self) -> &BTreeSet<PathBuf> {
        &self.edited
    }

    pub(super) fn into_saw(self) -> Changed {
        self.saw
    }

    /// Files were touched while it ran.
    pub(super) fn touch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.touched.extend(paths);
    }

    pub(super) fn touched(&self) -> &BTreeSet<PathBuf> {
        &self.touched
    }

    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// The state of the inputs when it began.
    pub(super) fn began(&self) -> &Began {
        &self.began
    }

    /// When the edit that led to it was noticed.
    pub(super) fn detected(&self) -> Option<Instant> {
        self.detected
    }
}

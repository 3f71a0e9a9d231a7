//! The settings of a session, from the command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::compile::{Checker, DeltaPolicy};
use crate::control::Detached;
use crate::discover::Selection;
use crate::host::{Sockets, Stop};
use crate::report::{ColorChoice, Verbosity};

/// The settings of a session.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) selection: Selection,
    /// The arguments of the host.
    pub(crate) arguments: Vec<OsString>,
    /// The sockets that are passed to each host.
    pub(crate) sockets: Sockets,
    /// How hosts are stopped.
    pub(crate) stop: Stop,
    pub(crate) events: Option<PathBuf>,
    /// Whether to write a page with timings.
    pub(crate) timings: bool,
    pub(crate) color: ColorChoice,
    pub(crate) verbosity: Verbosity,
    /// Cargo's own flags for its output.
    pub(crate) cargo_display: Vec<String>,
    /// rustc's value for the debug information of generations; `None` for the profile's.
    pub(crate) debuginfo: Option<&'static str>,
    /// Which edits are compiled as a delta.
    pub(crate) deltas: DeltaPolicy,
    /// Whether edits may restart the host.
    pub(crate) may_restart: bool,
    /// Whether the next host runs up to its first carried value while the old one serves.
    pub(crate) overlaps: bool,
    /// Whether the session reads the keyboard instead of the host.
    pub(crate) takes_keys: bool,
    /// How often to poll files instead of waiting for file events.
    pub(crate) poll: Option<Duration>,
    /// When to compare the program's code with a clean build.
    pub(crate) shadow: ShadowPolicy,
    /// What checks the whole workspace after reloads, if anything.
    pub(crate) checker: Option<Checker>,
    /// Set if the session runs in the background.
    pub(crate) detached: Option<Detached>,
    /// Whether the user or a debugger starts the host.
    pub(crate) waits_for_host: bool,
}

/// After which reloads the session compares the program's code with a clean build, while it is idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShadowPolicy {
    /// Those that changed more than the bodies of plain functions
    #[default]
    Items,
    /// All
    Always,
    /// None
    Never,
}

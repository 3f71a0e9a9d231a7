//! What a session is asked for, by the command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::discover::Selection;
use crate::host::Sockets;
use crate::report::{ColorChoice, Verbosity};

/// All of it.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) selection: Selection,
    /// For the host.
    pub(crate) arguments: Vec<OsString>,
    /// For each host in turn.
    pub(crate) sockets: Sockets,
    pub(crate) events: Option<PathBuf>,
    pub(crate) color: ColorChoice,
    pub(crate) verbosity: Verbosity,
    /// Cargo's own flags for its output.
    pub(crate) cargo_display: Vec<String>,
    /// rustc's word for the debug information of generations, if not as the profile says.
    pub(crate) debuginfo: Option<&'static str>,
    /// Whether the host is restarted where an edit asks for that.
    pub(crate) may_restart: bool,
    /// Whether the keyboard is the session's, and not the host's.
    pub(crate) takes_keys: bool,
    /// How often files are looked at, where the file system sends no events.
    pub(crate) poll: Option<Duration>,
    /// When the program's code is compared with a clean build.
    pub(crate) shadow: ShadowPolicy,
    /// Whether somebody else starts the host, such as a debugger.
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

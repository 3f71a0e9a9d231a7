//! All that a session has to say.

use std::path::PathBuf;

use serde::Serialize;

/// One thing that happened. Its JSON is documented in the README, and kept stable.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event {
    SessionStarted {
        host: String,
        reloadable: Vec<String>,
    },
    /// A build began: of the host, or of the group.
    Building {
        what: String,
    },
    HostStarted {
        pid: u32,
    },
    Edit {
        paths: Vec<PathBuf>,
    },
    Verdict {
        verdict: Outcome,
        reason: String,
    },
    CompileError {
        /// As rustc renders it, without colours in JSON.
        #[serde(serialize_with = "without_colours")]
        rendered: String,
    },
    Live {
        generation: u32,
        crates: Vec<String>,
        build_id: String,
        ms: Phases,
        pid: u32,
    },
    Refused {
        generation: u32,
        reason: String,
    },
    Restarted {
        reason: String,
        pid: u32,
    },
    Retired {
        generation: u32,
    },
    HostExited {
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
        generation: u32,
    },
    /// The session ends.
    SessionEnded,
    Note {
        message: String,
    },
    Error {
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<String>,
    },
}

/// What an edit asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Nothing,
    Reload,
    Restart,
}

/// Where the time from the first file event to the swap went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Phases {
    /// From the first file event to the start of the build.
    pub(crate) detect: f64,
    pub(crate) compile: f64,
    pub(crate) link: f64,
    /// In the host: load, check and swap.
    pub(crate) swap: f64,
    /// All of it, messages included.
    pub(crate) total: f64,
}

fn without_colours<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&console::strip_ansi_codes(text))
}

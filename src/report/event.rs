//! The events of a session.

use std::path::PathBuf;

use serde::Serialize;
use serde::ser::SerializeMap as _;

use super::note::{NotCarried, Note};
use super::text;
use crate::compile::CheckReport;
use crate::decide::Reason;

/// An event. The reference documents its JSON, which is kept stable.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event {
    SessionStarted {
        host: String,
        reloadable: Vec<String>,
        /// The addresses on which the session listens for its hosts.
        listen: Vec<String>,
    },
    /// A build of the host or the group started.
    Building {
        what: BuildTarget,
    },
    /// The host was built. Next it is started.
    HostBuilt,
    HostStarted {
        pid: u32,
    },
    /// A host that another process started has joined.
    HostJoined {
        pid: u32,
        /// The host that was stopped for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        stopped: Option<u32>,
    },
    /// The host is built, and another process has to start it.
    WaitingForHost {
        program: PathBuf,
        /// Why the previous host was stopped.
        #[serde(flatten, serialize_with = "with_causes_if_any")]
        reason: Option<Reason>,
    },
    Edit {
        paths: Vec<PathBuf>,
    },
    Verdict {
        verdict: Outcome,
        #[serde(flatten, serialize_with = "with_causes")]
        reason: Reason,
    },
    CompileError {
        /// As rustc renders it, without colours in JSON.
        #[serde(serialize_with = "without_colours")]
        rendered: String,
        /// The same diagnostics as cargo's JSON messages, for clients of the control socket.
        #[serde(skip)]
        messages: Vec<serde_json::Value>,
    },
    Live {
        generation: u32,
        crates: Vec<String>,
        /// Those of which only changed bodies were compiled.
        deltas: Vec<String>,
        build_id: String,
        ms: Phases,
        pid: u32,
        /// How many generations are kept in memory besides this one and the baseline, and how many
        /// of their bytes can't be given back.
        kept_generations: u32,
        kept_bytes: u64,
        /// Why a restart is due all the same.
        restart_due: Vec<String>,
    },
    /// The new code of this generation has not been called.
    NotCalled {
        generation: u32,
        /// The entry points that lead to it, by path.
        entry_points: Vec<String>,
        /// Whether these were called in several generations before.
        #[serde(skip)]
        is_usual: bool,
    },
    /// The new code has been called after all.
    Called {
        generation: u32,
        entry_points: Vec<String>,
        #[serde(skip)]
        is_usual: bool,
    },
    Refused {
        generation: u32,
        #[serde(flatten, serialize_with = "with_causes")]
        reason: Reason,
        /// Whether only a restart can run the new code. Otherwise the next edit can, too.
        restart: bool,
    },
    Restarted {
        #[serde(flatten, serialize_with = "with_causes")]
        reason: Reason,
        pid: u32,
        #[serde(flatten)]
        carried: Carried,
    },
    /// The code of an earlier generation is live again, until the next save.
    RolledBack {
        generation: u32,
        /// The number that it had.
        earlier: u32,
        build_id: String,
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
        #[serde(skip)]
        next: NextHost,
    },
    /// The session ends.
    SessionEnded,
    /// A clean build of the program was compared with what runs.
    HostCompared {
        outcome: Comparison,
        /// How long that took, in milliseconds.
        ms: f64,
    },
    /// The code of deltas was compared with that of the full compilations that followed.
    DeltaCompared {
        crates: Vec<String>,
        outcome: Comparison,
        /// How long the compilations and the comparison took, in milliseconds.
        ms: f64,
    },
    /// The workspace was checked.
    Checked {
        #[serde(flatten)]
        checked: CheckReport,
        /// How long that took, in milliseconds.
        ms: f64,
    },
    Note(#[serde(serialize_with = "with_message")] Note),
    Error {
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<String>,
    },
}

/// The values that a host took over from the one before.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Carried {
    /// Their names.
    pub(crate) carried: Vec<String>,
    /// The values that could not be read.
    pub(crate) reset: Vec<NotCarried>,
    /// The fields of carried values that their new types don't have.
    pub(crate) dropped: Vec<String>,
    /// The values that were saved, and that the program has not asked for so far.
    pub(crate) not_read: Vec<String>,
    /// How long before the end of the host before they were saved, if they were not saved at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lost_seconds: Option<u64>,
}

/// What is built for an edit, or for the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BuildTarget {
    Host,
    Group,
}

/// How the host that follows one that ended is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextHost {
    /// The session starts it with the next edit.
    WithNextEdit,
    /// The session has started it already, and it takes over.
    Started,
    /// Another process starts it.
    Elsewhere,
}

/// What an edit requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Nothing,
    Reload,
    Restart,
}

/// How a clean build of the program compares with what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Comparison {
    /// It has the same code.
    Same,
    Different,
    /// The program does not compile.
    Failed,
    /// The reload changed nothing that the program's code could contain, or comparisons are off.
    Skipped,
}

/// Where the time from the first file event to the swap went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Phases {
    /// From the first file event to the start of the build.
    pub(crate) detect: f64,
    pub(crate) compile: f64,
    pub(crate) link: f64,
    /// The check of types at entry points, before the generation is offered.
    pub(crate) check: f64,
    /// In the host: verify, load and swap.
    pub(crate) swap: f64,
    /// The whole time, including messages.
    pub(crate) total: f64,
}

/// A reason as a sentence, and its causes as data.
#[derive(Serialize)]
struct WithCauses<'a> {
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    causes: Vec<&'a Reason>,
}

fn with_causes<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    let told = WithCauses {
        reason: reason.to_string(),
        help: text::help(reason),
        causes: reason.causes(),
    };
    told.serialize(serializer)
}

fn with_causes_if_any<S: serde::Serializer>(
    reason: &Option<Reason>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match reason {
        Some(reason) => with_causes(reason, serializer),
        None => serializer.serialize_map(Some(0))?.end(),
    }
}

/// A note as a sentence, and as data.
fn with_message<S: serde::Serializer>(note: &Note, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct WithMessage<'a> {
        message: String,
        #[serde(flatten)]
        note: &'a Note,
    }
    let message = note.to_string();
    WithMessage { message, note }.serialize(serializer)
}

fn without_colours<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&console::strip_ansi_codes(text))
}

#[cfg(test)]
mod tests;

//! What a session tells besides its decisions, as data. [`super::text`] makes the sentences.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::compat::layout::{Part, Subject};
use crate::{compile, discover};

/// Information for the user. Two that are equal say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Note {
    /// Another compiler is used from now on.
    Toolchain {
        name: String,
    },
    WaitingForChange,
    /// A generation waits until the program calls `hotmod::advance`.
    WaitsForAdvance {
        generation: u32,
    },
    Paused,
    Resumed,

    // What an edit or a reload means.
    /// An edit that seemed to need a restart does not change the program's code.
    NotRestarted,
    /// The layout of a type changed in a way that a reload permits.
    LayoutFits {
        #[serde(flatten)]
        of: Subject,
        changes: Vec<Part>,
    },
    /// Code changed that may be stored under the `TypeId` of this type.
    StoredCode {
        generation: u32,
        #[serde(rename = "type")]
        of: String,
    },
    /// The program has pointers to earlier versions of functions that lead to changed code.
    HeldCode {
        generation: u32,
        functions: Vec<String>,
    },
    /// Statics of reloadable crates.
    StateReset {
        statics: Vec<String>,
    },
    /// This item runs code when it is loaded.
    RunsOnLoad {
        item: String,
    },
    /// A file that shows nowhere before the next restart.
    WaitsForRestart {
        path: String,
        package: String,
    },
    /// A build seems to write its own input.
    WrittenByBuild {
        path: PathBuf,
    },
    /// Builds that failed seem to have written their own inputs.
    WrittenByFailedBuilds {
        builds: u32,
        paths: Vec<PathBuf>,
    },

    // The program and its processes.
    /// A process of the program that is not the host.
    OtherProcess,
    ReplacedByExec,
    HostLeft,
    /// With `--overlap`.
    NotCreatedInTime,
    NotJoinedInTime,
    Killed {
        signal: String,
        #[serde(rename = "seconds", serialize_with = "seconds")]
        after: Duration,
    },
    NotEndedByItself {
        signal: String,
        #[serde(rename = "seconds", serialize_with = "seconds")]
        after: Duration,
    },
    ValueCarried {
        name: String,
        dropped: Vec<String>,
    },
    ValueReset(NotCarried),
    ValueNotSaved(NotCarried),

    // What the session can't do.
    CodeNotKept {
        error: String,
    },
    CodeNotCompared {
        why: String,
    },
    DeltaNotCompared {
        package: String,
        why: String,
    },
    LayoutsNotCompared {
        why: String,
    },
    NotWritten {
        path: PathBuf,
        error: String,
    },
    StatusNotWritten {
        error: String,
    },
    NoWatchesLeft,
    /// A folder's file system does not report all edits.
    Polled {
        path: PathBuf,
        file_system: &'static str,
    },
    /// Old generations keep their debug information: the file system can't free it, or there was an
    /// error.
    DebugInfoStays {
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// Old generations use a lot of memory.
    MuchMemory,

    #[serde(untagged)]
    Plan(discover::Note),
    #[serde(untagged)]
    Build(compile::Note),
}

/// A value that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct NotCarried {
    pub(crate) name: String,
    pub(crate) reason: String,
}

impl From<hotmod_protocol::NotCarried> for NotCarried {
    fn from(value: hotmod_protocol::NotCarried) -> Self {
        NotCarried {
            name: value.name,
            reason: value.reason,
        }
    }
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

impl From<discover::Note> for Note {
    fn from(note: discover::Note) -> Self {
        Note::Plan(note)
    }
}

impl From<compile::Note> for Note {
    fn from(note: compile::Note) -> Self {
        Note::Build(note)
    }
}

#[cfg(test)]
mod tests;

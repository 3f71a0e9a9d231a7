//! What happens to a session.

use std::path::PathBuf;

use serde_json::Value;

use crate::base::contents::Contents;
use crate::control::Request;
use crate::decide::{Action, Cause, Reason};
use crate::stale::Change;
use crate::stale::Changed;

/// One thing that happened.
#[derive(Debug)]
pub(in crate::session) enum Input {
    /// The session begins.
    Begin,
    /// Files were touched that may concern the program.
    Touched {
        /// Whether an input is among them, which is looked at without delay.
        at_once: bool,
    },
    /// So many files were touched that nobody knows which.
    Overflowed,
    /// The result of [`Effect::Look`](super::Effect::Look).
    Looked(Looked),
    /// The result of [`Effect::Examine`](super::Effect::Examine).
    Examined(Box<Examined>),
    /// The build that runs came to its end.
    BuildEnded(BuildEnd),
    /// The result of [`Effect::Inspect`](super::Effect::Inspect).
    Inspected(Fit),
    /// The result of [`Effect::PutOff`](super::Effect::PutOff): whether there is anything that waits
    /// for the next restart.
    PutOff {
        is_any: bool,
    },
    Host(HostInput),
    /// Somebody wants a new generation or a new process, whatever changed.
    Action(Action),
    TogglePause,
    /// Another process asks something.
    Asked {
        question: u64,
        request: Request,
    },
    /// All that was saved before a question was asked has been noticed.
    CookieSeen {
        question: u64,
    },
    /// The [deadline](super::Core::deadline) has passed.
    Tick,
}

/// What a look at the touched files found.
#[derive(Debug)]
pub(in crate::session) enum Looked {
    /// A file may be in the middle of a save: nothing was looked at.
    HalfSaved,
    Found(Found),
}

#[derive(Debug, Default)]
pub(in crate::session) struct Found {
    /// The files that were saved, as far as they concern the program.
    pub(in crate::session) edited: Vec<PathBuf>,
    /// Whether a build that runs may have read something else than what is there now.
    pub(in crate::session) is_changed: bool,
    /// Whether there are new files, which are no inputs: one may be what a build lacks.
    pub(in crate::session) has_new_files: bool,
    /// Whether sources were edited whose code is still what runs.
    pub(in crate::session) is_same_code: bool,
    /// What differs from what runs.
    pub(in crate::session) changed: Changed,
}

/// What the changes on disk are.
#[derive(Debug)]
pub(in crate::session) struct Examined {
    /// The number of the examination.
    pub(in crate::session) number: u64,
    /// Whether a file is just being saved: it is looked at again.
    pub(in crate::session) is_half_saved: bool,
    /// What differs from what runs.
    pub(in crate::session) changed: Changed,
    /// Those of it that are sources of crates.
    pub(in crate::session) sources: Changed,
    /// All of it, item by item.
    pub(in crate::session) changes: Vec<Change>,
    /// Whether manifests changed, and cargo has yet to say what that means.
    pub(in crate::session) needs_cargo: bool,
    /// Packages whose build script has not run on what is there now.
    pub(in crate::session) stale_scripts: Vec<String>,
    /// Whether layouts tell what a changed type does.
    pub(in crate::session) has_layouts: bool,
    /// Whether changes were refused that only a restart brings.
    pub(in crate::session) owes_restart: bool,
    /// Whether items changed since the host's code was compared with what runs.
    pub(in crate::session) needs_shadow: bool,
}

/// How a build ended.
#[derive(Debug)]
pub(in crate::session) enum BuildEnd {
    Host(Result<HostBuilt, HostFailure>),
    Group(Result<GroupBuilt, GroupFailure>),
    /// Cargo was asked what changed manifests mean.
    Cargo {
        /// If it is nothing for the program, how to say so.
        nothing: Option<Reason>,
    },
    Scripts(ScriptsEnd),
    Merged,
    /// The host's code is what runs, and nothing was linked.
    SameHost {
        /// The changed sources of the program itself. No generation has any of it.
        of_program: Changed,
        /// Whether no file was written since the build began, which it may have read before.
        is_certain: bool,
    },
    /// The host's code was compared with what runs.
    Compared(CodeEnd),
}

impl BuildEnd {
    pub(super) fn has_failed(&self) -> bool {
        match self {
            BuildEnd::Host(built) => built.is_err(),
            BuildEnd::Group(built) => built.is_err(),
            BuildEnd::Scripts(end) => matches!(end, ScriptsEnd::Failed(_) | ScriptsEnd::Cancelled),
            BuildEnd::Compared(end) => matches!(end, CodeEnd::Failed(_)),
            BuildEnd::Cargo { .. } | BuildEnd::Merged | BuildEnd::SameHost { .. } => false,
        }
    }
}

/// How a clean build of the host compares with what runs.
#[derive(Debug)]
pub(in crate::session) enum CodeEnd {
    Same,
    Different(Reason),
    /// The program does not compile.
    Failed(HostFailure),
    /// It could not be compared.
    Unknown,
}

#[derive(Debug)]
pub(in crate::session) struct HostBuilt {
    /// Whether it is another program than the one that runs, or would start in another way.
    pub(in crate::session) is_new: bool,
}

#[derive(Debug)]
pub(in crate::session) struct GroupBuilt {
    /// Whether it was compared with what the host that runs has in memory; and if it was built before
    /// it was asked for, whether it is of what runs.
    pub(in crate::session) is_current: bool,
}

/// What went wrong, to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::session) enum Failure {
    /// Sources can't be compiled.
    Compile {
        rendered: String,
        messages: Vec<Value>,
    },
    Other {
        message: String,
        help: Option<String>,
    },
}

/// A build of the host that failed.
#[derive(Debug)]
pub(in crate::session) struct HostFailure {
    pub(in crate::session) failure: Failure,
    /// The files that were written while it ran, as they are now.
    pub(in crate::session) written: Contents,
}

/// A build of the group that failed.
#[derive(Debug)]
pub(in crate::session) enum GroupFailure {
    Cancelled,
    /// It fails until a source changes.
    Sources(Failure),
    /// It may succeed the next time.
    Other(Failure),
    /// Only a restart mends it.
    Restart(Cause, Reason),
}

/// How the build scripts of reloadable crates ended.
#[derive(Debug)]
pub(in crate::session) enum ScriptsEnd {
    Cancelled,
    /// A script failed. The inner error means that it could not run at all, whatever the sources are.
    Failed(Result<Failure, Failure>),
    /// One gives its crate something else than before.
    Changed(Reason),
    /// They give what they gave before; how to say so.
    Same(Reason),
}

/// Whether a generation may meet what the host has in memory.
#[derive(Debug)]
pub(in crate::session) enum Fit {
    Yes,
    No(Reason),
    /// It depends on sources that have changed since.
    Unknown,
    /// The library is damaged. The same sources may well make a good one.
    Damaged(Reason),
}

/// What the host says and does.
#[derive(Debug)]
pub(in crate::session) enum HostInput {
    /// Its process was started. Under a runner the program's process is known when it joins.
    Started {
        pid: u32,
        is_known: bool,
    },
    NotStarted,
    /// It joined the session.
    Joined {
        pid: u32,
    },
    /// It replaced itself by `exec`, and joined again.
    Replaced,
    /// A host joined that another process started.
    Adopted {
        pid: u32,
        stopped: Option<u32>,
    },
    /// It replied to the offer with this number.
    Replied {
        generation: u32,
        reply: Reply,
    },
    /// It can't be reached.
    Unreachable(Reason),
    /// It closed its end of the channel.
    Left,
    /// Its process ended.
    Exited {
        code: Option<i32>,
        signal: Option<i32>,
        /// Whether the session ends, too: then nothing is said of it.
        is_last: bool,
    },
}

/// What a host makes of an offer.
#[derive(Debug)]
pub(in crate::session) enum Reply {
    Live {
        /// Whether the generation was made of what the session had seen when its build began.
        is_as_seen: bool,
    },
    /// Another build is live than the one that was offered.
    WrongBuild,
    /// It was made of a file that was just being saved.
    Doubtful,
    /// It contradicts one that is loaded: only a restart brings it.
    Contract(Reason),
    /// An edit can mend it.
    Refused(Reason),
}

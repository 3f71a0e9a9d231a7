//! The inputs of the core: what happened.

use std::collections::BTreeSet;
use std::path::PathBuf;

use hotmod_protocol::Saved;
use serde_json::Value;

use crate::base::contents::Contents;
use crate::compat::code::ChangedCode;
use crate::compile::CheckReport;
use crate::control::Request;
use crate::decide::{Action, Cause, Reason};
use crate::report::NotCarried;
use crate::stale::Change;
use crate::stale::Changed;

/// One thing that happened.
#[derive(Debug)]
pub(in crate::session) enum Input {
    /// The session begins.
    Begin,
    /// Files were touched that may be inputs of the program.
    Touched {
        /// Whether one of them is known as an input. It is looked at without delay.
        at_once: bool,
    },
    /// Sources were saved that the program does not contain, and that the check of the workspace reads.
    CheckedTouched,
    /// File events were lost, so any file may have changed.
    Overflowed,
    /// The result of [`Effect::Look`](super::Effect::Look).
    Looked(Looked),
    /// The result of [`Effect::Examine`](super::Effect::Examine).
    Examined(Box<Examined>),
    /// The running build ended.
    BuildEnded(BuildEnd),
    /// The result of [`Effect::Inspect`](super::Effect::Inspect).
    Inspected(Fit),
    /// The result of [`Effect::PutOff`](super::Effect::PutOff): whether any changes wait for the
    /// next restart.
    PutOff {
        is_any: bool,
    },
    Host(HostInput),
    /// The new code of a generation that went live was found.
    NewCode(NewCode),
    /// The user requests a reload or a restart, even if nothing changed.
    Action(Action),
    /// The user requests a restart without carried values.
    RestartFresh,
    TogglePause,
    /// The user wants the last generation before the live one to go live again.
    RollBack,
    /// Another process sent a request.
    Asked {
        question: u64,
        request: Request,
    },
    /// All saves before the cookie with this number have been noticed.
    CookieSeen {
        number: u64,
    },
    /// The [deadline](super::Core::deadline) has passed.
    Tick,
}

/// The result of a look at the touched files.
#[derive(Debug)]
pub(in crate::session) enum Looked {
    /// A file may be in the middle of a save, so nothing was looked at.
    HalfSaved,
    Found(Found),
}

#[derive(Debug, Default)]
pub(in crate::session) struct Found {
    /// The saved files that are inputs of the program.
    pub(in crate::session) edited: Vec<PathBuf>,
    /// Whether the running build may have read other contents than the current ones.
    pub(in crate::session) is_changed: bool,
    /// Whether there are new files that are not inputs. A failed build may have lacked one of them.
    pub(in crate::session) has_new_files: bool,
    /// Whether sources were edited without a change of their code.
    pub(in crate::session) is_same_code: bool,
    /// What differs from what runs.
    pub(in crate::session) changed: Changed,
}

/// The facts about the changes on disk.
#[derive(Debug)]
pub(in crate::session) struct Examined {
    /// The number of the examination.
    pub(in crate::session) number: u64,
    /// Whether a file is just being saved. It is looked at again.
    pub(in crate::session) is_half_saved: bool,
    /// What differs from what runs.
    pub(in crate::session) changed: Changed,
    /// Those of them that are sources of crates.
    pub(in crate::session) sources: Changed,
    /// All of them, by item.
    pub(in crate::session) changes: Vec<Change>,
    /// Whether manifests changed about which cargo has not been asked yet.
    pub(in crate::session) needs_cargo: bool,
    /// The packages whose build scripts must run again.
    pub(in crate::session) stale_scripts: Vec<String>,
    /// Whether the layouts of types can be compared.
    pub(in crate::session) has_layouts: bool,
    /// Whether changes were refused because they need a restart.
    pub(in crate::session) has_put_off: bool,
    /// Whether items changed since the host's code was last compared with a clean build.
    pub(in crate::session) needs_shadow: bool,
}

/// How a build ended.
#[derive(Debug)]
pub(in crate::session) enum BuildEnd {
    Host(Result<HostBuilt, HostFailure>),
    Group(Result<GroupBuilt, GroupFailure>),
    /// Cargo was asked about changed manifests.
    Cargo {
        /// The reason to report if they don't concern the program.
        nothing: Option<Reason>,
    },
    Scripts(ScriptsEnd),
    Followed(FollowEnd),
    Merged,
    /// A build of the host has the code that runs, and was not linked.
    SameHost {
        /// The changed sources of the program itself, which no generation contains.
        of_program: Changed,
        /// Whether no file was written since the build began. Otherwise, the build may have read other
        /// contents.
        is_certain: bool,
    },
    /// The code of a clean build was compared with the host's.
    Compared(CodeEnd),
    /// The workspace was checked; `None` if that was cancelled.
    Checked(Option<Box<CheckReport>>),
}

impl BuildEnd {
    pub(super) fn has_failed(&self) -> bool {
        match self {
            BuildEnd::Host(built) => built.is_err(),
            BuildEnd::Group(built) => built.is_err(),
            BuildEnd::Scripts(end) => matches!(end, ScriptsEnd::Failed(_) | ScriptsEnd::Cancelled),
            BuildEnd::Compared(end) => matches!(end, CodeEnd::Failed(_)),
            BuildEnd::Cargo { .. }
            | BuildEnd::Followed(_)
            | BuildEnd::Merged
            | BuildEnd::Checked(_)
            | BuildEnd::SameHost { .. } => false,
        }
    }
}

/// What the full compilations that followed deltas say.
#[derive(Debug)]
pub(in crate::session) enum FollowEnd {
    /// They have the code of these crates' deltas.
    Same { crates: Vec<String> },
    /// A delta was wrong, which is a bug in the tool.
    Different { crates: Vec<String>, symbol: String },
    /// A crate does not compile.
    Failed(Failure),
    /// They were cancelled, or failed for another reason.
    Unknown,
}

/// The result of comparing a clean build's code with the host's.
#[derive(Debug)]
pub(in crate::session) enum CodeEnd {
    Same,
    Different(Reason),
    /// The program does not compile.
    Failed(HostFailure),
    /// They could not be compared.
    Unknown,
}

#[derive(Debug)]
pub(in crate::session) struct HostBuilt {
    /// Whether it differs from the running program, or would be started in another way.
    pub(in crate::session) is_new: bool,
    /// Whether it was built from what the files contained when the build began.
    pub(in crate::session) is_certain: bool,
    /// Whether another program runs it.
    pub(in crate::session) has_runner: bool,
}

#[derive(Debug)]
pub(in crate::session) struct GroupBuilt {
    /// Whether it was compared with the types in the memory of the running host. If it was built while
    /// idle: whether it was also built from the running program's sources.
    pub(in crate::session) is_current: bool,
}

/// An error to show.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::session) enum Failure {
    /// The sources don't compile.
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
    /// The files that were written while it ran, with their current contents.
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
    /// It needs a restart.
    Restart(Cause, Reason),
}

/// How the build scripts of reloadable crates ended.
#[derive(Debug)]
pub(in crate::session) enum ScriptsEnd {
    Cancelled,
    /// A script failed. With an inner error, it could not be run at all.
    Failed(Result<Failure, Failure>),
    /// The output of a script changed.
    Changed(Reason),
    /// Their outputs are the same as before, and this is the reason to report.
    Same(Reason),
}

/// Whether a generation's types fit those in the host's memory.
#[derive(Debug)]
pub(in crate::session) enum Fit {
    Yes,
    No(Cause, Reason),
    /// Not known, because sources have changed since.
    Unknown,
    /// The library is damaged. Another build of the same sources may succeed.
    Damaged(Reason),
}

/// What happened to the host.
#[derive(Debug)]
pub(in crate::session) enum HostInput {
    /// Its process was started. Under a runner, the program's own process is known when it joins.
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
    /// A host that another process started asks to join.
    Arrived {
        pid: u32,
    },
    /// It replied to the offer with this number.
    Replied {
        generation: u32,
        reply: Reply,
    },
    /// The generation that was offered waits until the program calls `hotmod::advance`.
    Waits {
        generation: u32,
    },
    /// These entry points were called in a generation for the first time.
    Called {
        generation: u32,
        /// Their paths.
        entry_points: Vec<String>,
    },
    /// It is ready to be stopped.
    Ready {
        ends_itself: bool,
    },
    /// It is still saving its values.
    Saving,
    /// It creates its first carried value.
    FirstValue,
    /// Something happened to the next host.
    Successor(SuccessorInput),
    /// It has saved its values, except for those that failed.
    Saved(Saved),
    /// It begins to read a value of the host before it.
    ReadBegan,
    /// It has read a value of the host before it.
    ValueRead {
        name: String,
        /// The fields that the new type does not have.
        dropped: Vec<String>,
    },
    /// It has reset a value, which it could not read.
    Reset(NotCarried),
    /// An offer could not be sent to it.
    Unreachable(Reason),
    /// It closed its end of the channel.
    Left,
    /// Its process ended.
    Exited {
        code: Option<i32>,
        signal: Option<i32>,
        /// If it was asked to stop: whether it has saved its values since.
        has_saved: bool,
        /// Whether the session ends, too, so that this is not reported.
        is_last: bool,
    },
}

/// What happened to a host that was started while the one before it runs.
#[derive(Debug)]
pub(in crate::session) enum SuccessorInput {
    /// As [`HostInput::Started`].
    Started {
        pid: u32,
        is_known: bool,
    },
    NotStarted,
    /// It asks to join.
    Joined {
        pid: u32,
    },
    /// It creates its first carried value, and waits there.
    FirstValue,
    /// Its process ended.
    Ended {
        code: Option<i32>,
        signal: Option<i32>,
    },
}

impl From<SuccessorInput> for Input {
    fn from(input: SuccessorInput) -> Self {
        Input::Host(HostInput::Successor(input))
    }
}

/// The code of a generation that the one before did not have, or that was never called.
#[derive(Debug)]
pub(in crate::session) struct NewCode {
    pub(in crate::session) generation: u32,
    pub(in crate::session) changed: Vec<ChangedCode>,
    /// The paths of all entry points.
    pub(in crate::session) entry_points: BTreeSet<String>,
    /// The types under which the program may have stored the old code.
    pub(in crate::session) stored: BTreeSet<String>,
}

/// The host's reply to an offer.
#[derive(Debug)]
pub(in crate::session) enum Reply {
    Live {
        /// Whether the generation was built from the contents that the session had seen when the build
        /// began.
        is_as_seen: bool,
        /// Whether a full compilation has to follow.
        is_delta: bool,
    },
    /// The live build is not the one that was offered.
    WrongBuild,
    /// It was built from a file that was just being saved.
    Doubtful,
    /// It does not fit a loaded generation, so it needs a restart.
    Contract(Reason),
    /// It was refused for a reason that an edit can remove.
    Refused(Reason),
}

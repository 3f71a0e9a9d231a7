//! The outputs of the core: what the session does.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use crate::decide::Reason;
use crate::report::Event;

use super::Task;
use super::requests::Answer;

/// One thing to do. If it has a result, its documentation names the input with which it comes back.
#[derive(Debug)]
pub(in crate::session) enum Effect {
    /// Look at the files that were touched: [`Input::Looked`](super::Input::Looked).
    Look {
        /// Whether to look at all inputs, touched or not.
        at_all: bool,
        /// Whether to wait for a file that is empty or gone.
        is_patient: bool,
    },
    /// Gather the facts about the changes: [`Input::Examined`](super::Input::Examined).
    Examine {
        number: u64,
        /// Whether to wait for a file that is empty or gone.
        is_patient: bool,
    },
    /// Begin a build: [`Input::BuildEnded`](super::Input::BuildEnded), later.
    Build {
        task: Task,
        /// When the edit that led to it was noticed.
        detected: Option<Instant>,
    },
    CancelBuild,

    // What to do with the build that just ended:
    /// Take the host that was built as the program.
    TakeHost,
    /// Keep the running host, because a new build would have the same code.
    TakeSame,
    /// Take the plan that cargo made from changed manifests.
    TakePlan,
    TakeScripts,
    /// Keep the first generation, which was built while idle.
    TakeAhead,
    /// Compare the generation with what the host has in memory:
    /// [`Input::Inspected`](super::Input::Inspected).
    Inspect,
    Discard,

    /// Offer the host the generation that fits.
    Offer {
        generation: u32,
    },
    /// Report which statics it resets.
    TellState,
    /// The generation that was offered is live.
    GoLive {
        generation: u32,
        /// The previous generation.
        retired: u32,
        /// The code of that one that was not called, by name, if it is known.
        uncalled: Option<BTreeSet<String>>,
    },
    /// Tell the host that a generation that waits for `hotmod::advance` need not go live any more:
    /// [`HostInput::Replied`](super::HostInput::Replied).
    TakeBack {
        generation: u32,
    },
    /// Tell the host to make an earlier generation live again:
    /// [`HostInput::Replied`](super::HostInput::Replied).
    RollBack {
        /// The number that it gets, and the one that it had.
        generation: u32,
        earlier: u32,
    },
    /// It is live again.
    WentBack {
        generation: u32,
        earlier: u32,
        /// The previous generation.
        retired: u32,
    },
    /// The generation that was offered is not live.
    Withdraw {
        /// Whether the host has loaded it nevertheless.
        is_loaded: bool,
    },

    /// Tell the host that it is about to be stopped:
    /// [`HostInput::Ready`](super::HostInput::Ready) when it is ready for that.
    AskToStop,
    /// Send the host the signal that stops it: [`HostInput::Exited`](super::HostInput::Exited) when it
    /// has ended.
    StopHost,
    /// Tell the host to save its values: [`HostInput::Saved`](super::HostInput::Saved).
    AskToSave,
    /// Kill the host: [`HostInput::Exited`](super::HostInput::Exited).
    KillHost,
    /// No host is running any more: forget what is known about it.
    ClearHost,
    /// Remove the values that the last host saved.
    ForgetCarried,
    /// Start the host that was built last: [`HostInput::Started`](super::HostInput::Started).
    StartHost,
    /// Start the host that was built last, while another one runs:
    /// [`SuccessorInput::Started`](super::SuccessorInput::Started).
    StartSuccessor,
    /// Tell it, in reply to its greeting, to wait until it is the host.
    HoldSuccessor {
        /// Whether the program runs until its first carried value.
        runs: bool,
    },
    /// It is the host from now on.
    TakeSuccessor {
        /// Whether it waits at the beginning of `main`.
        waits_before_main: bool,
    },
    /// Report that the user or a debugger has to start the host, and why the previous one was stopped.
    AwaitHost {
        reason: Option<Reason>,
    },
    /// Take the host that another process started, and that waits.
    Adopt,
    /// Tell it that it can't join.
    TurnAway,
    /// Tell the host that it has joined.
    Welcome,
    /// Tell the host that it has joined, and that it starts with the code that it was built with.
    WelcomeAtBaseline,
    Disconnect,

    /// Have the changes that can't be reloaded wait for the next restart:
    /// [`Input::PutOff`](super::Input::PutOff).
    PutOff,
    /// Watch the files that a failed build may lack.
    WatchForFix,
    /// Report which files the failing builds seem to write.
    TellWritten {
        count: u32,
        files: Vec<PathBuf>,
    },
    /// The errors of the last failed build are out of date.
    ClearDiagnostics,

    /// Create a file in a watched folder: [`Input::CookieSeen`](super::Input::CookieSeen) when its
    /// event arrives.
    MakeCookie {
        number: u64,
    },
    Answer {
        question: u64,
        answer: Answer,
    },
    Tell(Event),
}

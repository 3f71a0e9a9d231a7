//! What a session does about what happened.

use std::path::PathBuf;
use std::time::Instant;

use crate::decide::Reason;
use crate::report::Event;

use super::Task;
use super::requests::Answer;

/// One thing to do. Those with a result say which input it comes back as.
#[derive(Debug)]
pub(in crate::session) enum Effect {
    /// Look at the files that were touched: [`Input::Looked`](super::Input::Looked).
    Look {
        /// Look at all inputs, touched or not.
        at_all: bool,
        /// Whether to wait for a file that is empty or gone.
        is_patient: bool,
    },
    /// Find out what the changes ask for: [`Input::Examined`](super::Input::Examined).
    Examine {
        number: u64,
        /// Whether to wait for a file that is empty or gone.
        is_patient: bool,
    },
    /// Begin a build: [`Input::BuildEnded`](super::Input::BuildEnded), in its own time.
    Build {
        task: Task,
        /// When the edit that led to it was noticed.
        detected: Option<Instant>,
    },
    CancelBuild,

    // What becomes of the build that just ended:
    /// The host that was built is the program from now on.
    TakeHost,
    /// The host that runs has the code of the one that was to be built.
    TakeSame,
    /// The plan that cargo made of changed manifests is the session's from now on.
    TakePlan,
    TakeScripts,
    /// Remember the first generation, which was built before it was asked for.
    TakeAhead,
    /// Compare the generation with what the host has in memory:
    /// [`Input::Inspected`](super::Input::Inspected).
    Inspect,
    Discard,

    /// Offer the generation that fits to the host.
    Offer {
        generation: u32,
    },
    /// Say which of its statics are reset.
    TellState,
    /// The host runs the generation that was offered.
    GoLive {
        generation: u32,
        /// The generation before.
        retired: u32,
    },
    /// The host does not run the generation that was offered.
    Withdraw {
        /// Whether it has it in memory all the same.
        is_loaded: bool,
    },

    /// Stop the host that runs, if one does: another program is to run.
    StopHost,
    /// Start what was built last: [`HostInput::Started`](super::HostInput::Started).
    StartHost,
    /// Say that somebody has to start the host, and why the one before was stopped.
    AwaitHost {
        reason: Option<Reason>,
    },
    /// Tell the host that it has joined.
    Welcome,
    /// Begin with the code that the host was built with, then tell it that it has joined.
    WelcomeAtBaseline,
    Disconnect,

    /// Let what no reload brings wait for the next restart: [`Input::PutOff`](super::Input::PutOff).
    PutOff,
    /// Watch the files that a failed build may lack.
    WatchForFix,
    /// Say which files failing builds seem to write.
    TellWritten {
        count: u32,
        files: Vec<PathBuf>,
    },
    /// What the last build that failed said is out of date.
    ClearDiagnostics,

    /// Make a file where the session watches: [`Input::CookieSeen`](super::Input::CookieSeen) when
    /// it is noticed.
    MakeCookie {
        question: u64,
    },
    Answer {
        question: u64,
        answer: Answer,
    },
    Tell(Event),
}

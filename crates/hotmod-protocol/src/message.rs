//! The messages, and the symbols that identify a generation's library.

use std::fmt;

/// Increased with each incompatible change of the messages.
pub const PROTOCOL_VERSION: u16 = 10;

/// The maximum length of a frame, without the length field.
pub const MAX_FRAME: u32 = 64 * 1024;

/// An absolute symbol in a generation's library, whose value is the [`BuildId`].
pub const BUILD_SYMBOL: &str = "hotmod_build";

/// An absolute symbol in a generation's library, whose value is the identity of the crates that it
/// was built with. A library without the symbol has the identity 0.
pub const IDENTITY_SYMBOL: &str = "hotmod_identity";

/// A function in a generation's library that returns the bounds of its entry point records.
pub const ENTRIES_SYMBOL: &str = "hotmod_entry_points";

/// Identifies a build of the whole group. Zero is the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildId(pub u64);

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Host to tool, the first message: this process runs generation 0 and accepts offers.
    Hello {
        /// The host's process id.
        pid: u32,
        /// The identity of the host's build: the same for the same compiler, target and unmarked
        /// crates. 0 if unknown.
        identity: u64,
    },
    /// Tool to host: load this library and make it live.
    Offer(Offer),
    /// Tool to host: make a generation live again that was live before.
    Back(Back),
    /// Host to tool, in reply to an offer: the generation waits until the program calls `hotmod::advance`. `Live` or
    /// `Refused` follows.
    Waits {
        /// The number that was offered.
        generation: u32,
    },
    /// Tool to host: the generation that waits need not go live any more. `Refused` follows, or `Live` if it came
    /// too late.
    TakeBack {
        /// The number that was offered.
        generation: u32,
    },
    /// Host to tool: new calls now go to this generation.
    Live {
        /// The generation's number.
        generation: u32,
        /// The build id in the library that is live.
        build: BuildId,
        /// Microseconds from the offer's arrival to the swap.
        micros: u64,
        /// How many generations the host keeps besides this one and the baseline.
        kept_generations: u32,
        /// Their memory that can't be given back, because it may have been written to.
        kept_bytes: u64,
    },
    /// Host to tool: the offer was refused, and the live generation stays live.
    Refused {
        /// The number that was offered.
        generation: u32,
        /// The build id that was offered.
        build: BuildId,
        /// The kind of reason.
        cause: Cause,
        /// The reason, as text for the screen.
        reason: String,
    },
    /// Host to tool: entry points that were called in a generation for the first time. For those that
    /// are called at once it may come before [`Live`](Message::Live).
    Called {
        /// The generation that ran the calls.
        generation: u32,
        /// The names of the entry points' types.
        entry_points: Vec<String>,
    },
    /// Tool to host, in reply to its greeting: this process is the session's host.
    Welcome,
    /// Tool to host, in reply to its greeting: another process still is the session's host. `Welcome`
    /// follows when that one has ended.
    Hold {
        /// Whether the program runs meanwhile, until its first carried value. Otherwise, it waits at the
        /// beginning of `main`.
        runs: bool,
    },
    /// Tool to a process that the host started, in reply to its greeting: the process keeps its
    /// code, and gets no offers.
    NotHost,
    /// Host to tool, the first message on a separate connection: asks for the symbols at addresses.
    Trace(Trace),
    /// Tool to host, in reply to `Trace`: a part of the backtrace's text.
    Rendered {
        /// The text, in the format of std's backtraces.
        text: String,
        /// Whether it is the last part.
        is_last: bool,
    },
    /// Tool to host, instead of offers: the process does not belong to the session.
    TurnedAway {
        /// The reason, as text for the host's stderr.
        reason: String,
    },
    /// Host to tool: say when everything that has been saved has an outcome.
    Ask {
        /// The number of the question. A host counts its questions from 1.
        question: u64,
    },
    /// Tool to host: everything that was saved before the host asked this has an outcome, which is
    /// the last one that the tool sent.
    Settled {
        /// The number of the question.
        question: u64,
    },
    /// Host to tool, the first message on a separate connection: asks for a descriptor that has events
    /// if something may have been saved.
    Watch,
    /// Tool to host, in reply to `Watch`: the descriptor comes with it.
    Watching,
    /// Tool to host: the outcome for the saved code has changed.
    Outcome(Outcome),
    /// Between tool and host: about the values that the host carries over a restart.
    Carry(Carry),
}

/// A message about carried values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carry {
    /// Tool to host: this process is about to be stopped with this signal, so that the next host can
    /// start.
    Stop {
        /// The number of the signal.
        signal: i32,
    },
    /// Host to tool, in reply to `Stop`: the signal may be sent.
    Ready {
        /// Whether the program was told to end by itself, so that it may not need the signal.
        ends_itself: bool,
    },
    /// Tool to host: this process did not end in time, and is about to be killed. Save the values.
    Save,
    /// Host to tool: the host is still saving values.
    Saving,
    /// Host to tool: the values were saved. In reply to `Save`, or when the host saves by itself.
    Saved(Saved),
    /// Host to tool: the program creates its first carried value. If it is held, it waits there.
    FirstValue,
    /// Host to tool: the program begins to read a saved value, which may take long.
    ReadBegan,
    /// Host to tool: the program has read this value.
    ValueRead {
        /// The name of the value.
        name: String,
        /// The fields that its type no longer has.
        dropped: Vec<String>,
    },
    /// Host to tool: the program has reset this value.
    Reset(NotCarried),
}

/// The values that were saved. If a program has none, both are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The names of all values that the next host can read. If one of them also failed, it is as it was
    /// saved before.
    pub names: Vec<String>,
    /// The values that could not be saved, and why, as text for the screen.
    pub failed: Vec<NotCarried>,
}

/// A value that could not be saved or read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCarried {
    /// The name of the value.
    pub name: String,
    /// The reason, as text for the screen.
    pub reason: String,
}

/// How the saved code relates to the code that the host runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The saved code is live.
    Live {
        /// The number of the generation.
        generation: u32,
    },
    /// It does not compile.
    Failed {
        /// The diagnostics as rustc renders them, with ANSI colours.
        diagnostics: String,
    },
    /// It can't be loaded into the host.
    Refused {
        /// The reasons, as text for people.
        reasons: Vec<String>,
    },
    /// The program is about to be restarted with it: this host is going to be stopped.
    Restarting,
}

/// The stack of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Whether to show all frames and full paths.
    pub is_full: bool,
    /// The host's working directory, to which paths are shortened.
    pub directory: String,
    /// Paths of loaded files.
    pub modules: Vec<String>,
    /// The frames, starting with the innermost.
    pub frames: Vec<Frame>,
}

/// A frame of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The return address.
    pub address: u64,
    /// The index of its module; out of range if it is in none.
    pub module: u32,
    /// An address inside the call, relative to the module's file.
    pub offset: u64,
}

/// A library for a host to make live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The number of the generation.
    pub generation: u32,
    /// The build id that the library must have.
    pub build: BuildId,
    /// The identity of its build, which must be the host's.
    pub identity: u64,
    /// The length of its loaded part, up to the end of the last mapped segment.
    pub length: u64,
    /// The [`digest`](crate::digest) of that part.
    pub digest: u64,
    /// The absolute path of the library, in the session's directory.
    pub path: String,
    /// Whether the layouts of the types at each entry point are the same as in all generations that
    /// were offered before. If not, the host compares the text of signatures.
    pub has_compared_types: bool,
    /// The paths of kept statics whose types differ from the live generation: the old code
    /// serialises their values, and the new code deserialises them.
    pub changed_statics: Vec<String>,
    /// The digest of the host's redirected functions; 0 if it has none.
    pub redirects_digest: u64,
    /// Where these functions are in the library, as distances from [`ENTRIES_SYMBOL`].
    pub redirects: Vec<i32>,
}

/// A generation that was live before, for a host to make live again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The number that it gets.
    pub generation: u32,
    /// The number that it had.
    pub earlier: u32,
    /// The build id that it must have.
    pub build: BuildId,
    /// Whether the layouts of the types at each entry point are the same in all generations. If not, the
    /// host compares the text of signatures.
    pub has_compared_types: bool,
}

/// The kind of reason for which a generation does not go live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The generation is incompatible with the process: only a restart can run it.
    Contract,
    /// A setup of the generation failed.
    Hook,
    /// The library can't be loaded, is not the offered one, or is inconsistent.
    Library,
}

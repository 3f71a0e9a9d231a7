//! The messages, and the symbols by which a generation's library identifies itself.

use std::fmt;

/// Raised when an older tool and a newer runtime, or the other way round, could misunderstand
/// each other.
pub const PROTOCOL_VERSION: u16 = 4;

/// The most bytes a frame may have after its length.
pub const MAX_FRAME: u32 = 64 * 1024;

/// The absolute symbol of a generation's library whose value is its [`BuildId`].
pub const BUILD_SYMBOL: &str = "hotmod_build";

/// The absolute symbol of a generation's library whose value is the identity of the crates that it
/// was built with. A library without it has the identity 0.
pub const IDENTITY_SYMBOL: &str = "hotmod_identity";

/// The function of a generation's library that returns the bounds of its entry point records.
pub const ENTRIES_SYMBOL: &str = "hotmod_entry_points";

/// Names one build of the whole group. Never zero, which is the baseline's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildId(pub u64);

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What one end tells the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Host to tool, first: this process runs generation 0 and can be offered others.
    Hello {
        /// The host's process id.
        pid: u32,
        /// What the host was built with: the same number for the same compiler, target and
        /// unmarked crates. 0 if nobody told it.
        identity: u64,
    },
    /// Tool to host: load this library and make it live.
    Offer(Offer),
    /// Host to tool: new calls now go to this generation.
    Live {
        /// The generation's number.
        generation: u32,
        /// The build id that was read from the library that is live.
        build: BuildId,
        /// Microseconds from the offer's arrival to the swap.
        micros: u64,
        /// How many generations the host keeps besides this one and the baseline.
        kept_generations: u32,
        /// The memory of these that can't be given back: what may have been written to.
        kept_bytes: u64,
    },
    /// Host to tool: the offer was not taken; what was live is live.
    Refused {
        /// The number that was offered.
        generation: u32,
        /// The build id that was offered.
        build: BuildId,
        /// What kind of reason it is.
        cause: Cause,
        /// Why, in words for the screen.
        reason: String,
    },
    /// Tool to host, in answer to its greeting: this process is the session's host.
    Welcome,
    /// Tool to a process that the host started, in answer to its greeting: it runs the code that
    /// it was built with, and gets no offers.
    NotHost,
    /// Host to tool, as the first message on a connection of its own: what are these addresses?
    Trace(Trace),
    /// Tool to host, in answer to that: a part of the backtrace's text.
    Rendered {
        /// The text, in the format of std's backtraces.
        text: String,
        /// Whether it is the last part.
        is_last: bool,
    },
    /// Tool to host, instead of any offer: it is none of the session's.
    TurnedAway {
        /// Why, in words for the host's stderr.
        reason: String,
    },
}

/// The stack of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Whether all frames and whole paths are asked for.
    pub is_full: bool,
    /// The host's working directory, to which paths are shortened.
    pub directory: String,
    /// Paths of loaded files.
    pub modules: Vec<String>,
    /// From the innermost on.
    pub frames: Vec<Frame>,
}

/// One address of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The return address.
    pub address: u64,
    /// Which of the modules it is in; no index of one if it is in none.
    pub module: u32,
    /// An address inside the call, as the module's file counts.
    pub offset: u64,
}

/// A library that a host is to make live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The number the generation gets.
    pub generation: u32,
    /// The build id that the library must have.
    pub build: BuildId,
    /// What it was built with; must be the host's own.
    pub identity: u64,
    /// The length of its loaded part: to the end of the last segment that is mapped.
    pub length: u64,
    /// The [`digest`](crate::digest) of that part.
    pub digest: u64,
    /// Absolute path of the library, inside the session's directory.
    pub path: String,
    /// Whether the types that cross at each entry point were found to lie as in every generation that
    /// was offered before. Else the host compares how signatures are written.
    pub has_compared_types: bool,
    /// Paths of kept statics whose type is not what it is in the live generation: their values are
    /// written by the code that made them, and read by the new one.
    pub changed_statics: Vec<String>,
}

/// What kind of reason keeps a generation from going live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The process relies on what the generation has not, or has otherwise: only a restart helps.
    Contract,
    /// A setup of the generation failed.
    Hook,
    /// The library can't be loaded, is not what was offered, or contradicts itself.
    Library,
}

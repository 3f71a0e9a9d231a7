//! The messages, and the two symbols by which a generation's library identifies itself.

use std::fmt;

/// Raised when an older tool and a newer runtime, or the other way round, could misunderstand
/// each other.
pub const PROTOCOL_VERSION: u16 = 1;

/// The most bytes a frame may have after its length.
pub const MAX_FRAME: u32 = 64 * 1024;

/// The absolute symbol of a generation's library whose value is its [`BuildId`].
pub const BUILD_SYMBOL: &str = "hotmod_build";

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
    },
    /// Tool to host: load this library and make it live.
    Offer {
        /// The number the generation gets.
        generation: u32,
        /// The build id that the library must have.
        build: BuildId,
        /// Absolute path of the library, inside the session's directory.
        path: String,
    },
    /// Host to tool: new calls now go to this generation.
    Live {
        /// The generation's number.
        generation: u32,
        /// The build id that was read from the library that is live.
        build: BuildId,
        /// Microseconds from the offer's arrival to the swap.
        micros: u64,
    },
    /// Host to tool: the offer was not taken; what was live is live.
    Refused {
        /// The number that was offered.
        generation: u32,
        /// The build id that was offered.
        build: BuildId,
        /// Why, in words for the screen.
        reason: String,
    },
}

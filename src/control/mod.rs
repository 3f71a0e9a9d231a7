//! What people ask of a running session: by `cargo hotmod reload`, `restart` and `wait` from other
//! processes, and by keys.
//!
//! - [`running`]: where sessions are found, without asking cargo
//! - [`socket`]: the session's end; it hands each request to the session's loop
//! - [`ask`]: the other end, and what it prints
//! - [`env`]: how a host that somebody else starts finds its way in
//! - [`keys`]: the same by the keys of the session's own terminal
//!
//! A connection carries one [`Request`] and one [`Answer`], each a line of JSON. Both ends are the
//! same binary; where they are not, what can't be read is said to be of another version.

mod keys;
mod running;
mod socket;

use serde::{Deserialize, Serialize};

pub(crate) use keys::{KEYS, Key, take_keyboard};
pub(crate) use running::{Chosen, Record, Running, place, rendezvous};
pub(crate) use socket::{Asked, probe, serve};

/// What a session can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Request {
    /// Make what is on disk live, and load a new generation even if nothing changed.
    Reload,
    /// Build the host, and start it again even if nothing changed.
    Restart,
    /// Say when what is on disk is live, or can't be.
    Wait,
}

/// What became of what is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// The live one, if a host runs.
    pub(crate) generation: Option<u32>,
    /// The host's, if one runs.
    pub(crate) pid: Option<u32>,
    /// Why it is not live.
    pub(crate) reason: Option<String>,
    /// rustc's and cargo's words, as they render them.
    #[serde(default)]
    pub(crate) rendered: String,
    /// The same as cargo's JSON messages.
    #[serde(default)]
    pub(crate) messages: Vec<serde_json::Value>,
}

/// How what is on disk stands to what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// It runs.
    Live,
    /// It can't be built, and the old code goes on.
    Failed,
    /// It was built, and the host does not take it; the old code goes on.
    Refused,
    /// No host runs.
    Ended,
    /// The session is paused, and waits for `reload`.
    Paused,
}

impl Outcome {
    /// The exit code that says it; part of the command's interface.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Outcome::Live => 0,
            Outcome::Failed => 4,
            Outcome::Refused => 5,
            Outcome::Ended => 6,
            Outcome::Paused => 7,
        }
    }
}

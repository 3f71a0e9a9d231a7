//! Requests to a running session, from other processes (`cargo hotmod reload`, `restart`, `wait`)
//! and from the keyboard.
//!
//! - [`running`]: finds running sessions, without running cargo
//! - [`socket`]: the session's side of the control socket
//! - [`detached`]: sessions in the background
//! - [`keys`]: requests by keys in the session's own terminal
//!
//! A connection carries one [`Request`] and one [`Answer`], each a line of JSON. Both sides usually
//! are the same binary. An answer that can't be parsed comes from another version, and the client
//! says so.

mod detached;
mod keys;
mod running;
mod socket;

use serde::{Deserialize, Serialize};

use crate::report::{Check, CheckState};

pub(crate) use detached::Detached;
pub(crate) use keys::{KEYS, Key, take_keyboard};
pub(crate) use running::{Chosen, Record, Running, place, rendezvous};
pub(crate) use socket::{Asked, probe, serve};

/// A request to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Request {
    /// Make the saved code live, and load a new generation even if nothing changed.
    Reload,
    /// Build the host, and restart it even if nothing changed.
    Restart,
    /// The same, without the values that the program carries across restarts.
    #[serde(rename = "restart-fresh")]
    RestartFresh,
    /// Make the last generation before the live one live again.
    Rollback,
    /// Answer when the saved code is live, or can't be.
    Wait,
    /// The same, and if it is live, when the workspace was checked.
    #[serde(rename = "wait-checked")]
    WaitChecked,
}

/// The outcome for the saved code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// The live generation, if a host is running.
    pub(crate) generation: Option<u32>,
    /// The host's process id, if one is running.
    pub(crate) pid: Option<u32>,
    /// Why the saved code is not live.
    pub(crate) reason: Option<String>,
    /// What to do about that, if it is not about the saved code.
    #[serde(default)]
    pub(crate) help: Option<String>,
    /// The reasons one by one, if it was refused.
    #[serde(default)]
    pub(crate) reasons: Vec<String>,
    /// The entry points that lead to code that was not called yet.
    #[serde(default)]
    pub(crate) not_called: Vec<String>,
    /// The check of the workspace, if it was waited for.
    #[serde(default)]
    pub(crate) check: Option<Check>,
    /// The diagnostics, as rustc and cargo render them.
    #[serde(default)]
    pub(crate) rendered: String,
    /// The diagnostics as cargo's JSON messages.
    #[serde(default)]
    pub(crate) messages: Vec<serde_json::Value>,
}

/// How the saved code relates to the running code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// The saved code is running.
    Live,
    /// It does not build, and the old code keeps running.
    Failed,
    /// It builds, but can't be loaded into the host; the old code keeps running.
    Refused,
    /// No host is running.
    Ended,
    /// The session is paused until a `reload`.
    Paused,
    /// The program runs the code of an earlier generation again, until the next save.
    RolledBack,
}

impl Answer {
    /// Whether the saved code is live, but the check of the workspace failed.
    pub(crate) fn has_failed_check(&self) -> bool {
        let check = self.check.as_ref();
        check.is_some_and(|it| it.state == CheckState::Failed)
    }

    /// The exit code, which is part of the command's interface.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.has_failed_check() {
            true => 9,
            false => self.outcome.exit_code(),
        }
    }
}

impl Outcome {
    /// The exit code, which is part of the command's interface.
    fn exit_code(self) -> u8 {
        match self {
            Outcome::Live => 0,
            Outcome::Failed => 4,
            Outcome::Refused => 5,
            Outcome::Ended => 6,
            Outcome::Paused => 7,
            Outcome::RolledBack => 10,
        }
    }
}

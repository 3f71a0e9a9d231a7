//! How long the layer waits, and how long its event streams last.

use std::ffi::OsStr;
use std::io::Write as _;
use std::time::Duration;

/// A number of seconds, for whoever needs another one than the default.
const VARIABLE: &str = "HOTMOD_WEB_TIMEOUT";

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How long a request waits for the saved code.
    pub(super) wait: Duration,
    /// After this time, an event stream ends, and the browser opens the next one. A server that
    /// shuts down by itself waits for its responses, and the layer is not told that it does.
    pub(super) stream: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            wait: Duration::from_secs(30),
            stream: Duration::from_secs(5),
        }
    }
}

impl Limits {
    pub(super) fn from_environment() -> Self {
        let default = Limits::default();
        let Some(value) = std::env::var_os(VARIABLE) else {
            return default;
        };
        let Some(wait) = seconds(&value) else {
            // If stderr is closed, there is no other place for the message.
            let _ = writeln!(
                std::io::stderr(),
                "hotmod-web: {VARIABLE} is {value:?}, which is not a number of seconds, so \
                 requests wait for {} seconds",
                default.wait.as_secs()
            );
            return default;
        };
        Limits { wait, ..default }
    }
}

pub(super) fn seconds(value: &OsStr) -> Option<Duration> {
    Duration::try_from_secs_f64(value.to_str()?.parse().ok()?).ok()
}

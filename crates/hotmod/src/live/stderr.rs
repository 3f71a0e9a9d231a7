//! Messages to the user on the program's stderr.

use std::io::Write as _;

/// Writes a message to the program's stderr.
pub(super) fn say(message: &str) {
    // If stderr is closed, there is no other place for the message.
    let _ = writeln!(std::io::stderr(), "hotmod: {message}");
}

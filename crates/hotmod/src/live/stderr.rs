//! Messages to the user that no other way leads to.

use std::io::Write as _;

/// Writes a message to the program's stderr.
pub(super) fn say(message: &str) {
    // There is nobody to tell that stderr is closed.
    let _ = writeln!(std::io::stderr(), "hotmod: {message}");
}

//! `--keys`: the session reads the keyboard instead of the host.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::mpsc::Sender;

use rustix::termios::LocalModes;

use crate::report::Terminal;

/// The action of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Reload,
    Restart,
    RestartFresh,
    Pause,
    Rollback,
    List,
    Open,
    Clear,
    Quit,
    Help,
}

/// Each key with its description.
pub(crate) const KEYS: [(char, Key, &str); 10] = [
    ('r', Key::Reload, "reload now"),
    ('R', Key::Restart, "restart the program"),
    (
        'F',
        Key::RestartFresh,
        "restart the program without carried values",
    ),
    (
        'b',
        Key::Rollback,
        "go back to the code before the last reload, until the next save",
    ),
    ('p', Key::Pause, "pause or resume"),
    (
        'l',
        Key::List,
        "list the reloadable crates and entry points",
    ),
    ('o', Key::Open, "open the program's port in a browser"),
    ('c', Key::Clear, "clear the screen"),
    ('q', Key::Quit, "quit"),
    ('?', Key::Help, "show this help"),
];

impl Key {
    fn of(byte: u8) -> Option<Key> {
        let mut keys = KEYS.iter();
        keys.find(|(key, ..)| *key == char::from(byte))
            .map(|(_, key, _)| *key)
    }
}

/// Reads the keyboard while the session has the terminal, and sends each key at once. Keys are not
/// echoed. Ctrl-C and similar still send signals.
///
/// # Errors
/// Stdin is not a terminal.
pub(crate) fn take_keyboard<T: From<Key> + Send + 'static>(
    terminal: Option<&Terminal>,
    keys: Sender<T>,
) -> io::Result<()> {
    let terminal = terminal.filter(|_| io::stdin().is_terminal());
    let terminal = terminal.ok_or_else(|| io::Error::other("stdin is not a terminal"))?;
    terminal.follow_stops()?;
    terminal.set_own(|mode| mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO)?;
    std::thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            for byte in io::stdin().lock().bytes().map_while(Result::ok) {
                if let Some(key) = Key::of(byte) {
                    // The receiver is gone only when the session is about to end.
                    let _ = keys.send(key.into());
                }
            }
        })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_action() {
        assert_eq!(Key::of(b'r'), Some(Key::Reload));
        assert_eq!(Key::of(b'R'), Some(Key::Restart));
        assert_eq!(Key::of(b'\n'), None);
        assert_eq!(Key::of(0xff), None);
        let mut all: Vec<char> = KEYS.iter().map(|(key, ..)| *key).collect();
        all.dedup();
        assert_eq!(all.len(), KEYS.len());
    }
}

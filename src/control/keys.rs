//! `--keys`: the terminal's keyboard, for the session and not for its host.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::mpsc::Sender;

use rustix::termios::LocalModes;

use crate::report::Terminal;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Reload,
    Restart,
    Pause,
    List,
    Open,
    Clear,
    Quit,
    Help,
}

/// Each key, and what is said of it.
pub(crate) const KEYS: [(char, Key, &str); 8] = [
    ('r', Key::Reload, "reload now"),
    ('R', Key::Restart, "restart the program"),
    ('p', Key::Pause, "pause, and go on"),
    ('l', Key::List, "list what is reloadable"),
    ('o', Key::Open, "open the program's port in a browser"),
    ('c', Key::Clear, "clear the screen"),
    ('q', Key::Quit, "quit"),
    ('?', Key::Help, "this help"),
];

impl Key {
    fn of(byte: u8) -> Option<Key> {
        let mut keys = KEYS.iter();
        keys.find(|(key, ..)| *key == char::from(byte))
            .map(|(_, key, _)| *key)
    }
}

/// Takes the keyboard for as long as the session has its terminal, and passes on what is typed: each
/// key comes at once, and is not shown. Signals such as Ctrl-C come as before.
///
/// # Errors
/// Stdin is no terminal.
pub(crate) fn take_keyboard<T: From<Key> + Send + 'static>(
    terminal: Option<&Terminal>,
    keys: Sender<T>,
) -> io::Result<()> {
    let terminal = terminal.filter(|_| io::stdin().is_terminal());
    let terminal = terminal.ok_or_else(|| io::Error::other("stdin is none"))?;
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
    fn keys_are_told_from_each_other() {
        assert_eq!(Key::of(b'r'), Some(Key::Reload));
        assert_eq!(Key::of(b'R'), Some(Key::Restart));
        assert_eq!(Key::of(b'\n'), None);
        assert_eq!(Key::of(0xff), None);
        let mut all: Vec<char> = KEYS.iter().map(|(key, ..)| *key).collect();
        all.dedup();
        assert_eq!(all.len(), KEYS.len());
    }
}

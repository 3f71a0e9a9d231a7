//! `--keys`: the terminal's keyboard, for the session and not for its host.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::mpsc::Sender;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

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

/// The keyboard while it belongs to the session: each key comes at once, and is not shown. Signals
/// such as Ctrl-C come as before. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Keyboard {
    before: Termios,
}

impl Keyboard {
    /// Takes the keyboard, and passes on what is typed.
    ///
    /// # Errors
    /// Stdin is no terminal.
    pub(crate) fn take<T: From<Key> + Send + 'static>(keys: Sender<T>) -> io::Result<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Err(io::Error::other("stdin is none"));
        }
        let before = tcgetattr(&stdin)?;
        let mut mode = before.clone();
        mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(&stdin, OptionalActions::Now, &mode)?;
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
        Ok(Keyboard { before })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // A terminal that is closed needs nothing back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
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

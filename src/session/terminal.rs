//! The terminal, which the session shares with the program.

use std::io;
use std::sync::mpsc::Sender;

use crate::control;
use crate::report::{Screen, Terminal};

use super::incoming::Incoming;

/// The terminal, if there is one.
#[derive(Debug)]
pub(super) struct SharedTerminal {
    terminal: Option<Terminal>,
    /// Whether the session reads the keyboard.
    takes_keys: bool,
}

impl SharedTerminal {
    pub(super) fn find(takes_keys: bool, keys: &Sender<Incoming>) -> io::Result<Self> {
        let terminal = Terminal::find();
        if let Some(terminal) = &terminal {
            terminal.give_back_on_panic();
        }
        if takes_keys {
            control::take_keyboard(terminal.as_ref(), keys.clone())?;
        }
        Ok(SharedTerminal {
            terminal,
            takes_keys,
        })
    }

    pub(super) fn takes_keys(&self) -> bool {
        self.takes_keys
    }

    /// Restores its mode, which the host that has ended may have changed.
    pub(super) fn restore(&self) {
        if let Some(terminal) = &self.terminal {
            terminal.restore();
        }
    }

    /// Gives the user time to read the notes before the program takes the screen.
    pub(super) fn let_read(&self, screen: &mut Screen) {
        if let Some(terminal) = self.terminal.as_ref().filter(|_| !self.takes_keys) {
            screen.let_read(terminal);
        }
    }
}

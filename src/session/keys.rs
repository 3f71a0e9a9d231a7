//! The effects of keys.

use crate::commands::list;
use crate::control::{KEYS, Key};
use crate::decide::Action;
use crate::host::listening;

use super::Session;
use super::core::Input;

impl Session {
    /// A key was pressed. Returns an exit code if it ends the session.
    pub(super) fn pressed(&mut self, key: Key) -> Option<u8> {
        match key {
            Key::Reload => self.step(Input::Action(Action::Reload)),
            Key::Restart => self.step(Input::Action(Action::Restart)),
            Key::RestartFresh => self.step(Input::RestartFresh),
            Key::Rollback => self.step(Input::RollBack),
            Key::Pause => self.step(Input::TogglePause),
            Key::List => match list::describe(&self.builds.builder().selection) {
                Ok(text) => self.reporter.screen.text(&text),
                Err(error) => self.tell_error(&error.to_string()),
            },
            Key::Open => self.open(),
            Key::Clear => self.reporter.screen.clear(),
            Key::Quit => return Some(0),
            Key::Help => self.tell_keys(),
        }
        None
    }

    /// Reports the keys.
    pub(super) fn tell_keys(&mut self) {
        for (key, _, what) in KEYS {
            self.reporter.screen.say(&key.to_string(), what);
        }
    }

    /// Shows an error that is not about the saved code.
    fn tell_error(&mut self, message: &str) {
        self.reporter.screen.error(message, None);
    }

    /// Opens the host's page in a browser.
    fn open(&mut self) {
        let Some(pid) = self.core.pid() else {
            return self.tell_error("the program is not running: there is nothing to open");
        };
        let address = match listening(pid) {
            Ok(addresses) => addresses.first().copied(),
            Err(error) => {
                return self.tell_error(&format!(
                    "could not read the ports of process {pid}: {error}"
                ));
            }
        };
        let Some(address) = address else {
            return self.tell_error("the program listens on no port: there is nothing to open");
        };
        let url = format!("http://{address}/");
        self.reporter.screen.say("Open", &url);
        if open::that_detached(&url).is_err() {
            // The errors of the individual programs that were tried are not helpful.
            let message = format!("could not open `{url}` in a browser");
            let help = "open it yourself, or configure a default browser for `xdg-open`";
            self.reporter.screen.error(&message, Some(help));
        }
    }
}

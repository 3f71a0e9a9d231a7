//! Stops hosts, and passes on what they say about the values that they carry.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use hotmod_protocol::{CARRIED_FILE, Carry, Message};

use crate::base::file_stamp::FileStamp;
use crate::host::HostProcess;

use super::Session;
use super::core::{HostInput, Input};

/// The file of carried values when the host was asked to stop, if it was.
#[derive(Debug, Default)]
pub(super) struct SavedBefore(Option<Option<FileStamp>>);

impl Session {
    /// Tells the host that it is about to be stopped.
    pub(super) fn ask_to_stop(&mut self) {
        self.tell_restarting();
        self.saved_before = SavedBefore(Some(FileStamp::of(&self.carried_file())));
        let signal = self.host_settings.stop.signal.signal().as_raw();
        self.tell_at_end(&Message::Carry(Carry::Stop { signal }));
    }

    /// Whether the host that has ended saved its values after it was asked to stop. Its message may
    /// arrive later than its end, so this looks at the file.
    pub(super) fn has_saved_since_asked(&mut self) -> bool {
        let before = std::mem::take(&mut self.saved_before);
        let is_other = |before: Option<FileStamp>| FileStamp::of(&self.carried_file()) != before;
        before.0.is_none_or(is_other)
    }

    fn carried_file(&self) -> PathBuf {
        self.rendezvous.path().join(CARRIED_FILE)
    }

    pub(super) fn ask_to_save(&mut self) {
        self.tell_at_end(&Message::Carry(Carry::Save));
    }

    pub(super) fn send_to_host(&self, send: impl FnOnce(&HostProcess)) {
        if let Some(host) = &self.host {
            send(host);
        }
    }

    /// Removes the values that hosts have saved.
    pub(super) fn forget_carried(&mut self) {
        let file = self.carried_file();
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => self.reporter.error(&format!(
                "could not remove the carried values in `{}`: {error}",
                file.display()
            )),
            _ => {}
        }
    }

    /// A message of the host about carried values.
    pub(super) fn host_carries(&mut self, message: Carry) {
        let input = match message {
            Carry::Ready { ends_itself } => HostInput::Ready { ends_itself },
            Carry::Saving => HostInput::Saving,
            Carry::FirstValue => HostInput::FirstValue,
            Carry::Saved(saved) => HostInput::Saved(saved),
            Carry::ReadBegan => HostInput::ReadBegan,
            Carry::ValueRead { name, dropped } => HostInput::ValueRead { name, dropped },
            Carry::Reset(value) => HostInput::Reset(value.into()),
            // A host does not send these.
            Carry::Stop { .. } | Carry::Save => return,
        };
        self.step(Input::Host(input));
    }
}

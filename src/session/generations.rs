//! The files of the generations that the host was offered.
//!
//! A host maps each generation that it loaded until it ends, so the file's loaded part must stay.
//! The last few are whole, for a debugger that looks at what just ran. The space of what only a
//! debugger reads is given back for all others, and they are removed once their host is gone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::locked_dir::Scratch;
use crate::compile::{Reclaimed, reclaim};

/// How many are whole beside the live one.
const WHOLE: usize = 3;

#[derive(Debug)]
pub(super) struct Generations {
    /// Removed at the end, with the files in it.
    _directory: Scratch,
    /// Oldest first.
    whole: Vec<PathBuf>,
    live: Option<PathBuf>,
    /// The others that the host may have loaded.
    stripped: Vec<PathBuf>,
}

impl Generations {
    pub(super) fn new(directory: Scratch) -> Self {
        Generations {
            _directory: directory,
            whole: Vec::new(),
            live: None,
            stripped: Vec::new(),
        }
    }

    /// From now on the host may have it mapped, also if it refuses it.
    pub(super) fn offered(&mut self, library: &Path) {
        self.whole.push(library.to_owned());
    }

    pub(super) fn went_live(&mut self, library: PathBuf) {
        self.live = Some(library);
    }

    /// Gives back the space of all but the last; what to say of it, if there is anything.
    pub(super) fn reclaim(&mut self) -> Option<String> {
        let mut note = None;
        let old = self.whole.len().saturating_sub(WHOLE + 1);
        for library in self.whole.drain(..old).collect::<Vec<_>>() {
            if self.live.as_ref() == Some(&library) {
                self.whole.insert(0, library);
                continue;
            }
            match reclaim(&library) {
                Ok(Reclaimed::Yes) => {}
                Ok(Reclaimed::Unsupported) => {
                    note = Some(
                        "this file system can't free parts of a file: each generation keeps its \
                         debug information on the disk until the host ends; help: \
                         `--debuginfo lines` makes that smaller"
                            .to_owned(),
                    );
                }
                // Somebody removed it, and so gave back what there was.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    note = Some(format!(
                        "old generations keep their debug information on the disk until the host \
                         ends: {error}"
                    ));
                }
            }
            self.stripped.push(library);
        }
        note
    }

    /// The host is gone. The last files stay, for its core dump.
    pub(super) fn host_ended(&mut self) {
        self.live = None;
        for library in self.stripped.drain(..) {
            // The session's end removes what can't be removed now.
            let _ = fs::remove_file(library);
        }
    }
}

//! The files of the generations that the host was offered.
//!
//! A host keeps each generation mapped until it ends, so the loaded part of the file must stay. The
//! last few files stay complete, for a debugger. For older ones, the space of the parts that only a
//! debugger reads is freed. The files are removed when their host has ended.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hotmod_protocol::BuildId;

use crate::base::library::Library;
use crate::base::locked_dir::Scratch;
use crate::compile::{Reclaimed, reclaim};
use crate::report::Note;

/// How many stay complete besides the live one.
const WHOLE: usize = 3;

#[derive(Debug)]
pub(super) struct Libraries {
    /// Removed at the end, with the files in it.
    directory: Scratch,
    /// Oldest first.
    whole: Vec<PathBuf>,
    live: Option<PathBuf>,
    /// All that are or were live in the host, by number. The baseline is not among them.
    known: BTreeMap<u32, Library>,
    /// Older ones that the host may have loaded.
    stripped: Vec<PathBuf>,
}

impl Libraries {
    pub(super) fn new(directory: Scratch) -> Self {
        Libraries {
            directory,
            whole: Vec::new(),
            live: None,
            known: BTreeMap::new(),
            stripped: Vec::new(),
        }
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Adds a generation. The host may map it even if it refuses it.
    pub(super) fn offered(&mut self, library: &Path) {
        self.whole.push(library.to_owned());
    }

    pub(super) fn went_live(&mut self, generation: u32, library: Library) {
        self.live = Some(library.path.clone());
        self.known.insert(generation, library);
    }

    /// The build id of a generation that was live.
    pub(super) fn build(&self, generation: u32) -> BuildId {
        let library = self.known.get(&generation);
        library.map_or(BuildId::default(), |it| it.build)
    }

    /// A generation is live again, with another number.
    pub(super) fn went_back(&mut self, generation: u32, earlier: u32) {
        let library = self.known.get(&earlier).cloned();
        self.live = library.as_ref().map(|it| it.path.clone());
        if let Some(library) = library {
            self.known.insert(generation, library);
        }
    }

    /// Frees space in all but the last. Returns a note if that is not possible.
    pub(super) fn reclaim(&mut self) -> Option<Note> {
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
                    note = Some(Note::DebugInfoStays { error: None });
                }
                // It was removed, so its space is free already.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let error = Some(error.to_string());
                    note = Some(Note::DebugInfoStays { error });
                }
            }
            self.stripped.push(library);
        }
        note
    }

    /// Removes the files of a host that has ended. The last ones stay, for its core dump.
    pub(super) fn host_ended(&mut self) {
        self.live = None;
        self.known.clear();
        for library in self.stripped.drain(..) {
            // If this fails, the end of the session removes the whole directory.
            let _ = fs::remove_file(library);
        }
    }
}

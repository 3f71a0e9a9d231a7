//! Compares the code of each generation with that of the previous one, in its own thread.
//!
//! A generation does not wait for this before it goes live.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::base::child_process::work_in_background;
use crate::compat::code::{ChangedCode, GroupCode, stored_type};
use crate::compile::CodeFiles;
use crate::report::Note;

use super::core::{Input, NewCode};
use super::{Incoming, Session};

/// The session's side.
#[derive(Debug)]
pub(super) struct CodeComparer {
    work: Sender<Work>,
}

#[derive(Debug)]
enum Work {
    /// The host starts with its baseline.
    Forget,
    /// A build that was made of what the baseline was made of.
    Baseline(CodeFiles),
    Live {
        generation: u32,
        code: CodeFiles,
        uncalled: Option<BTreeSet<String>>,
        /// The types that may be stored by their `TypeId`.
        by_type_id: BTreeSet<String>,
    },
}

impl Session {
    /// The new code of a generation was found.
    pub(super) fn found_new_code(&mut self, new: NewCode) {
        if self.core.generation() == Some(new.generation) {
            self.say_notes(new.stored.iter().map(|of| Note::StoredCode {
                generation: new.generation,
                of: of.clone(),
            }));
        }
        self.step(Input::NewCode(new));
    }
}

impl CodeComparer {
    pub(super) fn new(found: Sender<Incoming>) -> Self {
        let (work, to_do) = channel();
        std::thread::spawn(move || {
            work_in_background();
            work_through(&to_do, &found);
        });
        CodeComparer { work }
    }

    /// Another host runs, or the same one from the start.
    pub(super) fn forget(&self) {
        self.send(Work::Forget);
    }

    /// The first generation was built before it was needed.
    pub(super) fn built_ahead(&self, code: CodeFiles) {
        self.send(Work::Baseline(code));
    }

    /// A generation is live. `uncalled` is the code of the one before that was not called, if that
    /// is known.
    pub(super) fn went_live(
        &self,
        generation: u32,
        code: CodeFiles,
        uncalled: Option<BTreeSet<String>>,
        by_type_id: BTreeSet<String>,
    ) {
        self.send(Work::Live {
            generation,
            code,
            uncalled,
            by_type_id,
        });
    }

    fn send(&self, work: Work) {
        // The thread ends only with the session.
        let _ = self.work.send(work);
    }
}

fn work_through(to_do: &Receiver<Work>, found: &Sender<Incoming>) {
    // The last generation of which the session knows what was called, and the last one.
    let (mut known, mut last): (Option<GroupCode>, Option<GroupCode>) = (None, None);
    for work in to_do {
        match work {
            Work::Forget => (known, last) = (None, None),
            Work::Baseline(code) => (known, last) = (None, code.read()),
            Work::Live {
                generation,
                code,
                uncalled,
                by_type_id,
            } => {
                // Otherwise what was new in the last one counts as new in this one.
                if uncalled.is_some() || known.is_none() {
                    known = last.take();
                }
                last = code.read();
                let Some(now) = &last else {
                    known = None;
                    continue;
                };
                let changed = changed(now, known.as_ref(), &uncalled.unwrap_or_default());
                let stored = changed.iter();
                let stored = stored.filter_map(|it| stored_type(&it.name, &by_type_id));
                let new = NewCode {
                    generation,
                    stored: stored.cloned().collect(),
                    changed,
                    entry_points: now.entry_points().cloned().collect(),
                };
                if found.send(Incoming::NewCode(new)).is_err() {
                    return;
                }
            }
        }
    }
}

fn changed(
    now: &GroupCode,
    before: Option<&GroupCode>,
    uncalled: &BTreeSet<String>,
) -> Vec<ChangedCode> {
    match before {
        Some(before) => now.changed(before, uncalled),
        // All of it may have changed.
        None => vec![ChangedCode {
            name: String::new(),
            entry_points: now.entry_points().cloned().collect(),
        }],
    }
}

//! Compares the code of each generation with that of the previous one, in its own thread, and looks for pointers
//! to earlier code in the program's memory.
//!
//! A generation does not wait for this before it goes live.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::base::child_process::work_in_background;
use crate::compat::code::{ChangedCode, Changes, GroupCode, stored_type};
use crate::compat::symbols::full_name;
use crate::compile::CodeFiles;
use crate::host::held;

use super::{HeldCode, Incoming, NewCode};

/// The end of the loop's thread.
#[derive(Debug)]
pub(super) struct CodeComparer {
    work: Sender<Work>,
}

#[derive(Debug)]
enum Work {
    /// The host starts with its baseline.
    Forget,
    /// The host goes back to an earlier generation, whose code is not known any more.
    Back,
    /// A build that was made of what the baseline was made of.
    Baseline(CodeFiles),
    Live(LiveGeneration),
}

/// A generation that went live.
#[derive(Debug)]
pub(super) struct LiveGeneration {
    pub(super) generation: u32,
    pub(super) code: CodeFiles,
    /// The code of the one before that was not called, if that is known.
    pub(super) uncalled: Option<BTreeSet<String>>,
    /// The types that may be stored by their `TypeId`.
    pub(super) by_type_id: BTreeSet<String>,
    pub(super) library: PathBuf,
    /// Of the host.
    pub(super) executable: PathBuf,
    pub(super) pid: u32,
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

    /// An earlier generation is live again.
    pub(super) fn went_back(&self) {
        self.send(Work::Back);
    }

    /// A generation is live.
    pub(super) fn went_live(&self, live: LiveGeneration) {
        self.send(Work::Live(live));
    }

    fn send(&self, work: Work) {
        // The thread ends only with the session.
        let _ = self.work.send(work);
    }
}

fn work_through(to_do: &Receiver<Work>, found: &Sender<Incoming>) {
    // The last generation of which the session knows what was called, and the last one.
    let (mut known, mut last): (Option<GroupCode>, Option<GroupCode>) = (None, None);
    // Whether the code before the next generation is unknown, so that nothing is known to be new in it.
    let mut is_unknown = false;
    // The files that the host has loaded.
    let mut images = Vec::new();
    for work in to_do {
        match work {
            Work::Forget => {
                (known, last) = (None, None);
                is_unknown = false;
                images.clear();
            }
            Work::Back => {
                (known, last) = (None, None);
                is_unknown = true;
            }
            Work::Baseline(code) => (known, last) = (None, code.read()),
            Work::Live(live) => {
                let generation = live.generation;
                if images.is_empty() {
                    images.push(live.executable);
                }
                let earlier = images.clone();
                images.push(live.library);
                // Otherwise what was new in the last one counts as new in this one.
                if live.uncalled.is_some() || known.is_none() {
                    known = last.take();
                }
                last = live.code.read();
                let Some(now) = &last else {
                    known = None;
                    continue;
                };
                if std::mem::take(&mut is_unknown) {
                    continue;
                }
                let uncalled = live.uncalled.unwrap_or_default();
                let Changes { code, leading } = changes(now, known.as_ref(), &uncalled);
                let stored = code.iter();
                let stored = stored.filter_map(|it| stored_type(&it.name, &live.by_type_id));
                let new = NewCode {
                    generation,
                    stored: stored.cloned().collect(),
                    changed: code,
                    entry_points: now.entry_points().cloned().collect(),
                };
                if found.send(Incoming::NewCode(new)).is_err() {
                    return;
                }
                let functions = held_code(live.pid, &leading, &earlier);
                if !functions.is_empty() {
                    let held = HeldCode {
                        generation,
                        functions,
                    };
                    // The session may have ended.
                    let _ = found.send(Incoming::HeldCode(held));
                }
            }
        }
    }
}

fn changes(now: &GroupCode, before: Option<&GroupCode>, uncalled: &BTreeSet<String>) -> Changes {
    match before {
        Some(before) => now.changed(before, uncalled),
        // All of it may have changed.
        None => Changes {
            code: vec![ChangedCode {
                name: String::new(),
                entry_points: now.entry_points().cloned().collect(),
            }],
            leading: BTreeSet::new(),
        },
    }
}

/// The functions that lead to changed code, and of which the program has pointers to a version in these files. If its
/// memory can't be read, none is known.
fn held_code(pid: u32, leading: &BTreeSet<String>, files: &[PathBuf]) -> BTreeSet<String> {
    if leading.is_empty() {
        return BTreeSet::new();
    }
    let held = held(pid, files, |it| leading.contains(it)).unwrap_or_default();
    held.iter().map(|it| full_name(it)).collect()
}

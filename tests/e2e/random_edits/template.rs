//! Sources with choices, from which random edits are made.
//!
//! A file of the fixture may have slots, `«kind: one ¦ other ¦ third»`, of which one variant is
//! written. A slot with a name after its kind, `«signature scale: ¦ , by: u32»`, has the same
//! choice wherever it stands. A slot that is alone on its line, and whose variant is empty, takes
//! the line with it. Whatever is chosen compiles, unless a slot of the kind `broken` is not at
//! its first variant.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::twin_workspaces::Sources;

/// The kind of the slots that may break a build.
pub(super) const BROKEN: &str = "broken";

/// The variant of each slot.
pub(super) type State = Vec<usize>;

/// Something to be chosen.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) kind: String,
    pub(super) variants: usize,
    pub(super) files: BTreeSet<PathBuf>,
}

/// All files of a fixture.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) slots: Vec<Slot>,
    files: BTreeMap<PathBuf, Vec<Part>>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    /// The slot, and its variants here.
    Choice(usize, Vec<String>),
}

impl Template {
    pub(super) fn of_folder(folder: &Path) -> Self {
        let mut template = Template::default();
        let mut names = BTreeMap::new();
        // In order: slots have the same numbers wherever the test runs.
        for (path, text) in read(folder) {
            let mut path = path.strip_prefix(folder).unwrap().to_owned();
            if path.extension() == Some(OsStr::new("in")) {
                path.set_extension("");
            }
            template.add(&path, &text, &mut names);
        }
        template
    }

    fn add(&mut self, path: &Path, text: &str, names: &mut BTreeMap<String, usize>) {
        let mut pieces = text.split('«');
        let mut parts = vec![Part::Text(pieces.next().unwrap().to_owned())];
        for piece in pieces {
            let (choice, text) = piece.split_once('»').unwrap();
            let (header, variants) = choice.split_once(':').unwrap();
            let variants: Vec<String> = variants.split('¦').map(|it| it.trim().into()).collect();
            let slot = if header.contains(' ') {
                *names.entry(header.to_owned()).or_insert(self.slots.len())
            } else {
                self.slots.len()
            };
            if slot == self.slots.len() {
                self.slots.push(Slot {
                    kind: header.split(' ').next().unwrap().to_owned(),
                    variants: variants.len(),
                    files: BTreeSet::new(),
                });
            }
            assert_eq!(self.slots[slot].variants, variants.len(), "{choice}");
            self.slots[slot].files.insert(path.to_owned());
            parts.push(Part::Choice(slot, variants));
            parts.push(Part::Text(text.to_owned()));
        }
        self.files.insert(path.to_owned(), parts);
    }

    /// Everything at its first variant.
    pub(super) fn first_state(&self) -> State {
        vec![0; self.slots.len()]
    }

    /// Whether a build of this must succeed.
    pub(super) fn compiles(&self, state: &State) -> bool {
        let mut slots = self.slots.iter().zip(state);
        slots.all(|(slot, variant)| slot.kind != BROKEN || *variant == 0)
    }

    /// The files as they are with these choices.
    pub(super) fn render(&self, state: &State) -> Sources {
        let render = |parts: &Vec<Part>| {
            let mut out = String::new();
            let mut took_line = false;
            for part in parts {
                match part {
                    Part::Text(text) if took_line && text.starts_with('\n') => {
                        let line = out.rfind('\n').map_or(0, |end| end + 1);
                        let is_alone = out[line..].trim().is_empty();
                        if is_alone {
                            out.truncate(line);
                        }
                        out.push_str(&text[usize::from(is_alone)..]);
                    }
                    Part::Text(text) => out.push_str(text),
                    Part::Choice(slot, variants) => {
                        let variant = &variants[state[*slot]];
                        took_line = variant.is_empty();
                        out.push_str(variant);
                    }
                }
            }
            out
        };
        let files = self.files.iter();
        files
            .map(|(path, parts)| (path.clone(), render(parts)))
            .collect()
    }
}

fn read(folder: &Path) -> Sources {
    let mut found = Sources::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(read(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
    found
}

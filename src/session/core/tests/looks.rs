//! What the world finds in its files.

use std::path::PathBuf;

use crate::base::contents::Digested;
use crate::compat::items::{Item, ItemKind, Unreachable};
use crate::stale::{Change, Changed, Of};

use super::world::*;
use super::*;

impl World {
    pub(super) fn look(&mut self, at_all: bool, is_patient: bool) -> Looked {
        let disk = self.disk();
        if at_all {
            let touched =
                std::array::from_fn(|file| self.is_touched[file] || disk[file] != self.seen[file]);
            self.is_touched = touched;
        }
        let is_empty = |file: usize| self.is_touched[file] && disk[file] == EMPTY;
        if is_patient && (0..FILES.len()).any(is_empty) {
            return Looked::HalfSaved;
        }
        let mut edited = Vec::new();
        let mut is_changed = false;
        for file in 0..FILES.len() {
            let is_news = self.is_touched[file] && self.written[file] != self.judged[file];
            if is_news {
                edited.push(PathBuf::from(FILES[file]));
                is_changed |= disk[file] != self.seen[file];
                self.judged[file] = self.written[file];
                self.seen[file] = disk[file];
            }
        }
        self.is_touched = [false; 4];
        let is_same_code = std::mem::take(&mut self.is_comment) && !self.core.is_building();
        if is_same_code {
            self.running = disk;
            if self.core.earlier().is_none() {
                self.truth.runs = disk;
            }
        }
        let has_new_files = std::mem::take(&mut self.has_new_file);
        if has_new_files && self.core.is_broken() {
            edited.push(PathBuf::from("new.rs"));
        }
        Looked::Found(Found {
            edited,
            is_changed,
            has_new_files,
            is_same_code,
            changed: self.changed(),
        })
    }

    /// What differs from what runs.
    pub(super) fn changed(&self) -> Changed {
        let differs = |file: &usize| {
            let seen = self.seen[*file];
            seen != self.running[*file] && self.put_off[*file] != Some(seen)
        };
        let files = (0..FILES.len()).filter(differs);
        let entry = |file: usize| {
            (
                PathBuf::from(FILES[file]),
                Digested::Content(self.seen[file].into()),
            )
        };
        files.map(entry).collect()
    }

    pub(super) fn examine(&mut self, number: u64, is_patient: bool) -> Examined {
        let changed = self.changed();
        let has_changed = |file: usize| changed.contains_key(&PathBuf::from(FILES[file]));
        let of = [
            Of::Cargo { concern: None },
            Of::Unmarked {
                package: "model".to_owned(),
                program: None,
            },
            Of::Reloadable {
                retyped: None,
                outside: (self.seen[PAGE] == SUSPECTED).then(|| Unreachable::Named {
                    item: Item::new(ItemKind::Fn, "page"),
                    user: PathBuf::from("main.rs"),
                    macros_of: None,
                }),
            },
            Of::ScriptInput,
        ];
        let changes = of.into_iter().enumerate();
        let changes = changes.filter(|(file, _)| has_changed(*file));
        let changes = changes.map(|(file, of)| Change {
            path: FILES[file].to_owned(),
            of,
        });
        let disk = self.disk();
        let is_empty = |file: &usize| has_changed(*file) && disk[*file] == EMPTY;
        let half_saved = (0..FILES.len()).filter(is_empty);
        let half_saved: Vec<usize> = half_saved.filter(|_| is_patient).collect();
        for file in &half_saved {
            self.is_touched[*file] = true;
            self.judged[*file] = 0;
        }
        let is_stale = has_changed(WORDS) && self.seen[WORDS] != self.ran_on;
        let is_source = |file: usize| [MODEL, PAGE].contains(&file);
        let sources = changed.iter().filter(|(path, _)| {
            let mut files = (0..FILES.len()).filter(|it| is_source(*it));
            files.any(|it| path.as_path() == std::path::Path::new(FILES[it]))
        });
        Examined {
            sources: sources.map(|(path, it)| (path.clone(), *it)).collect(),
            number,
            is_half_saved: !half_saved.is_empty(),
            changes: changes.collect(),
            needs_cargo: has_changed(MANIFEST) && self.seen[MANIFEST] != self.asked_of,
            stale_scripts: is_stale.then(|| "pages".to_owned()).into_iter().collect(),
            has_layouts: true,
            needs_shadow: items_of(self.running[PAGE]) != self.compared_items,
            has_put_off: (0..FILES.len()).any(|file| {
                let seen = self.seen[file];
                seen != self.running[file] && self.put_off[file] == Some(seen)
            }),
            changed,
        }
    }
}

//! Edits that leave the code as it is: comments, formatting, and items under `#[cfg(test)]`.

use std::path::PathBuf;

use super::{Inputs, Kind};
use crate::base::contents::Digested;

impl Inputs {
    /// Takes changed sources of the group as the running ones if their code is the same. Returns
    /// whether there are any.
    pub(crate) fn take_same_code(&mut self) -> bool {
        let is_source = |path: &PathBuf| {
            let is_rust = path.extension().is_some_and(|it| it == "rs");
            is_rust && self.kinds.get(path) == Some(&Kind::Reloadable)
        };
        let changed = self.changed.iter().filter(|(path, _)| is_source(path));
        let changed: Vec<(PathBuf, Digested)> = changed
            .map(|(path, content)| (path.clone(), *content))
            .collect();
        let mut are_any = false;
        for (path, content) in changed {
            let Some(running) = self.running.get(&path).copied() else {
                continue;
            };
            if self.sources.look_at(&path, content)
                && self.sources.take_same(&path, running, content)
            {
                self.changed.remove(&path);
                self.running.insert(path, content);
                are_any = true;
            }
        }
        are_any
    }
}

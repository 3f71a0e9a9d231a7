//! Sources that are the same code as what runs, or make the host the same code.

use std::path::Path;

use super::Sources;
use crate::base::contents::Digested;
use crate::compat::items::tokens::Tokens;

impl Sources {
    /// What runs was made of this.
    pub(super) fn run(&mut self, path: &Path, content: Digested, tokens: Option<Tokens>) {
        match tokens {
            Some(tokens) => drop(self.running.insert(path.to_owned(), (content, tokens))),
            None => drop(self.running.remove(path)),
        }
    }

    /// Takes a content in place of the one that runs if it is the same code. `running` is the one
    /// that runs.
    pub(crate) fn take_same(&mut self, path: &Path, running: Digested, content: Digested) -> bool {
        let (Some((known, was)), Digested::Content(_)) = (self.running.get(path), content) else {
            return false;
        };
        let now = self.now.get(path).filter(|(seen, _)| *seen == content);
        let Some(now) = now.and_then(|(_, reach)| reach.tokens.clone()) else {
            return false;
        };
        let is_same = *known == running && was.is_same(&now) && !self.may_be_read(path);
        if is_same {
            self.run(path, content, Some(now));
        }
        is_same
    }

    /// Whether a macro may read a source as a file.
    fn may_be_read(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let current = self.now.values().map(|(_, reach)| reach);
        let all = self.baselines().map(|(_, reach)| reach).chain(current);
        let mut tokens = all.filter_map(|it| it.tokens.as_ref());
        tokens.any(|it| it.may_read(&name))
    }

    /// The host has the code that it would be made of these sources now: from now on, edits are
    /// compared with them. Only the layouts of what is in memory stay those that it was made with.
    pub(crate) fn host_has_code_of_now(&mut self, is_live: impl Fn(&Path, Digested) -> bool) {
        for (path, (content, now)) in &self.now {
            if !now.shape.is_known() || !is_live(path, *content) {
                continue;
            }
            let source = self.known.entry(path.clone()).or_default();
            let baseline = source.baseline.get_or_insert_default();
            baseline.direct.clone_from(&now.direct);
            baseline.interface.clone_from(&now.interface);
        }
    }
}

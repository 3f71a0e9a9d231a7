//! Sources that are the same code as what runs.

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
}

//! Functions that return an `impl Trait`.
//!
//! The host is compiled against the type behind it, which an edit of any body can replace. Debug information
//! does not describe a result without size. So these functions are found in the sources, by name.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::base::words::{is_of_word, words};

/// The names of functions of the group that may return an `impl Trait`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opaque {
    names: BTreeSet<String>,
    /// Whether a macro may define others.
    has_unknown: bool,
}

impl Opaque {
    /// Adds those of a source. In doubt, a function counts.
    pub(crate) fn add(&mut self, source: &str) {
        for arrow in memmem::find_iter(source.as_bytes(), b"->") {
            let rest = &source[arrow + 2..];
            let end = rest.find(['{', ';']).unwrap_or(rest.len());
            if !words(&rest[..end]).contains("impl") {
                continue;
            }
            match name_before(&source[..arrow]) {
                Some(name) => drop(self.names.insert(name.to_owned())),
                None => self.has_unknown = true,
            }
        }
    }

    /// A source can't be read.
    pub(crate) fn add_unknown(&mut self) {
        self.has_unknown = true;
    }

    /// Whether the function with this symbol may be one of them.
    pub(super) fn may_be(&self, symbol: &str) -> bool {
        let path = super::full_path(symbol);
        let name = path.rsplit("::").next().unwrap_or_default();
        self.names.contains(name)
    }

    /// Whether there may be others.
    pub(super) fn is_anything_unknown(&self) -> bool {
        self.has_unknown
    }
}

/// The name of the function whose parameters end a text. The types of parameters may be functions, too, but these
/// have no name.
fn name_before(text: &str) -> Option<&str> {
    let mut end = text.len();
    while let Some(at) = text[..end].rfind("fn") {
        let (before, after) = (&text[..at], &text[at + 2..]);
        if after.starts_with(char::is_whitespace) && !before.ends_with(is_of_word) {
            let name = after.trim_start();
            let length = name.find(|it| !is_of_word(it)).unwrap_or(name.len());
            return (length > 0).then(|| &name[..length]);
        }
        end = at;
    }
    None
}

//! Edits after which code outside the group would be resolved to other items.
//!
//! A new item has no symbol yet, so symbols don't tell, but names do: an impl concerns the host if the host may know
//! the type and the trait, a method if the host calls one of its name, a definition if the host writes its name. An
//! impl of a trait that had none adds no more than method names, unless the language itself calls it. All sources of
//! a crate are compared at once, so that a moved item is the same item.

mod difference;
mod rules;

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::host_text::HostText;
use super::interface::Part;
use super::known::{HostTexts, Known, Source, User};
use crate::compat::symbols::{HostSymbols, key};
use difference::Difference;

/// An item that code outside the group may be resolved to now, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Rebound {
    #[serde(flatten)]
    pub(crate) part: Part,
    pub(crate) change: Change,
    /// The name by which the user may know it.
    pub(crate) known_by: String,
    #[serde(flatten)]
    pub(crate) user: User,
    /// Whether it is an entry point from now on.
    pub(crate) is_entry_point: bool,
    /// Whether a derive makes it now.
    pub(crate) is_derived: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    Added,
    Changed,
    Removed,
}

/// The first item that changed in this way, and the source in which it did. `texts` are the sources outside the
/// group that may use it; they are only asked for if the interface of a crate changed.
pub(crate) fn first<'a>(
    sources: &'a [Source<'a>],
    host: &HostCode<'_>,
    texts: impl FnOnce() -> Vec<(&'a Path, String)>,
) -> Option<(&'a Path, Rebound)> {
    let differences = Difference::of_all(sources);
    if differences.is_empty() {
        return None;
    }
    let texts = texts();
    let crates = sources.iter().flat_map(|it| it.crates.iter().cloned());
    let read: Vec<&str> = texts.iter().map(|(_, text)| &**text).collect();
    let read = HostText::of_all(&read, &crates.collect());
    let texts: HostTexts<'_> = texts.iter().map(|(path, _)| *path).zip(read).collect();
    let question = Question {
        sources,
        symbols: host.symbols,
        known: Known::of(sources, &texts, host.symbols, host.is_inlined),
        crossing: Known::crossing(sources, host.symbols),
        texts: &texts,
    };
    let mut differences = differences.iter();
    differences.find_map(|difference| {
        let (known_by, user) = question.user(difference)?;
        let rebound = Rebound {
            part: difference.part.clone(),
            change: difference.change(),
            known_by,
            user,
            is_entry_point: question.is_entry_point(difference),
            is_derived: difference.now.iter().any(|it| it.is_apart),
        };
        Some((sources[difference.source].path, rebound))
    })
}

/// The code that the host has of the group.
pub(crate) struct HostCode<'a> {
    pub(crate) symbols: &'a HostSymbols,
    /// Whether functions may be inlined into others.
    pub(crate) is_inlined: bool,
}

/// All that rules need.
struct Question<'a> {
    sources: &'a [Source<'a>],
    texts: &'a HostTexts<'a>,
    symbols: &'a HostSymbols,
    known: Known<'a>,
    crossing: BTreeSet<(&'a str, &'a str)>,
}

impl Question<'_> {
    fn is_entry_point(&self, difference: &Difference<'_>) -> bool {
        let Part::Member { of, by, name } = difference.part else {
            return false;
        };
        let key = key(Some(of), by.as_deref(), name);
        let mut now = self.sources.iter().filter_map(|it| it.now);
        now.any(|it| it.direct.is_hot(&key))
    }

    /// The first text that is so.
    fn text(&self, is_it: impl Fn(&HostText) -> bool) -> Option<User> {
        let (path, _) = self.texts.iter().find(|(_, text)| is_it(text))?;
        Some(User::Source {
            user: path.to_path_buf(),
        })
    }
}

#[cfg(test)]
mod tests;

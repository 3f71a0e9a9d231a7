//! Differences in words: symbols as people read them.

use std::collections::{BTreeMap, HashSet};

use super::{Code, Piece};
use crate::compat::symbols::{full_name, shown_symbol};

/// A function or a static that a clean build would have in another form than the running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Which one.
    pub(crate) symbol: String,
    /// What it refers to in a clean build, and did not before.
    pub(crate) now: Option<String>,
    /// What it refers to in the running program instead.
    pub(crate) before: Option<String>,
}

impl Difference {
    /// A symbol that only the clean program has.
    pub(super) fn added(symbol: &str) -> Self {
        Difference {
            symbol: shown_symbol(symbol),
            now: None,
            before: None,
        }
    }

    /// At the same place, one refers to something else.
    pub(super) fn replaced(user: &Piece, now: &Piece, before: &Piece) -> Self {
        Difference {
            symbol: user.name().map(shown_symbol).unwrap_or_default(),
            now: now.name().map(shown_symbol),
            before: before.name().map(shown_symbol),
        }
    }

    /// Each once: what is called instead first, then what is called in addition or no longer, then
    /// what differs by itself.
    pub(super) fn sorted(mut found: Vec<Self>) -> Vec<Self> {
        let mut seen = HashSet::new();
        found.retain(|it| seen.insert((it.symbol.clone(), it.now.clone(), it.before.clone())));
        found.sort_by_key(|it| match (&it.now, &it.before) {
            (Some(_), Some(_)) => 0,
            (Some(_), None) | (None, Some(_)) => 1,
            (None, None) => 2,
        });
        found
    }
}

/// What differs in a pair of pieces, by the symbols that only one of them refers to.
pub(super) fn explain(
    running: &Code,
    clean: &Code,
    user: &Piece,
    (before, now): (&Piece, &Piece),
) -> Difference {
    let (was, is) = (references(running, before), references(clean, now));
    let only = |some: &References, others: &References| {
        let count = |of: &References, name| of.get(name).map_or(0, |(_, count)| *count);
        let names = some.keys();
        let more = names.filter(|name| count(some, *name) > count(others, *name));
        // Users know their own items better than those of the standard library.
        let first = more.min_by_key(|name| (is_of_std(name), *name))?;
        some.get(first).map(|(symbol, _)| shown_symbol(symbol))
    };
    Difference {
        symbol: user.name().map(shown_symbol).unwrap_or_default(),
        now: only(&is, &was),
        before: only(&was, &is),
    }
}

fn is_of_std(name: &str) -> bool {
    ["core::", "alloc::", "std::"]
        .iter()
        .any(|it| name.contains(it))
}

/// By name, a symbol of it, and how often it is referred to.
type References<'c> = BTreeMap<String, (&'c str, usize)>;

/// The names that a piece refers to, through private constants too.
fn references<'c>(code: &'c Code, piece: &Piece) -> References<'c> {
    let mut found = References::new();
    let mut seen = HashSet::new();
    let mut open: Vec<u32> = piece.targets().to_vec();
    while let Some(number) = open.pop() {
        let target = &code.pieces[number as usize];
        match target.name() {
            Some(name) => found.entry(full_name(name)).or_insert((name, 0)).1 += 1,
            None if seen.insert(number) => open.extend(target.targets()),
            None => {}
        }
    }
    found
}

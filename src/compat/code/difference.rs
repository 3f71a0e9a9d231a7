//! Differences in words: symbols as people read them.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Code, Piece};
use crate::compat::symbols::{full_name, shown_symbol};

/// A function or a static that a clean build would have in another form than the running program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Difference {
    /// Which one.
    pub(crate) symbol: String,
    /// What it refers to in a clean build, and did not before.
    pub(crate) now: Option<String>,
    /// What it refers to in the running program instead.
    pub(crate) before: Option<String>,
}

impl Difference {
    /// A root that only one of the programs has.
    pub(super) fn of_root(symbol: &str) -> Self {
        Difference {
            symbol: shown_symbol(symbol),
            now: None,
            before: None,
        }
    }

    /// At the same place, one refers to something else.
    pub(super) fn replaced(user: &Piece, now: &Piece, before: &Piece) -> Self {
        let short = [now, before].map(|it| it.name().map(shown_symbol));
        let [now, before] = match short[0] == short[1] {
            // They differ by their types.
            true => [now, before].map(|it| it.name().map(full_name)),
            false => short,
        };
        Difference {
            symbol: user.name().map(shown_symbol).unwrap_or_default(),
            now,
            before,
        }
    }

    /// Each once: what is called instead first, then what is called in addition or no longer, then
    /// what differs by itself.
    pub(super) fn sorted(mut found: Vec<Self>) -> Vec<Self> {
        let mut seen = HashSet::new();
        found.retain(|it| seen.insert((it.symbol.clone(), it.now.clone(), it.before.clone())));
        let has_names = found
            .iter()
            .filter(|it| it.now.is_some() || it.before.is_some());
        let explained: HashSet<String> = has_names.map(|it| it.symbol.clone()).collect();
        let is_bare = |it: &Self| it.now.is_none() && it.before.is_none();
        found.retain(|it| !is_bare(it) || !explained.contains(&it.symbol));
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
    let (added, vanished) = (more(&is, &was), more(&was, &is));
    // A method takes the place of one of its name.
    let pairs = added
        .iter()
        .flat_map(|now| vanished.iter().map(move |before| (now, before)));
    let mut alike = pairs.filter(|(now, before)| last_word(&now.0) == last_word(&before.0));
    let [now, before] = match alike.next() {
        Some((now, before)) => [Some(now), Some(before)],
        None => [added.first(), vanished.first()],
    };
    Difference {
        symbol: user.name().map(shown_symbol).unwrap_or_default(),
        now: now.map(|(_, symbol)| shown_symbol(symbol)),
        before: before.map(|(_, symbol)| shown_symbol(symbol)),
    }
}

/// The names that occur more often in `some`, with a symbol of each. Of the standard library's
/// functions, panics and formatting are mere consequences.
fn more<'c>(some: &References<'c>, others: &References) -> Vec<(String, &'c str)> {
    let count = |of: &References, name| of.get(name).map_or(0, |(_, count)| *count);
    let more = some
        .iter()
        .filter(|(name, (_, here))| *here > count(others, *name));
    let of_users = more.filter(|(name, _)| is_of_user(name));
    of_users
        .map(|(name, (symbol, _))| (name.clone(), *symbol))
        .collect()
}

fn last_word(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or_default()
}

/// Whether a full name contains a path that is not the standard library's.
pub(super) fn is_of_user(name: &str) -> bool {
    let is_in_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let paths = name.split(|c| !is_in_path(c));
    let mut heads = paths.filter_map(|it| it.trim_start_matches(':').split_once("::"));
    heads.any(|(head, _)| !head.is_empty() && !["core", "alloc", "std"].contains(&head))
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

//! Changed items that type layouts don't show.
//!
//! The debug information of a `dyn` type contains only its name, with the trait and the trait's arguments. So
//! every item that these names may mean counts, and every item that its tokens name.
//! [`scopes`](super::scopes) resolves the names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::direct::Direct;
use super::item::{Item, ItemKind, last_name};
use super::references::{Reference, references};
use super::scope::{Crates, Scope, without_raw};
use super::scopes::{Meaning, Scopes};
use super::shape::Shape;

/// A source from which a generation was built, and the same source now.
pub(crate) struct Pair<'a> {
    pub(crate) path: &'a Path,
    pub(crate) was: &'a Shape,
    pub(crate) is: &'a Shape,
    /// The items on which other items may depend, of the baseline and now.
    pub(crate) direct: Option<(&'a Direct, &'a Direct)>,
}

/// A changed item that type layouts don't show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Unseen {
    pub(crate) item: Item,
    /// The `dyn` type whose name leads to it.
    #[serde(rename = "dyn", skip_serializing_if = "Option::is_none")]
    pub(crate) of: Option<String>,
    /// The names on the way from there, without those of the type and of the item.
    #[serde(rename = "via", skip_serializing_if = "Vec::is_empty")]
    pub(crate) way: Vec<String>,
}

impl From<Item> for Unseen {
    fn from(item: Item) -> Self {
        Unseen {
            item,
            of: None,
            way: Vec::new(),
        }
    }
}

/// The items that the names of `dyn` types lead to.
struct Reached<'a> {
    scopes: Scopes<'a>,
    /// In the order in which they were found, each with its origin.
    found: Vec<(Meaning<'a>, Origin<'a>)>,
    numbers: BTreeMap<Meaning<'a>, usize>,
    /// The items that read a changed file that is not a module.
    readers: Vec<(usize, &'a str)>,
}

#[derive(Clone, Copy)]
enum Origin<'a> {
    /// The path of an item in the name of a `dyn` type.
    Path(&'a str),
    /// The index of another item.
    Other(usize),
}

/// The changed item with the shortest way from one of these paths, which are in the names of `dyn`
/// types. `files` are the changed files that are not modules.
pub(crate) fn changed(
    paths: &BTreeMap<String, String>,
    sources: &[Pair<'_>],
    files: &[&str],
    crates: &Crates,
) -> Option<Unseen> {
    if paths.is_empty() {
        return None;
    }
    let mut numbers: BTreeMap<&Path, usize> = BTreeMap::new();
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    for pair in sources {
        let number = *numbers.entry(pair.path).or_insert_with(|| {
            scopes.push(Scope::new(pair.path, crates));
            scopes.len() - 1
        });
        scopes[number].add(pair.was, pair.direct.map(|(was, _)| was));
        scopes[number].add(pair.is, pair.direct.map(|(_, is)| is));
    }
    let reached = Reached::from(paths, Scopes::new(scopes, crates), files);
    let changed = sources.iter().flat_map(|pair| {
        let scope = numbers[pair.path];
        let direct = pair.direct.into_iter();
        let computed = direct.flat_map(|(was, is)| was.changed_in_kind(is));
        let computed = computed.map(|(kind, name)| Item::new(kind, name));
        let items = pair.was.changed(pair.is).into_iter().chain(computed);
        items.map(move |item| (scope, item))
    });
    let items = changed.filter_map(|(scope, item)| {
        let number = reached.numbers.get(&meaning(scope, &item))?;
        Some((*number, item))
    });
    let files = reached.readers.iter();
    let files = files.map(|(number, file)| (*number, Item::new(ItemKind::File, *file)));
    let (number, item) = items.chain(files).min_by_key(|(number, _)| *number)?;
    Some(reached.unseen(number, item, paths))
}

/// The meaning by which an item of a source is found.
fn meaning(scope: usize, item: &Item) -> Meaning<'_> {
    let name = without_raw(item.last_name());
    match item.kind {
        ItemKind::Glob => Meaning::Globs(scope),
        ItemKind::MacroCall => Meaning::Calls(scope),
        ItemKind::AssociatedType => Meaning::Associated(scope, name),
        _ => Meaning::Named(scope, name),
    }
}

impl<'a> Reached<'a> {
    fn from(paths: &'a BTreeMap<String, String>, scopes: Scopes<'a>, files: &[&'a str]) -> Self {
        let mut reached = Reached {
            scopes,
            found: Vec::new(),
            numbers: BTreeMap::new(),
            readers: Vec::new(),
        };
        for path in paths.keys() {
            for meaning in reached.scopes.at(path) {
                reached.add(meaning, Origin::Path(path));
            }
        }
        // A blanket impl applies to each type.
        for scope in 0..reached.scopes.all.len() {
            let of_all = reached.scopes.all[scope].associated.clone();
            for (name, ..) in of_all.into_iter().filter(|(_, of, _)| of.is_empty()) {
                if let Some(path) = paths.keys().next() {
                    reached.add(Meaning::Associated(scope, name), Origin::Path(path));
                }
            }
        }
        let mut next = 0;
        while let Some((meaning, _)) = reached.found.get(next).copied() {
            reached.follow(next, meaning, files);
            next += 1;
        }
        reached
    }

    fn add(&mut self, meaning: Meaning<'a>, from: Origin<'a>) {
        if !self.numbers.contains_key(&meaning) {
            self.numbers.insert(meaning, self.found.len());
            self.found.push((meaning, from));
        }
    }

    /// Adds the items that an item leads to.
    fn follow(&mut self, number: usize, meaning: Meaning<'a>, files: &[&'a str]) {
        let mut next = BTreeSet::new();
        let mut texts: Vec<&'a str> = Vec::new();
        match meaning {
            Meaning::Named(scope, name) => {
                let of = &self.scopes.all[scope];
                texts.extend(
                    of.items
                        .get(name)
                        .into_iter()
                        .flatten()
                        .map(|(_, tokens)| *tokens),
                );
                for (kind, tokens) in of.computed.get(name).into_iter().flatten() {
                    texts.push(tokens);
                    if *kind == ItemKind::Macro {
                        let names = references(tokens).into_iter().flat_map(|it| it.names);
                        next.extend(names.flat_map(|it| self.scopes.anywhere(it)));
                    }
                }
                next.extend(self.scopes.imported(scope, name));
                let given = |of: &Scope<'a>| {
                    let given = of.associated.iter().filter(|(_, of, _)| *of == name);
                    given.map(|(name, ..)| *name).collect::<Vec<_>>()
                };
                for (scope, of) in self.scopes.all.iter().enumerate() {
                    next.extend(
                        given(of)
                            .into_iter()
                            .map(|it| Meaning::Associated(scope, it)),
                    );
                }
            }
            Meaning::Associated(scope, name) => {
                let all = self.scopes.all[scope].associated.iter();
                texts.extend(
                    all.filter(|(its, ..)| *its == name)
                        .map(|(.., tokens)| *tokens),
                );
            }
            Meaning::Calls(scope) => {
                texts.extend(&self.scopes.all[scope].calls);
            }
            Meaning::Globs(_) => {}
        }
        let scope = match meaning {
            Meaning::Named(scope, _)
            | Meaning::Associated(scope, _)
            | Meaning::Calls(scope)
            | Meaning::Globs(scope) => scope,
        };
        for text in texts {
            let of_items =
                |it: &Reference<'_>| !it.is_declared || matches!(meaning, Meaning::Calls(_));
            for reference in references(text).into_iter().filter(of_items) {
                next.extend(self.scopes.meanings(scope, &reference));
            }
            let read = files.iter().filter(|file| reads(text, file));
            self.readers.extend(read.map(|file| (number, *file)));
        }
        for meaning in next {
            self.add(meaning, Origin::Other(number));
        }
    }

    /// An item that was found, and the way to it.
    fn unseen(&self, number: usize, item: Item, paths: &BTreeMap<String, String>) -> Unseen {
        let mut way: Vec<&str> = Vec::new();
        let mut at = number;
        let path = loop {
            let (meaning, from) = self.found[at];
            if let Meaning::Named(_, name) | Meaning::Associated(_, name) = meaning {
                way.push(name);
            }
            match from {
                Origin::Other(before) => at = before,
                Origin::Path(path) => break path,
            }
        };
        way.push(last_name(path));
        way.reverse();
        // An import usually has the name of its item.
        way.dedup();
        let own = without_raw(item.last_name());
        let way = way.into_iter().skip(1).filter(|it| *it != own);
        Unseen {
            way: way.map(str::to_owned).collect(),
            of: paths.get(path).cloned(),
            item,
        }
    }
}

/// Whether tokens call a macro that reads a file of this name.
fn reads(tokens: &str, file: &str) -> bool {
    const INCLUDES: [&str; 3] = ["include", "include_bytes", "include_str"];
    let is_named = || tokens.contains(&format!("{file}\""));
    // The path may be computed, for example from an environment variable.
    let may_be_any = || {
        INCLUDES.iter().any(|name| {
            tokens.match_indices(name).any(|(at, _)| {
                let after = tokens[at + name.len()..].trim_start();
                let arguments = after.strip_prefix('!').map(str::trim_start);
                let arguments = arguments.map(|it| {
                    it.trim_start_matches(|it: char| it.is_alphabetic() || "([{ ".contains(it))
                });
                arguments.is_some_and(|it| !it.starts_with('"'))
            })
        })
    };
    tokens.contains('!') && (is_named() || may_be_any())
}

#[cfg(test)]
mod tests;

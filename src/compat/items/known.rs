//! Which of the group's names code outside the group may know.
//!
//! It knows those that it writes, and what these lead to: a function to the types in its signature, a type to those
//! of its fields, an alias to what it stands for. Where it has code of the group itself, it knows all names in that.
//! Names are resolved within their crate, as far as that declares them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::host_text::HostText;
use super::interface::Part;
use super::reach::Reach;
use crate::base::words::words;
use crate::compat::symbols::HostSymbols;

/// A source of the group, as it was and as it is.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    /// The crates that it is part of.
    pub(crate) crates: BTreeSet<String>,
    pub(crate) was: Option<&'a Reach>,
    pub(crate) now: Option<&'a Reach>,
}

/// Who knows a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum User {
    Source {
        user: PathBuf,
    },
    /// A crate that has code of the group.
    Crate {
        user: String,
    },
}

/// A text outside the group, and the file that it is of.
pub(crate) type HostTexts<'a> = Vec<(&'a Path, HostText)>;

/// A name of a crate.
type Name<'a> = (&'a str, &'a str);

/// What a name leads to.
struct Lead<'a> {
    from: Name<'a>,
    /// The type that a method is of: its name says too little.
    of: Option<&'a str>,
    to: BTreeSet<&'a str>,
}

/// The names that may be known.
pub(crate) struct Known<'a> {
    names: BTreeMap<Name<'a>, User>,
    /// The names of types and traits that the group declares.
    types: BTreeSet<Name<'a>>,
    /// Code of the group that the host has, by the source that it stands in.
    held: BTreeMap<&'a Path, (User, BTreeSet<&'a str>)>,
}

impl<'a> Known<'a> {
    pub(crate) fn of(
        sources: &'a [Source<'a>],
        texts: &'a HostTexts<'a>,
        symbols: &'a HostSymbols,
        is_inlined: bool,
    ) -> Self {
        let leads = leads(sources, is_inlined);
        let mut known = Known {
            names: BTreeMap::new(),
            types: types(sources),
            held: BTreeMap::new(),
        };
        let declared: BTreeSet<Name<'a>> = leads.iter().map(|it| it.from).collect();
        let crates: BTreeSet<&str> = declared.iter().map(|(its_crate, _)| *its_crate).collect();
        for (path, text) in texts {
            for name in &text.paths {
                for its_crate in &crates {
                    let user = User::Source {
                        user: path.to_path_buf(),
                    };
                    known.names.entry((*its_crate, &**name)).or_insert(user);
                }
            }
        }
        known.hold(sources, symbols, &declared);
        known.follow(&leads, &declared, |name| {
            let mut texts = texts.iter();
            texts.any(|(_, text)| text.members.contains(name))
        });
        known
    }

    /// The types that values are of which cross an entry point or a redirected function: their layouts are compared.
    pub(crate) fn crossing(sources: &'a [Source<'a>], symbols: &HostSymbols) -> BTreeSet<Name<'a>> {
        let redirected = redirected(sources, symbols);
        let mut leads = leads(sources, false);
        leads.retain(|it| it.of.is_none());
        let declared: BTreeSet<Name<'a>> = leads.iter().map(|it| it.from).collect();
        let mut known = Known {
            names: BTreeMap::new(),
            types: types(sources),
            held: BTreeMap::new(),
        };
        for (source, its_crate) in each_crate(sources) {
            for reach in [source.was, source.now].into_iter().flatten() {
                for signature in &reach.interface.signatures {
                    let is_redirected = || redirected.contains(&(its_crate, &*signature.key));
                    if reach.direct.is_hot(&signature.key) || is_redirected() {
                        let user = User::Crate {
                            user: its_crate.to_owned(),
                        };
                        let mut words = words(&signature.tokens);
                        words.extend(signature.of.as_deref());
                        known.add(its_crate, &words, &user, &declared);
                    }
                }
            }
        }
        known.follow(&leads, &declared, |_| false);
        known.names.into_keys().collect()
    }

    /// Who may know a type or a trait of this name.
    pub(crate) fn user_of<'b>(&'b self, its_crate: &'b str, name: &'b str) -> Option<&'b User> {
        self.names.get(&(its_crate, name))
    }

    pub(crate) fn is_type(&self, name: &str) -> bool {
        self.types.iter().any(|(_, it)| *it == name)
    }

    /// Who may know one of the types or traits in these tokens, and which; an error if there are none.
    pub(crate) fn user_in(
        &self,
        its_crate: &str,
        tokens: &str,
    ) -> Result<Option<(String, &User)>, ()> {
        let mut has_types = false;
        for word in words(tokens) {
            let own = self.types.contains(&(its_crate, word));
            let all = self
                .types
                .iter()
                .filter(|(of, it)| *it == word && (!own || *of == its_crate));
            for name in all {
                has_types = true;
                if let Some(user) = self.names.get(name) {
                    return Ok(Some((word.to_owned(), user)));
                }
            }
        }
        if has_types { Ok(None) } else { Err(()) }
    }

    /// Who has code of a source that has this name in it.
    pub(crate) fn holder(&self, path: &Path, name: &str) -> Option<&User> {
        let (user, words) = self.held.get(path)?;
        words.contains(name).then_some(user)
    }

    /// The same of any source of a crate.
    pub(crate) fn holder_in(
        &self,
        sources: &[Source<'_>],
        its_crate: &str,
        name: &str,
    ) -> Option<&User> {
        let mut sources = sources.iter().filter(|it| it.crates.contains(its_crate));
        sources.find_map(|it| self.holder(it.path, name))
    }

    /// Takes the code that the host has, as its symbols say.
    fn hold(
        &mut self,
        sources: &'a [Source<'a>],
        symbols: &'a HostSymbols,
        declared: &BTreeSet<Name<'a>>,
    ) {
        let is_type = |_: &str| false;
        for used in symbols.used_items(is_type) {
            let user = User::Crate {
                user: used.user.to_owned(),
            };
            for (source, its_crate) in each_crate(sources) {
                if !used.crates.contains(&its_crate) {
                    continue;
                }
                self.add(its_crate, &words(used.path), &user, declared);
                let Some(was) = source.was else { continue };
                let code = |key: &String| match used.is_held {
                    true => was.direct.code_of(key),
                    // Calls go to the live generation, but the host knows the signature.
                    false => was.direct.signature_of(key),
                };
                for tokens in used.keys.iter().filter_map(code) {
                    let words = words(tokens);
                    self.add(its_crate, &words, &user, declared);
                    let held = self.held.entry(source.path);
                    let (_, all) = held.or_insert_with(|| (user.clone(), BTreeSet::new()));
                    all.extend(words);
                }
            }
        }
    }

    /// Takes names that stand in a crate: its own, or those of the others.
    fn add(
        &mut self,
        its_crate: &'a str,
        words: &BTreeSet<&'a str>,
        user: &User,
        declared: &BTreeSet<Name<'a>>,
    ) -> bool {
        let mut is_new = false;
        for word in words {
            let own = (its_crate, *word);
            let names: Vec<Name<'a>> = match declared.contains(&own) {
                true => vec![own],
                false => declared
                    .iter()
                    .filter(|(_, it)| it == word)
                    .copied()
                    .collect(),
            };
            for name in names {
                is_new |= !self.names.contains_key(&name);
                self.names.entry(name).or_insert_with(|| user.clone());
            }
        }
        is_new
    }

    fn follow(
        &mut self,
        leads: &[Lead<'a>],
        declared: &BTreeSet<Name<'a>>,
        is_called: impl Fn(&str) -> bool,
    ) {
        let mut open: Vec<&Lead<'a>> = leads.iter().collect();
        loop {
            let known = self.names.len();
            open.retain(|lead| {
                let (its_crate, name) = lead.from;
                let by_name = self.names.get(&lead.from);
                let user = match lead.of {
                    None => by_name,
                    Some(of) if self.is_type(of) => {
                        let its_type = self.names.get(&(its_crate, of));
                        its_type.filter(|_| by_name.is_some() || is_called(name))
                    }
                    Some(_) => by_name,
                };
                let Some(user) = user.cloned() else {
                    return true;
                };
                self.add(its_crate, &lead.to, &user, declared);
                false
            });
            if self.names.len() == known {
                return;
            }
        }
    }
}

fn each_crate<'a>(sources: &'a [Source<'a>]) -> impl Iterator<Item = (&'a Source<'a>, &'a str)> {
    sources.iter().flat_map(|source| {
        let crates = source.crates.iter();
        crates.map(move |its_crate| (source, its_crate.as_str()))
    })
}

/// The keys of redirected functions. A key that other functions have, too, does not tell which of them it is.
fn redirected<'a>(sources: &'a [Source<'a>], symbols: &HostSymbols) -> BTreeSet<Name<'a>> {
    // How many functions have a key, and how many of them are redirected.
    let mut counts: BTreeMap<Name<'a>, (usize, Cell<usize>)> = BTreeMap::new();
    for (source, its_crate) in each_crate(sources) {
        let signatures = source.was.iter().flat_map(|it| &it.interface.signatures);
        for signature in signatures {
            counts.entry((its_crate, &*signature.key)).or_default().0 += 1;
        }
    }
    let types = types(sources);
    let is_type = |name: &str| types.iter().any(|(_, it)| *it == name);
    for item in symbols.used_items(is_type).filter(|it| !it.is_held) {
        let keys = || item.keys.iter().map(String::as_str);
        let names = item
            .crates
            .iter()
            .flat_map(|of| keys().map(|key| (*of, key)));
        for name in names.collect::<BTreeSet<Name<'_>>>() {
            if let Some((_, redirected)) = counts.get(&name) {
                redirected.update(|it| it + 1);
            }
        }
    }
    counts.retain(|_, (all, redirected)| *all == redirected.get());
    counts.into_keys().collect()
}

fn types<'a>(sources: &'a [Source<'a>]) -> BTreeSet<Name<'a>> {
    let mut found = BTreeSet::new();
    for (source, its_crate) in each_crate(sources) {
        for reach in [source.was, source.now].into_iter().flatten() {
            let parts = reach.interface.parts.keys();
            found.extend(parts.filter_map(|part| match part {
                Part::Head { name } => Some((its_crate, name.as_str())),
                _ => None,
            }));
        }
    }
    found
}

/// What all names lead to, before the edit and after it.
fn leads<'a>(sources: &'a [Source<'a>], is_inlined: bool) -> Vec<Lead<'a>> {
    let mut found = Vec::new();
    for (source, its_crate) in each_crate(sources) {
        for reach in [source.was, source.now].into_iter().flatten() {
            let lead = |name: &'a str, of: Option<&'a str>, to: &'a str| Lead {
                from: (its_crate, name),
                of,
                to: words(to),
            };
            let signatures = reach.interface.signatures.iter();
            found.extend(signatures.map(|it| lead(&it.name, it.of.as_deref(), &it.tokens)));
            found.extend(reach.shape.items().map(|(item, to)| Lead {
                from: (its_crate, item.last_name().trim_start_matches("r#")),
                of: None,
                to: words(to),
            }));
            found.extend(reach.direct.leads().map(|(name, to)| lead(name, None, to)));
            for (part, details) in &reach.interface.parts {
                if let Part::Member { of, .. } = part {
                    found.extend(details.iter().map(|it| lead(of, None, &it.tokens)));
                }
            }
            let code = reach.direct.inlined(is_inlined);
            found.extend(code.map(|(name, of, to)| lead(name, of, to)));
        }
    }
    found
}

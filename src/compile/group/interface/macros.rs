//! The macros that a crate defines with `macro_rules!`, and which of them a body may call.
//!
//! A macro is *closed* if nothing that it expands to is visible outside of the body that calls it: its
//! definition has no keyword that begins an item, no `use`, and it calls only closed macros or those of the
//! standard library. What is passed to it is not looked at here, since it is part of the body.
//!
//! A name can have several definitions, and where each is in scope is not looked at. So a name counts as
//! closed only if all of its definitions are, and if no import of the crate gives it to something else.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use serde::{Deserialize, Serialize};

use super::standard::{KNOWN, LOGGING, STANDARD};
use super::tokens::{
    Path, begins_item, called, follows_tick, has_attribute, is_after, is_for_tests,
    is_no_attribute, may_be_called, name_of, path,
};
use crate::base::parse::look_at_tokens;

#[cfg(test)]
mod tests;

/// The macros of a crate, and the imports that may give their names to something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Macros {
    defined: BTreeMap<String, Definition>,
    /// Whether a macro defines macros whose names it is given.
    defines_any: bool,
    /// The crates with `#[macro_use] extern crate`.
    used: BTreeSet<String>,
    /// The names that imports give, each with the first part of the path.
    imported: BTreeSet<(String, String)>,
    /// The first parts of the paths of glob imports outside of functions.
    globs: BTreeSet<String>,
}

/// Takes the place of a path if an import gives another name. It can't be the name of a crate.
const RENAMED: &str = "as";

/// All definitions of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Definition {
    is_exported: bool,
    /// Whether it may expand to items or to unknown calls.
    is_open: bool,
    /// The macros that it calls by their names alone, which another crate may give to other macros.
    calls: BTreeSet<String>,
    /// The macros of its own crate that it calls.
    own_calls: BTreeSet<String>,
    /// The known crates whose macros it calls.
    roots: BTreeSet<String>,
}

/// The macros that a crate exports, and whether each is closed.
pub(crate) type Exported = BTreeMap<String, bool>;

/// What is known of the macros that the files of a crate can call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownMacros {
    /// The names of closed macros.
    pub(super) closed: BTreeSet<String>,
    /// The crates whose macros are all known, with the names of these.
    pub(super) crates: BTreeMap<String, BTreeSet<String>>,
    /// The names of known crates that mean something else in some file.
    pub(super) renamed: BTreeSet<String>,
    /// Whether a module imports all of another crate.
    pub(super) has_foreign_globs: bool,
}

impl Macros {
    /// Adds those in a source file; `false` if it can't be read.
    pub(super) fn add(&mut self, text: &str) -> bool {
        look_at_tokens(text, |tokens| self.find(tokens, true)).is_some()
    }

    /// `is_module`: whether these are the tokens of a module, and not of an item in it.
    fn find(&mut self, tokens: TokenStream, is_module: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match (token, &tokens[..index]) {
                (TokenTree::Ident(word), _) if word == "use" => {
                    self.import(&tokens[index + 1..], "", is_module);
                }
                (
                    TokenTree::Ident(name),
                    [before @ .., TokenTree::Ident(a), TokenTree::Ident(b)],
                ) if a == "extern" && b == "crate" => {
                    self.takes(name, before, &tokens[index + 1..]);
                }
                (TokenTree::Ident(name), [.., TokenTree::Ident(word)]) if word == "macro" => {
                    self.defined.entry(name_of(name)).or_default().is_open = true;
                }
                (TokenTree::Punct(_), [.., TokenTree::Ident(word), TokenTree::Punct(_)])
                    if word == "macro_rules" =>
                {
                    self.defines_any = true;
                }
                (
                    TokenTree::Group(group),
                    [
                        before @ ..,
                        TokenTree::Ident(word),
                        TokenTree::Punct(_),
                        TokenTree::Ident(name),
                    ],
                ) if word == "macro_rules" => {
                    let definition = self.defined.entry(name_of(name)).or_default();
                    definition.is_exported |= has_attribute(before, "macro_export");
                    definition.add(group.stream());
                    // It may define others.
                    self.find(group.stream(), false);
                }
                (
                    TokenTree::Group(group),
                    [before @ .., TokenTree::Ident(word), TokenTree::Ident(_)],
                ) if word == "mod" => self.find_in_module(group, before, is_module),
                (TokenTree::Group(group), _) => self.find(group.stream(), false),
                _ => {}
            }
        }
    }

    /// `before` is what comes before a module.
    fn find_in_module(&mut self, module: &Group, before: &[TokenTree], is_module: bool) {
        // A session does not compile it.
        if !is_for_tests(before) {
            self.find(module.stream(), is_module);
        }
    }

    /// Adds an `extern crate` with what comes before and after it.
    fn takes(&mut self, name: &Ident, before: &[TokenTree], after: &[TokenTree]) {
        if has_attribute(before, "macro_use") {
            self.used.insert(name_of(name));
        }
        if let [TokenTree::Ident(word), TokenTree::Ident(given), ..] = after
            && word == "as"
        {
            let root = if name == given {
                name_of(name)
            } else {
                RENAMED.to_owned()
            };
            self.imported.insert((root, name_of(given)));
        }
    }

    /// Adds the names that an import gives, up to its end. `root` is the first part of its path.
    fn import(&mut self, tree: &[TokenTree], root: &str, is_module: bool) {
        let is_end = |it: &TokenTree| matches!(it, TokenTree::Punct(it) if it.as_char() == ';');
        let end = tree.iter().position(is_end).unwrap_or(tree.len());
        let is_comma = |it: &TokenTree| matches!(it, TokenTree::Punct(it) if it.as_char() == ',');
        for branch in tree[..end].split(is_comma) {
            let first = branch.iter().find_map(|it| match it {
                TokenTree::Ident(word) => Some(name_of(word)),
                _ => None,
            });
            let root = match root {
                "" => first.unwrap_or_default(),
                root => root.to_owned(),
            };
            match branch.last() {
                Some(TokenTree::Group(group)) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.import(&inside, &root, is_module);
                }
                Some(TokenTree::Ident(name)) => {
                    // It is another name of something, wherever that is.
                    let is_renamed = matches!(branch, [.., TokenTree::Ident(was), TokenTree::Ident(_), _]
                        if was != name);
                    let root = if is_renamed { RENAMED.to_owned() } else { root };
                    self.imported.insert((root, name_of(name)));
                }
                Some(TokenTree::Punct(mark)) if is_module && mark.as_char() == '*' => {
                    self.globs.insert(root);
                }
                _ => {}
            }
        }
    }

    /// What is known of them, and of those that the crate takes from other crates of the group, which
    /// `exported` returns; `None` if any name may be that of another macro.
    pub(super) fn known(&self, exported: &dyn Fn(&str) -> Option<Exported>) -> Option<KnownMacros> {
        if self.defines_any {
            return None;
        }
        let used = self.used.iter();
        let used: BTreeMap<&str, Exported> = used
            .filter_map(|name| Some((&**name, exported(name)?)))
            .collect();
        let imported = self.imported.iter().filter(|(root, _)| !is_own(root));
        let imported = || imported.clone();
        let renamed = imported().filter(|(root, name)| root != name && KNOWN.contains(&&**name));
        let renamed: BTreeSet<String> = renamed.map(|it| it.1.clone()).collect();
        let mut closed: BTreeMap<&String, bool> = BTreeMap::new();
        for (name, is_closed) in used.values().flat_map(|it| it.iter()) {
            *closed.entry(name).or_insert(true) &= is_closed;
        }
        for (name, definition) in &self.defined {
            let is_closed = !definition.is_open && definition.roots.is_disjoint(&renamed);
            *closed.entry(name).or_insert(true) &= is_closed;
        }
        for (root, name) in imported() {
            let is_its_own = used.get(&**root).is_some_and(|it| it.contains_key(name));
            if !is_its_own && let Some(is_closed) = closed.get_mut(name) {
                *is_closed = false;
            }
        }
        loop {
            let open = self.defined.iter().find(|(name, it)| {
                let mut calls = it.calls.iter().chain(&it.own_calls);
                closed[name] && !calls.all(|it| is_standard(it) || closed.get(it) == Some(&true))
            });
            match open {
                Some((name, _)) => closed.insert(name, false),
                None => break,
            };
        }
        let names = closed.into_iter().filter(|it| it.1);
        let is_foreign = |root: &String| !is_own(root) && !KNOWN.contains(&&**root);
        Some(KnownMacros {
            closed: names.map(|it| it.0.clone()).collect(),
            crates: used
                .into_iter()
                .map(|(name, all)| (name.to_owned(), all.into_keys().collect()))
                .collect(),
            renamed,
            has_foreign_globs: self.globs.iter().any(is_foreign),
        })
    }

    /// Those that are closed in any crate that calls them, where names alone can be those of other macros.
    pub(super) fn exported(&self, known: &KnownMacros) -> Exported {
        let is_closed = |name: &String, definition: &Definition| {
            let mut calls = definition.calls.iter();
            known.closed.contains(name)
                && definition.roots.is_empty()
                && calls.all(|it| it == name || STANDARD.contains(&&**it))
        };
        let exported = self.defined.iter().filter(|(_, it)| it.is_exported);
        let mut exported: Exported = exported
            .map(|(name, it)| (name.clone(), is_closed(name, it)))
            .collect();
        loop {
            let open = exported.iter().find(|(name, is_closed)| {
                let mut calls = self.defined[*name].own_calls.iter();
                **is_closed && !calls.all(|it| exported.get(it) == Some(&true))
            });
            let Some(name) = open.map(|it| it.0.clone()) else {
                return exported;
            };
            exported.insert(name, false);
        }
    }
}

impl Definition {
    fn add(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(_) if follows_tick(&tokens, index) => {}
                TokenTree::Ident(word) if is_after(&tokens, index, '$') && word == "crate" => {}
                TokenTree::Ident(word) => {
                    let opens = begins_item(&tokens, index, word) || word == "use";
                    self.is_open |= opens || calls_what_it_is_given(&tokens[index..], word);
                }
                TokenTree::Group(group) => {
                    match called(&tokens, index) {
                        Some(name) => self.call(path(&tokens[..index - 2]), name),
                        None => {
                            self.is_open |= !is_no_attribute(&tokens, index, group.delimiter());
                        }
                    }
                    self.add(group.stream());
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, path: Path<'_>, name: &Ident) {
        let name = name_of(name);
        match path {
            Path::Name => {
                self.calls.insert(name);
            }
            Path::Own => {
                self.own_calls.insert(name);
            }
            Path::In(root) if KNOWN.iter().any(|it| root == it) && is_standard(&name) => {
                self.roots.insert(name_of(root));
            }
            Path::In(_) | Path::Other => self.is_open = true,
        }
    }
}

/// Whether the word that these tokens begin with is a macro's name, and what is passed to it is not known.
fn calls_what_it_is_given(tokens: &[TokenTree], word: &Ident) -> bool {
    let [_, TokenTree::Punct(mark), next, ..] = tokens else {
        return false;
    };
    let is_call = match next {
        TokenTree::Punct(next) => next.as_char() == '$',
        TokenTree::Ident(_) => true,
        _ => false,
    };
    mark.as_char() == '!' && is_call && may_be_called(word)
}

/// Whether a path with this first part refers to the crate itself.
pub(super) fn is_own(root: &str) -> bool {
    ["crate", "self", "super"].contains(&root)
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || LOGGING.contains(&name)
}

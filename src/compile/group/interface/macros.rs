//! The macros that a crate defines with `macro_rules!`, and which of them a body may call.
//!
//! A macro is *closed* if nothing that it expands to is visible outside of the body that calls it: its
//! definition has no keyword that begins an item, and it calls only closed macros. What is passed to it
//! counts as part of the body.
//!
//! A name can have several definitions, and where each is in scope is not looked at. So a name counts as
//! closed only if all of its definitions are.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use serde::{Deserialize, Serialize};

use super::standard::{KNOWN, LOGGING, STANDARD};
use super::tokens::{begins_item, called, follows_tick, is_no_attribute};
use crate::base::parse::look_at_tokens;

/// The macros of a crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Macros {
    defined: BTreeMap<String, Definition>,
    /// The crates with `#[macro_use] extern crate`.
    used: BTreeSet<String>,
    /// The names of known crates that imports give to something else.
    renamed: BTreeSet<String>,
}

/// All definitions of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Definition {
    is_exported: bool,
    /// Whether it may expand to items or to unknown calls.
    is_open: bool,
    calls: BTreeSet<String>,
    /// The known crates whose macros it calls by their paths.
    roots: BTreeSet<String>,
}

/// The macros that a crate exports, and whether each is closed.
pub(crate) type Exported = BTreeMap<String, bool>;

/// What is known of the macros that the files of a crate can call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownMacros {
    /// The names of closed macros.
    pub(super) closed: BTreeSet<String>,
    /// The crates whose macros are all known.
    pub(super) crates: BTreeSet<String>,
    /// The names of known crates that mean something else in some file.
    pub(super) renamed: BTreeSet<String>,
}

impl Macros {
    /// Adds those in a source file; `false` if it can't be read.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let renames = KNOWN.iter().any(|it| text.contains(&format!("as {it}")));
        let is_relevant = renames || text.contains("macro_rules") || text.contains("macro_use");
        !is_relevant || look_at_tokens(text, |tokens| self.find(tokens)).is_some()
    }

    fn find(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                if let [
                    TokenTree::Ident(a),
                    TokenTree::Ident(b),
                    TokenTree::Ident(name),
                    ..,
                ] = &tokens[index..]
                    && a == "extern"
                    && b == "crate"
                    && has_attribute(&tokens[..index], "macro_use")
                {
                    self.used.insert(name.to_string());
                }
                if let [TokenTree::Ident(a), TokenTree::Ident(name), ..] = &tokens[index..]
                    && a == "as"
                    && KNOWN.iter().any(|it| name == it)
                {
                    self.renamed.insert(name.to_string());
                }
                continue;
            };
            let defined = index
                .checked_sub(3)
                .and_then(|at| match &tokens[at..index] {
                    [
                        TokenTree::Ident(word),
                        TokenTree::Punct(_),
                        TokenTree::Ident(name),
                    ] if word == "macro_rules" => {
                        Some((name, has_attribute(&tokens[..at], "macro_export")))
                    }
                    _ => None,
                });
            let Some((name, is_exported)) = defined else {
                self.find(group.stream());
                continue;
            };
            let definition = self.defined.entry(name.to_string()).or_default();
            definition.is_exported |= is_exported;
            definition.add(group.stream());
        }
    }

    /// What is known of them, and of those that the crate takes from other crates of the group.
    pub(super) fn known(&self, others: &[(String, Option<Exported>)]) -> KnownMacros {
        let used = others.iter().filter(|(name, _)| self.used.contains(name));
        let used = used.filter_map(|(name, all)| Some((name.clone(), all.as_ref()?)));
        let (crates, used): (BTreeSet<_>, Vec<&Exported>) = used.unzip();
        let taken = || used.iter().flat_map(|it| it.iter());
        let mut closed: BTreeSet<String> = self.defined.keys().cloned().collect();
        closed.extend(taken().map(|(name, _)| name.clone()));
        for (name, _) in taken().filter(|(_, is_closed)| !**is_closed) {
            closed.remove(name);
        }
        loop {
            let is_open = |name: &&String| {
                let definition = self.defined.get(*name);
                definition.is_some_and(|it| {
                    let mut calls = it.calls.iter();
                    it.is_open
                        || !it.roots.is_disjoint(&self.renamed)
                        || !calls.all(|it| is_standard(it) || closed.contains(it))
                })
            };
            let open: Vec<String> = closed.iter().filter(is_open).cloned().collect();
            if open.is_empty() {
                return KnownMacros {
                    closed,
                    crates,
                    renamed: self.renamed.clone(),
                };
            }
            closed.retain(|it| !open.contains(it));
        }
    }

    pub(super) fn exported(&self, known: &KnownMacros) -> Exported {
        let exported = self.defined.iter().filter(|(_, it)| it.is_exported);
        let exported = exported.map(|(name, _)| (name.clone(), known.closed.contains(name)));
        exported.collect()
    }
}

impl Definition {
    fn add(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(_) if is_after(&tokens, index, '$') => {}
                TokenTree::Ident(_) if follows_tick(&tokens, index) => {}
                TokenTree::Ident(word) => self.is_open |= begins_item(&tokens, index, word),
                TokenTree::Group(group) => {
                    match called(&tokens, index) {
                        Some(name) => self.call(&tokens[..index - 2], name),
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

    /// Adds a call of the macro `name`, with the tokens before it.
    fn call(&mut self, before: &[TokenTree], name: &Ident) {
        let at = before.len();
        // Then the caller says which macro it is.
        let is_given = is_after(before, at, '$');
        let is_path = is_after(before, at, ':') && at >= 2 && is_after(before, at - 1, ':');
        let root = at.checked_sub(3).filter(|_| is_path);
        let is_own = match root.map(|root| (root, &before[root])) {
            None => !is_path,
            Some((root, TokenTree::Ident(word))) if word == "crate" => is_after(before, root, '$'),
            Some((_, TokenTree::Ident(word))) if KNOWN.iter().any(|it| word == it) => {
                self.is_open |= !is_standard(&name.to_string());
                self.roots.insert(word.to_string());
                return;
            }
            Some(_) => false,
        };
        match is_own && !is_given {
            true => {
                self.calls.insert(name.to_string());
            }
            false => self.is_open = true,
        }
    }
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || LOGGING.contains(&name)
}

/// Whether the token before a position is this mark.
fn is_after(tokens: &[TokenTree], index: usize, mark: char) -> bool {
    let before = index.checked_sub(1).and_then(|it| tokens.get(it));
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Whether one of the attributes at the end of some tokens has this name.
fn has_attribute(before: &[TokenTree], name: &str) -> bool {
    let [rest @ .., TokenTree::Punct(mark), TokenTree::Group(group)] = before else {
        return false;
    };
    let first = group.stream().into_iter().next();
    mark.as_char() == '#'
        && (matches!(first, Some(TokenTree::Ident(word)) if word == name)
            || has_attribute(rest, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn macros(text: &str) -> Macros {
        let mut macros = Macros::default();
        assert!(macros.add(text), "{text}");
        macros
    }

    /// The closed macros of a crate, with those of `other` that it takes.
    fn closed(text: &str, other: Option<&str>) -> Vec<String> {
        let other = other.map(|text| {
            let other = macros(text);
            other.exported(&other.known(&[]))
        });
        let known = macros(text).known(&[("other".to_owned(), other)]);
        known.closed.into_iter().collect()
    }

    #[test]
    fn macros_without_items_and_unknown_calls_are_closed() {
        for (definition, expected) in [
            ("($a:expr) => { &$a.b[0] };", true),
            ("($a:expr) => {{ let x = $a; format!(\"{x}\") }};", true),
            ("($a:item) => { $a };", true),
            ("($fn:expr) => { $fn };", true),
            ("() => { a!(1) };", true),
            ("() => { $crate::a!(1) };", true),
            ("() => { std::println!() };", true),
            ("() => { #[allow(unused)] let x = 1; };", true),
            ("() => { 'fn: loop { break 'fn } };", true),
            ("() => { impl A for B {} };", false),
            ("() => { fn f() {} };", false),
            ("() => { { static A: u8 = 1; } };", false),
            ("($m:ident) => { $m!() };", false),
            ("() => { unknown!() };", false),
            ("() => { other::a!() };", false),
            ("() => { ::std::println!() };", true),
            ("() => { crate::a!() };", false),
            ("() => { $crate::b::a!() };", false),
            ("() => { std::a!() };", false),
            ("() => { #[derive(A)] let x = 1; };", false),
            ("() => { union A { a: u8 } };", false),
        ] {
            let found = closed(&format!("macro_rules! a {{ {definition} }}"), None);
            assert_eq!(!found.is_empty(), expected, "{definition}");
        }
    }

    #[test]
    fn all_definitions_of_a_name_and_all_that_they_call_are_closed() {
        let open = "() => { fn f() {} };";
        for (text, expected) in [
            (
                "macro_rules! a { () => { b!() }; } macro_rules! b { () => { 1 }; }",
                "a b",
            ),
            (
                &*format!("macro_rules! a {{ () => {{ b!() }}; }} macro_rules! b {{ {open} }}"),
                "",
            ),
            (
                &*format!(
                    "macro_rules! a {{ () => {{}}; }} mod m {{ macro_rules! a {{ {open} }} }}"
                ),
                "",
            ),
            ("fn f() { macro_rules! a { () => { 1 }; } }", "a"),
            ("macro_rules! a { () => { core::panic!() }; }", "a"),
            (
                "use b as core; macro_rules! a { () => { core::panic!() }; }",
                "",
            ),
        ] {
            assert_eq!(closed(text, None).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn macros_of_other_crates_are_known_if_they_are_taken() {
        let other = "/// A macro.\n#[macro_export]\nmacro_rules! a { () => { $crate::b!() }; }\n\
                     #[macro_export] #[doc(hidden)] macro_rules! b { () => { 1 }; }\n\
                     #[macro_export] macro_rules! open { () => { fn f() {} }; }\n\
                     macro_rules! private { () => { 1 }; }";
        let taken = "#[macro_use]\nextern crate other;";
        assert_eq!(closed(taken, Some(other)), ["a", "b"]);
        assert_eq!(closed("extern crate other;", Some(other)), [""; 0]);
        let calls = format!("{taken} macro_rules! c {{ () => {{ a!() }}; }}");
        assert_eq!(closed(&calls, Some(other)), ["a", "b", "c"]);
        let hides = format!("{taken} macro_rules! a {{ () => {{ fn f() {{}} }}; }}");
        assert_eq!(closed(&hides, Some(other)), ["b"]);
        assert_eq!(closed(taken, None), [""; 0]);
        assert!(macros(taken).known(&[]).crates.is_empty());
    }
}

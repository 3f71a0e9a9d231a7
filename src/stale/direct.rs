//! Items of a reloadable source that code outside the group may use without an entry point.
//!
//! A `const`, a macro, or a function that is not `#[hot]` is compiled into whatever uses it. No
//! reload reaches what the host was made of, so an edit of such an item asks for a restart if
//! the host may use it: if a source outside the group that names a crate of the group has a path
//! or an import that ends in the item's name. Which one is meant, only the compiler knows: a name
//! that merely looks the same costs a restart, and nothing worse.
//!
//! What a type or a signature of the group is computed with asks for one too: a constant, a macro, a
//! `const fn`, by way of others or not.
//!
//! Other methods are not looked at: their names (`new`, `render`) say too little.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, Ident, Visibility};

use crate::source::look_at_tokens;

/// Such items of one source, by name.
#[derive(Debug, Default)]
pub(super) struct Direct(BTreeMap<String, Item>);

/// One or several items of one name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Item {
    /// `fn`, `const` and the like.
    kind: &'static str,
    tokens: String,
}

impl Direct {
    pub(super) fn of(file: &syn::File) -> Self {
        let mut direct = Direct::default();
        direct.visit_file(file);
        direct
    }

    /// The names of the items that are computed when a type is laid out and that have one of these
    /// names in them.
    pub(super) fn computed_with(&self, names: &BTreeSet<String>) -> impl Iterator<Item = &String> {
        self.0
            .iter()
            .filter(|(_, item)| is_computed(item.kind))
            .filter(|(_, item)| names.iter().any(|name| mentions(&item.tokens, name)))
            .map(|(name, _)| name)
    }

    /// The items that are not what they were: kind and name.
    pub(super) fn changed<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.0
            .iter()
            .filter(|(name, item)| now.0.get(*name) != Some(*item))
            .map(|(name, item)| (item.kind, name.as_str()))
    }

    fn add(&mut self, kind: &'static str, name: &Ident, item: &impl ToTokens) {
        let entry = self.0.entry(name.to_string()).or_default();
        entry.kind = kind;
        entry.tokens.push_str(&item.to_token_stream().to_string());
    }
}

impl<'ast> Visit<'ast> for Direct {
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.add("const", &item.ident, item);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.add("const", &item.ident, item);
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.add("const", &item.ident, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.add("static", &item.ident, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(name) = &item.ident {
            self.add("macro", name, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_public = matches!(item.vis, Visibility::Public(_));
        if item.sig.constness.is_some() {
            self.add("const fn", &item.sig.ident, item);
        } else if is_public && !item.attrs.iter().any(is_hot) {
            self.add("fn", &item.sig.ident, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.constness.is_some() {
            self.add(CONST_METHOD, &item.sig.ident, item);
        }
    }
}

/// The kind of a method of which only types know: other code calls it by names that say too little.
pub(super) const CONST_METHOD: &str = "const method";

/// Whether an item of this kind may be computed when a type is laid out: the length of an array,
/// for one, is part of it.
pub(super) fn is_computed(kind: &str) -> bool {
    matches!(kind, "const" | "macro" | "const fn" | CONST_METHOD)
}

fn is_hot(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "hot")
}

/// Whether a source may use an item of another crate by this name: as the end of a path or of an
/// import. With a glob import, or what can't be parsed, any whole word counts.
pub(super) fn may_use(source: &str, name: &str) -> bool {
    let found = look_at_tokens(source, |tokens| {
        let mut found = Found::default();
        found.read(tokens, name, false);
        found
    });
    match found {
        Some(found) => found.qualified || (found.glob && mentions(source, name)),
        None => mentions(source, name),
    }
}

#[derive(Default)]
struct Found {
    qualified: bool,
    glob: bool,
}

impl Found {
    /// Reads tokens, those in macro calls too. `in_path` says that they follow a `::`.
    fn read(&mut self, tokens: TokenStream, name: &str, in_path: bool) {
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Punct(punct) => self.glob |= colons == 2 && punct.as_char() == '*',
                TokenTree::Ident(ident) if ident == name => {
                    self.qualified |= colons == 2 || in_path;
                }
                TokenTree::Ident(ident) => self.glob |= ident == "macro_use",
                TokenTree::Group(group) => self.read(group.stream(), name, colons == 2),
                TokenTree::Literal(_) => {}
            }
            colons = 0;
        }
    }
}

/// Whether a text has a name in it as a whole word, be it in code or not.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_part)
            && !text[at + name.len()..].chars().next().is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::look_at_file;

    fn changed(was: &str, now: &str) -> Vec<String> {
        let of = |source| look_at_file(source, Direct::of).unwrap_or_default();
        let (was, now) = (of(was), of(now));
        was.changed(&now)
            .map(|(kind, name)| format!("{kind} {name}"))
            .collect()
    }

    #[test]
    fn what_is_compiled_into_its_users_is_named() {
        for (was, now, name) in [
            ("const N: u8 = 1;", "const N: u8 = 2;", "const N"),
            ("static S: u8 = 1;", "static S: u8 = 2;", "static S"),
            ("pub fn f() { 1 }", "pub fn f() { 2 }", "fn f"),
            ("pub fn f<T>() { 1 }", "pub fn f<T>() { 2 }", "fn f"),
            (
                "macro_rules! m { () => { 1 } }",
                "macro_rules! m { () => { 2 } }",
                "macro m",
            ),
            (
                "pub mod m { pub const N: u8 = 1; }",
                "pub mod m { pub const N: u8 = 2; }",
                "const N",
            ),
            ("pub fn f() {}", "", "fn f"),
            ("const fn f() { 1 }", "const fn f() { 2 }", "const fn f"),
            (
                "impl S { const fn f() { 1 } }",
                "impl S { const fn f() { 2 } }",
                "const method f",
            ),
        ] {
            assert_eq!(changed(was, now), [name], "{now}");
        }
    }

    #[test]
    fn entry_points_and_what_is_private_are_not() {
        for (was, now) in [
            (
                "#[hotmod::hot] pub fn f() { 1 }",
                "#[hotmod::hot] pub fn f() { 2 }",
            ),
            ("fn f() { 1 }", "fn f() { 2 }"),
            ("pub fn f() { 1 } // a", "pub fn f() { 1 } // b"),
            ("", "pub fn new() {}"),
        ] {
            assert!(changed(was, now).is_empty(), "{now}");
        }
    }

    #[test]
    fn what_is_imported_or_named_by_its_path_may_be_used() {
        for source in [
            "fn f() { a::card(1) }",
            "fn f() { println!(\"{}\", a::card()) }",
            "use a::{b, card};",
            "use a::b::card as c;",
            "use a::*; fn f() { card() }",
            "#[macro_use] extern crate a; card!();",
            "unbalanced ( card",
        ] {
            assert!(may_use(source, "card"), "{source}");
        }
        for source in [
            "fn f(card: u8) { card }",
            "// a::card",
            "use a::*;",
            "x.card()",
        ] {
            assert!(!may_use(source, "card"), "{source}");
        }
    }

    #[test]
    fn names_are_whole_words() {
        assert!(mentions("a(card, b)", "card"));
        assert!(mentions("card", "card"));
        assert!(!mentions("cards discard _card", "card"));
    }
}

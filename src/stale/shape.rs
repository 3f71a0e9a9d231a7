//! The items of a source file that other code may have been compiled against.
//!
//! The host, and every value that it holds, was made with the layout that types had when it was
//! built. A change of a type, a trait or a static in a reloadable crate is therefore no reload.
//! This compares their tokens, which is stricter than the layout: a change of order that moves
//! no field counts too. What can't be parsed has no shape that could be compared, and is left to
//! the compiler, which will not compile it either.

use std::collections::BTreeMap;
use std::path::Path;

use quote::ToTokens;
use syn::visit::{self, Visit};

use super::direct::mentions;

/// The tokens of each such item, by kind and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape(Option<BTreeMap<String, String>>);

impl Shape {
    pub(crate) fn of_file(path: &Path) -> Self {
        if path.extension().is_none_or(|it| it != "rs") {
            return Shape(None);
        }
        std::fs::read_to_string(path).map_or(Shape(None), |source| Self::of(&source))
    }

    fn of(source: &str) -> Self {
        let Ok(file) = syn::parse_file(source) else {
            return Shape(None);
        };
        let mut items = Items::default();
        items.visit_file(&file);
        Shape(Some(items.found))
    }

    /// Any item, if there is one.
    pub(crate) fn first(&self) -> Option<String> {
        self.0.as_ref()?.keys().next().cloned()
    }

    /// Whether one of the items has this name in its tokens.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let items = self.0.iter().flatten();
        items.into_iter().any(|(_, tokens)| mentions(tokens, name))
    }

    /// The first item that is not the same in `other`, if both could be parsed. An item that is
    /// new is no difference: nothing was compiled against it.
    pub(crate) fn difference(&self, other: &Shape) -> Option<String> {
        let (was, is) = (self.0.as_ref()?, other.0.as_ref()?);
        was.iter()
            .find(|(name, tokens)| is.get(*name) != Some(*tokens))
            .map(|(name, _)| name.clone())
    }
}

#[derive(Default)]
struct Items {
    found: BTreeMap<String, String>,
    path: Vec<String>,
}

impl Items {
    fn add(&mut self, kind: &str, name: &syn::Ident, item: &impl ToTokens) {
        let mut path = self.path.join("::");
        if !path.is_empty() {
            path.push_str("::");
        }
        let tokens = without_docs(item.to_token_stream());
        let all = self
            .found
            .entry(format!("{kind} {path}{name}"))
            .or_default();
        all.push_str(&tokens);
    }

    fn inside(&mut self, name: &syn::Ident, visit: impl FnOnce(&mut Self)) {
        self.path.push(name.to_string());
        visit(self);
        self.path.pop();
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add("struct", &item.ident, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add("enum", &item.ident, item);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.add("union", &item.ident, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add("type", &item.ident, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        // Bodies of default methods are code like any other.
        let mut bare = item.clone();
        for part in &mut bare.items {
            if let syn::TraitItem::Fn(function) = part
                && function.default.is_some()
            {
                function.default = Some(syn::parse_quote!({}));
            }
        }
        self.add("trait", &item.ident, &bare);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inside(&item.ident, |items| visit::visit_item_mod(items, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.inside(&item.sig.ident, |items| visit::visit_item_fn(items, item));
    }
}

/// The tokens, without the attributes that documentation comments are.
fn without_docs(tokens: proc_macro2::TokenStream) -> String {
    use proc_macro2::TokenTree;
    let mut out = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let TokenTree::Punct(punct) = &token
            && punct.as_char() == '#'
            && let Some(TokenTree::Group(group)) = tokens.peek()
            && group.stream().to_string().starts_with("doc ")
        {
            tokens.next();
            continue;
        }
        match token {
            TokenTree::Group(group) => {
                let inner = without_docs(group.stream());
                out.push_str(&format!("{:?}({inner})", group.delimiter()));
            }
            token => {
                out.push_str(&token.to_string());
                out.push(' ');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(was: &str, is: &str) -> Option<String> {
        Shape::of(was).difference(&Shape::of(is))
    }

    #[test]
    fn bodies_docs_and_new_items_are_no_difference() {
        let was = "/// a\nstruct S { /** b */ a: u8 } fn f() { 1 } trait T { fn d() { 1 } }";
        let is = "/// c\nstruct S { a: u8 } struct New; fn f() { 2 } trait T { fn d() { 2 } }";
        assert_eq!(difference(was, is), None);
    }

    #[test]
    fn an_item_that_changed_or_is_gone_is_named() {
        for (was, is, name) in [
            (
                "struct S { a: u8 }",
                "struct S { a: u8, b: u8 }",
                "struct S",
            ),
            ("struct S;", "#[repr(C)] struct S;", "struct S"),
            ("enum E { A, B }", "enum E { B, A }", "enum E"),
            ("union U { a: u8 }", "union U { a: u16 }", "union U"),
            ("type T = u8;", "type T = u16;", "type T"),
            ("trait T { fn a(); }", "trait T { fn a(x: u8); }", "trait T"),
            (
                "mod m { pub struct S(u8); }",
                "mod m { pub struct S(u9); }",
                "struct m::S",
            ),
            (
                "fn f() { struct S(u8); }",
                "fn f() { struct S(u16); }",
                "struct f::S",
            ),
            ("struct S;", "", "struct S"),
        ] {
            assert_eq!(difference(was, is).as_deref(), Some(name), "{is}");
        }
    }

    #[test]
    fn what_does_not_parse_is_left_to_the_compiler() {
        assert_eq!(difference("struct S;", "struct"), None);
    }
}

//! A source without the bodies of its plain functions.
//!
//! An edit of these bodies changes the functions themselves, whose symbols tell whether the host has
//! them, and nothing else. Any other edit may change what the compiler makes of code elsewhere: which
//! method a call means, what a derive or a drop does, what a constant is.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, Block, ImplItem, Item, ItemImpl, Signature, Visibility};

use super::cfg_test::{attributes, is_for_tests};
use super::syntax::{has_impl_type, is_generic, is_hot, returns_impl_type};
use crate::base::content_hash::Digest;

/// The digest of a file without the bodies of its plain functions.
pub(crate) fn skeleton(file: &syn::File) -> u64 {
    let mut digest = Digest::new();
    add_all(&mut digest, &file.attrs);
    add_items(&mut digest, &file.items);
    digest.finish()
}

fn add(digest: &mut Digest, tokens: &impl ToTokens) {
    digest.text(&tokens.to_token_stream().to_string());
}

fn add_all(digest: &mut Digest, attributes: &[Attribute]) {
    for attribute in attributes.iter().filter(|it| !is_inert(it)) {
        add(digest, attribute);
    }
}

fn add_items(digest: &mut Digest, items: &[Item]) {
    for item in items {
        if is_for_tests(attributes(item)) {
            continue;
        }
        match item {
            Item::Mod(module) => match &module.content {
                Some((_, items)) => {
                    add_all(digest, &module.attrs);
                    add(digest, &module.vis);
                    add(digest, &module.ident);
                    add_items(digest, items);
                    digest.text("}");
                }
                None => add(digest, module),
            },
            Item::Fn(item) if is_plain(&item.attrs, &item.sig, &item.block) => {
                add_function(digest, &item.attrs, &item.vis, &item.sig);
            }
            Item::Impl(item) => add_impl(digest, item),
            item => add(digest, item),
        }
    }
}

fn add_impl(digest: &mut Digest, item: &ItemImpl) {
    let mut header = item.clone();
    header.items.clear();
    add(digest, &header);
    let is_hot = item.attrs.iter().any(is_hot);
    let has_known_attributes = item.attrs.iter().all(|it| is_hot || is_inert(it));
    let is_one = !is_generic(&item.generics) && has_known_attributes;
    for item in &item.items {
        match item {
            ImplItem::Fn(item)
                if is_one && is_plain_in(is_hot, &item.attrs, &item.sig, &item.block) =>
            {
                add_function(digest, &item.attrs, &item.vis, &item.sig);
            }
            item => add(digest, item),
        }
    }
}

fn add_function(
    digest: &mut Digest,
    attributes: &[Attribute],
    visibility: &Visibility,
    signature: &Signature,
) {
    add_all(digest, attributes);
    add(digest, visibility);
    add(digest, signature);
}

/// Whether a function is compiled once, in its own crate, and its body declares nothing.
fn is_plain(attributes: &[Attribute], signature: &Signature, body: &Block) -> bool {
    is_plain_in(false, attributes, signature, body)
}

/// The same of a function in a block, which may be marked as a whole.
fn is_plain_in(
    is_block_hot: bool,
    attributes: &[Attribute],
    signature: &Signature,
    body: &Block,
) -> bool {
    if Declarations::are_in(body) {
        return false;
    }
    if is_block_hot || attributes.iter().any(is_hot) {
        return true;
    }
    attributes.iter().all(is_inert)
        && signature.constness.is_none()
        && signature.asyncness.is_none()
        && !is_generic(&signature.generics)
        && !signature.inputs.iter().any(has_impl_type)
        && !returns_impl_type(signature)
}

/// Whether an attribute has no say in the code.
fn is_inert(attribute: &Attribute) -> bool {
    const INERT: [&str; 6] = ["allow", "deny", "doc", "expect", "must_use", "warn"];
    INERT.iter().any(|it| attribute.path().is_ident(it))
}

/// Items in a body.
#[derive(Default)]
struct Declarations {
    are_there: bool,
}

impl Declarations {
    fn are_in(body: &Block) -> bool {
        let mut found = Declarations::default();
        found.visit_block(body);
        found.are_there
    }
}

impl<'ast> Visit<'ast> for Declarations {
    fn visit_item(&mut self, item: &'ast Item) {
        self.are_there |= !matches!(item, Item::Use(_));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u64 {
        skeleton(&syn::parse_file(text).unwrap())
    }

    #[test]
    fn only_bodies_of_plain_functions_are_left_out() {
        for (was, is, is_same) in [
            ("fn f() { 1; }", "fn f() { 2; }", true),
            (
                "fn f() { 1; }",
                "// A comment.\n/// Words.\nfn f() { 1; }",
                true,
            ),
            ("pub fn f() {}", "fn f() {}", false),
            ("fn f() {}", "fn f(x: u8) {}", false),
            ("fn f<T>() { 1; }", "fn f<T>() { 2; }", false),
            ("fn f<'a>() { 1; }", "fn f<'a>() { 2; }", true),
            ("const fn f() { 1; }", "const fn f() { 2; }", false),
            ("async fn f() { 1; }", "async fn f() { 2; }", false),
            (
                "#[hot] async fn f() { 1; }",
                "#[hot] async fn f() { 2; }",
                true,
            ),
            ("#[inline] fn f() { 1; }", "#[inline] fn f() { 2; }", false),
            (
                "fn f() -> Box<impl T> { 1 }",
                "fn f() -> Box<impl T> { 2 }",
                false,
            ),
            (
                "fn f() -> (impl T, u8) { 1 }",
                "fn f() -> (impl T, u8) { 2 }",
                false,
            ),
            ("fn f(x: impl T) { 1; }", "fn f(x: impl T) { 2; }", false),
            ("fn f() { 1; }", "fn f() { impl T for u8 {} }", false),
            ("fn f() { 1; }", "fn f() { use a::b; }", true),
            ("struct S;", "struct S; struct T;", false),
            ("impl S { fn f() { 1; } }", "impl S { fn f() { 2; } }", true),
            (
                "impl T for S { fn f() { 1; } }",
                "impl T for S { fn f() { 2; } }",
                true,
            ),
            ("impl T for S {}", "impl T for S { fn f() {} }", false),
            (
                "impl<A> S<A> { fn f() { 1; } }",
                "impl<A> S<A> { fn f() { 2; } }",
                false,
            ),
            (
                "#[x] impl S { fn f() { 1; } }",
                "#[x] impl S { fn f() { 2; } }",
                false,
            ),
            (
                "trait T { fn f() { 1; } }",
                "trait T { fn f() { 2; } }",
                false,
            ),
            ("mod m { fn f() { 1; } }", "mod m { fn f() { 2; } }", true),
            ("mod m { fn f() {} }", "mod m {} fn f() {}", false),
            (
                "#[cfg(test)] mod m { fn f() {} }",
                "#[cfg(test)] mod m {}",
                true,
            ),
        ] {
            assert_eq!(of(was) == of(is), is_same, "{was}: {is}");
        }
    }
}

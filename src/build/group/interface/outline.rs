//! What of a source file other crates may have compiled into them: all but the bodies of plain
//! functions.
//!
//! A *plain* function is compiled by its own crate alone: it is not generic, `const` or `async`,
//! returns no `impl Trait`, stands in no generic impl and in no trait, and no attribute on it or
//! around it can make something else of it. At opt-level 0 other crates hold no more of it than
//! its symbol. [`body`](super::body) says which bodies can be left out.
//!
//! Code that other crates do compile has its position in it: a panic says its line and column.
//! So what is not left out counts with its position where it can hold code, and without it where
//! it can't (types, signatures, imports): lines that move there move nothing.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Block, GenericParam, Generics, ImplItem, Item, ItemConst, ItemImpl, ItemTrait,
    Signature, TraitItem, Visibility,
};

use super::body;
use super::names;
use crate::build::digest::Digest;

/// The digest of what other crates may have of a file; `None` if that can't be told.
pub(super) fn outline(file: &syn::File) -> Option<u64> {
    if names::is_confused(file) {
        return None;
    }
    let mut outline = Outline(Digest::new());
    outline.tokens(each(&file.attrs));
    outline.items(&file.items);
    Some(outline.0.finish())
}

struct Outline(Digest);

impl Outline {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            // Nobody compiles it in a session.
            Item::Mod(module) if module.attrs.iter().any(is_test) => {}
            Item::Fn(item) => {
                self.function(&item.attrs, &item.vis, &item.sig, &item.block, item);
            }
            Item::Impl(item) => self.implementation(item),
            Item::Mod(module) => match &module.content {
                Some((_, items)) if module.attrs.iter().all(is_known) => {
                    self.tokens(each(&module.attrs));
                    self.tokens(module.vis.to_token_stream());
                    self.word(&format!("mod {} {{", module.ident));
                    self.items(items);
                    self.word("}");
                }
                Some(_) => self.positioned(module),
                None => self.tokens(module.to_token_stream()),
            },
            Item::Trait(item) => self.definition(item),
            Item::Const(item) => self.constant(item),
            Item::Macro(item) if item.ident.is_none() => self.positioned(item),
            Item::Struct(item) => self.data(&item.attrs, item),
            Item::Enum(item) => self.data(&item.attrs, item),
            Item::Union(item) => self.data(&item.attrs, item),
            // A macro's code has the position of its call.
            Item::Macro(_)
            | Item::ExternCrate(_)
            | Item::ForeignMod(_)
            | Item::Static(_)
            | Item::Type(_)
            | Item::Use(_) => self.tokens(item.to_token_stream()),
            _ => self.positioned(item),
        }
    }

    fn function(
        &mut self,
        attributes: &[Attribute],
        visibility: &Visibility,
        signature: &Signature,
        block: &Block,
        whole: &impl ToTokens,
    ) {
        let residue = body::residue(block.to_token_stream());
        match residue {
            Some(residue) if attributes.iter().all(is_known) && is_plain(signature) => {
                self.tokens(each(attributes));
                self.tokens(visibility.to_token_stream());
                self.tokens(signature.to_token_stream());
                self.word("{");
                self.tokens(residue);
                self.word("}");
            }
            _ => self.positioned(whole),
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        if has_parameters(&item.generics) || !item.attrs.iter().all(is_known) {
            return self.positioned(item);
        }
        let mut header = item.clone();
        header.items.clear();
        self.tokens(header.to_token_stream());
        for member in &item.items {
            match member {
                ImplItem::Fn(member) if member.modifiers.defaultness.is_none() => {
                    let (attributes, signature) = (&member.attrs, &member.sig);
                    self.function(attributes, &member.vis, signature, &member.block, member);
                }
                ImplItem::Type(member) => self.tokens(member.to_token_stream()),
                member => self.positioned(member),
            }
        }
        self.word("}");
    }

    fn definition(&mut self, item: &ItemTrait) {
        let has_code = item.items.iter().any(|member| match member {
            TraitItem::Fn(member) => member.default.is_some(),
            TraitItem::Type(_) => false,
            _ => true,
        });
        if has_code || !item.attrs.iter().all(is_known) {
            self.positioned(item);
        } else {
            self.tokens(item.to_token_stream());
        }
    }

    fn constant(&mut self, item: &ItemConst) {
        if holds_code(item.expr.to_token_stream()) {
            self.positioned(item);
        } else {
            self.tokens(item.to_token_stream());
        }
    }

    fn data(&mut self, attributes: &[Attribute], item: &impl ToTokens) {
        let is_known = |it: &Attribute| is_known(it) || is_of_data(it);
        if attributes.iter().all(is_known) {
            self.tokens(item.to_token_stream());
        } else {
            self.positioned(item);
        }
    }

    fn word(&mut self, word: &str) {
        self.0.text(word);
    }

    /// Tokens, wherever they stand.
    fn tokens(&mut self, tokens: TokenStream) {
        self.0.text(&tokens.to_string());
    }

    /// Tokens and where they stand.
    fn positioned(&mut self, item: &impl ToTokens) {
        self.positions(item.to_token_stream());
    }

    fn positions(&mut self, tokens: TokenStream) {
        for token in tokens {
            let start = token.span().start();
            self.0.number(start.line as u64);
            self.0.number(start.column as u64);
            match token {
                TokenTree::Group(group) => {
                    self.word(&format!("{:?}", group.delimiter()));
                    self.positions(group.stream());
                    self.word("end");
                }
                token => self.word(&token.to_string()),
            }
        }
    }
}

fn each(attributes: &[Attribute]) -> TokenStream {
    attributes.iter().map(ToTokens::to_token_stream).collect()
}

/// Whether only its own crate compiles a function of this signature.
fn is_plain(signature: &Signature) -> bool {
    signature.constness.is_none()
        && signature.asyncness.is_none()
        && signature.variadic.is_none()
        && !has_parameters(&signature.generics)
        && !body::any_word(signature.to_token_stream(), &|word| word == "impl")
}

/// Whether it has parameters that code is made for. Lifetimes are none.
fn has_parameters(generics: &Generics) -> bool {
    let is_lifetime = |it: &GenericParam| matches!(it, GenericParam::Lifetime(_));
    !generics.params.iter().all(is_lifetime)
}

/// Whether a constant has code in it that runs elsewhere: a closure, for one.
fn holds_code(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '|' | '!'),
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::Brace || holds_code(group.stream())
        }
        _ => false,
    })
}

/// Whether an attribute leaves a function, an impl or a module what it is.
pub(super) fn is_known(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 10] = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "must_use",
        "warn",
    ];
    let path = attribute.path();
    let first = path.segments.first().map(|it| it.ident.to_string());
    let last = path.segments.last().map(|it| it.ident.to_string());
    match (first.as_deref(), last.as_deref()) {
        (Some("rustfmt" | "clippy"), _) | (_, Some("hot")) => true,
        (Some("inline"), Some("inline")) => {
            // Without `never` any crate may compile it.
            attribute.to_token_stream().to_string().replace(' ', "") == "#[inline(never)]"
        }
        (Some(name), _) => path.segments.len() == 1 && KNOWN.contains(&name),
        (None, _) => false,
    }
}

/// The same for a type: what derives make has no position that anybody sees.
fn is_of_data(attribute: &Attribute) -> bool {
    let path = attribute.path();
    ["derive", "repr", "non_exhaustive"].iter().any(|it| path.is_ident(it))
        // Of derives, such as serde's.
        || path.get_ident().is_some_and(|it| *it == "serde")
}

/// Whether an attribute is `#[cfg(test)]`.
pub(super) fn is_test(attribute: &Attribute) -> bool {
    attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]"
}

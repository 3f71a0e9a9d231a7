//! The outline of a source file: the parts that other crates may compile, which is everything
//! except the bodies of plain functions.
//!
//! A *plain* function is compiled only in its own crate: it is not generic, `const` or `async`,
//! does not return `impl Trait`, is not in a generic impl or a trait, and no attribute on it or
//! around it, or macro in its signature, can change it. At opt-level 0, other crates contain only
//! its symbol. [`body`](super::body) decides which bodies can be left out.
//!
//! Code that other crates compile can contain its position: panics have a line and a column, and
//! `line!()` is a number. So items in the outline count with their positions, unless they contain
//! no code that is run, called or derived.
//!
//! The *skeleton* is the same, but the well-known derives count without their positions. They don't
//! panic, so only debug information has the positions of their code.

use std::ops::Range;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use serde::{Deserialize, Serialize};
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, GenericParam, Generics, ImplItem, Item, ItemImpl, Signature, Visibility,
};

use super::attributes::{is_known, is_known_derive, is_test};
use super::body::is_closed;
use super::macros::KnownMacros;
use super::names::Names;
use super::tokens::any_word;
use crate::base::content_hash::Digest;

/// A file's outline, and the bodies that it leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) digest: u64,
    pub(crate) skeleton: u64,
    /// In their order in the file.
    pub(crate) bodies: Vec<Body>,
}

/// A function body in a file, with its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Body {
    /// In bytes.
    pub(crate) range: Range<usize>,
    pub(crate) start: Place,
    /// The place of its closing brace.
    pub(crate) end: Place,
}

/// A place in a file. Columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The outline of a file; `None` if the file can't be analysed. `runtime` is the name of the runtime
/// in the crate's dependencies.
pub(crate) fn outline(file: &syn::File, runtime: &str, macros: &KnownMacros) -> Option<Outline> {
    let mut outliner = Outliner {
        digest: Digest::new(),
        skeleton: Digest::new(),
        bodies: Vec::new(),
        runtime,
        names: Names::of(file, macros)?,
    };
    outliner.tokens(each(&file.attrs));
    outliner.items(&file.items);
    Some(Outline {
        digest: outliner.digest.finish(),
        skeleton: outliner.skeleton.finish(),
        bodies: outliner.bodies,
    })
}

impl Body {
    fn of(block: &Block) -> Self {
        let braces = block.brace_token.span;
        let place = |span: Span| {
            let start = span.start();
            Place {
                line: start.line,
                column: start.column,
            }
        };
        Body {
            range: braces.open().byte_range().start..braces.close().byte_range().end,
            start: place(braces.open()),
            end: place(braces.close()),
        }
    }
}

struct Outliner<'a> {
    digest: Digest,
    skeleton: Digest,
    bodies: Vec<Body>,
    runtime: &'a str,
    names: Names,
}

impl Outliner<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            // A session does not compile it.
            Item::Mod(module) if module.attrs.iter().any(is_test) => {}
            Item::Fn(item) => {
                self.function(&item.attrs, &item.vis, &item.sig, &item.block, item);
            }
            Item::Impl(item) => self.implementation(item),
            Item::Mod(module) => match &module.content {
                Some((_, items)) if self.are_known(&module.attrs) => {
                    self.tokens(each(&module.attrs));
                    self.tokens(module.vis.to_token_stream());
                    self.word(&format!("mod {} {{", module.ident));
                    self.items(items);
                    self.word("}");
                }
                Some(_) => self.positioned(module),
                None => self.tokens(module.to_token_stream()),
            },
            // Debug information has the positions of the code in a macro, which bodies elsewhere may call.
            Item::Macro(definition) if definition.ident.is_some() => {
                positions(&mut self.skeleton, item.to_token_stream());
                self.digest.text(&item.to_token_stream().to_string());
            }
            Item::Const(it) => self.inert(&it.attrs, item),
            Item::Enum(it) => self.inert(&it.attrs, item),
            Item::ExternCrate(it) => self.inert(&it.attrs, item),
            Item::ForeignMod(it) => self.inert(&it.attrs, item),
            Item::Static(it) => self.inert(&it.attrs, item),
            Item::Struct(it) => self.inert(&it.attrs, item),
            Item::Trait(it) => self.inert(&it.attrs, item),
            Item::Type(it) => self.inert(&it.attrs, item),
            Item::Union(it) => self.inert(&it.attrs, item),
            Item::Use(it) => self.inert(&it.attrs, item),
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
        if self.are_known(attributes)
            && is_plain(signature)
            && is_closed(block.to_token_stream(), &self.names)
        {
            self.tokens(each(attributes));
            self.tokens(visibility.to_token_stream());
            self.tokens(signature.to_token_stream());
            self.word("{}");
            self.bodies.push(Body::of(block));
        } else {
            self.positioned(whole);
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        let mut header = item.clone();
        header.items.clear();
        let is_inert = |item: &Item| !Code::is_in(|code| code.visit_item(item));
        if has_parameters(&item.generics)
            || !self.are_known(&item.attrs)
            || !is_inert(&Item::Impl(header.clone()))
        {
            return self.positioned(item);
        }
        self.tokens(header.to_token_stream());
        for member in &item.items {
            match member {
                ImplItem::Fn(member) if member.modifiers.defaultness.is_none() => {
                    let (attributes, signature) = (&member.attrs, &member.sig);
                    self.function(attributes, &member.vis, signature, &member.block, member);
                }
                ImplItem::Type(it)
                    if self.are_known(&it.attrs)
                        && !Code::is_in(|code| code.visit_impl_item_type(it)) =>
                {
                    self.tokens(it.to_token_stream());
                }
                member => self.positioned(member),
            }
        }
        self.word("}");
    }

    /// An item whose position is nowhere to be seen, if there is nothing in it that computes.
    fn inert(&mut self, attributes: &[Attribute], item: &Item) {
        let is_inert = !Code::is_in(|code| code.visit_item(item));
        if is_inert && self.are_known(attributes) {
            self.tokens(item.to_token_stream());
        } else if is_inert && attributes.iter().all(|it| self.is_harmless(it)) {
            positions(&mut self.digest, item.to_token_stream());
            self.skeleton.text(&item.to_token_stream().to_string());
        } else {
            self.positioned(item);
        }
    }

    /// Whether an attribute leaves an item as it is, or derives code without panics.
    fn is_harmless(&self, attribute: &Attribute) -> bool {
        is_known(attribute, self.runtime) || is_known_derive(attribute)
    }

    fn are_known(&self, attributes: &[Attribute]) -> bool {
        attributes.iter().all(|it| is_known(it, self.runtime))
    }

    fn word(&mut self, word: &str) {
        self.digest.text(word);
        self.skeleton.text(word);
    }

    /// Adds tokens without their positions.
    fn tokens(&mut self, tokens: TokenStream) {
        self.word(&tokens.to_string());
    }

    /// Adds tokens with their positions.
    fn positioned(&mut self, item: &impl ToTokens) {
        positions(&mut self.digest, item.to_token_stream());
        positions(&mut self.skeleton, item.to_token_stream());
    }
}

/// Adds tokens with their positions to a digest.
fn positions(digest: &mut Digest, tokens: TokenStream) {
    for token in tokens {
        let start = token.span().start();
        digest.number(start.line as u64);
        digest.number(start.column as u64);
        match token {
            TokenTree::Group(group) => {
                digest.text(&format!("{:?}", group.delimiter()));
                positions(digest, group.stream());
                digest.text("end");
            }
            token => digest.text(&token.to_string()),
        }
    }
}

fn each(attributes: &[Attribute]) -> TokenStream {
    attributes.iter().map(ToTokens::to_token_stream).collect()
}

/// Whether only its own crate compiles a function with this signature.
fn is_plain(signature: &Signature) -> bool {
    signature.constness.is_none()
        && signature.asyncness.is_none()
        && signature.variadic.is_none()
        && !has_parameters(&signature.generics)
        && !any_word(signature.to_token_stream(), &|word| word == "impl")
        && !Code::is_in(|code| code.visit_signature(signature))
}

/// Whether there are type or const parameters.
fn has_parameters(generics: &Generics) -> bool {
    let is_lifetime = |it: &GenericParam| matches!(it, GenericParam::Lifetime(_));
    !generics.params.iter().all(is_lifetime)
}

/// Whether there is code that is called, expanded or run.
struct Code(bool);

impl Code {
    fn is_in(visit: impl FnOnce(&mut Self)) -> bool {
        let mut code = Code(false);
        visit(&mut code);
        code.0
    }
}

impl<'ast> Visit<'ast> for Code {
    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        use syn::Expr;
        let is_inert = matches!(
            expression,
            Expr::Array(_)
                | Expr::Binary(_)
                | Expr::Cast(_)
                | Expr::Field(_)
                | Expr::Group(_)
                | Expr::Index(_)
                | Expr::Lit(_)
                | Expr::Paren(_)
                | Expr::Path(_)
                | Expr::Reference(_)
                | Expr::Repeat(_)
                | Expr::Struct(_)
                | Expr::Tuple(_)
                | Expr::Unary(_)
        );
        self.0 |= !is_inert;
        visit::visit_expr(self, expression);
    }

    fn visit_block(&mut self, _: &'ast Block) {
        self.0 = true;
    }

    fn visit_macro(&mut self, _: &'ast syn::Macro) {
        self.0 = true;
    }
}

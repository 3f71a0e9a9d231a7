//! What `#[hot]` stands on, read as far as the expansion needs it.
//!
//! Signatures and impl headers are parsed, bodies are kept as tokens: that is quicker, and a body may hold
//! syntax that this version of `syn` does not know.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, ImplItem, ItemImpl, Result, Signature, Token, Visibility, token};

use super::kind;

/// An item that can be an entry point, or hold some.
pub(super) enum Item {
    /// A free function, or one method of an impl.
    Function(Box<Function>),
    /// An impl block, inherent or of a trait.
    Impl(Box<Block>),
}

/// A function with its body unparsed.
pub(super) struct Function {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) defaultness: Option<Token![default]>,
    pub(super) signature: Signature,
    /// The attributes at the top of the body, which must stay on top.
    pub(super) inner: Vec<Attribute>,
    pub(super) brace: token::Brace,
    pub(super) body: TokenStream,
}

/// An impl block: its header, and its members in order.
pub(super) struct Block {
    pub(super) header: ItemImpl,
    pub(super) members: Vec<Member>,
}

/// An item in an impl block.
pub(super) enum Member {
    Function(Box<Function>),
    /// A constant, a type, a macro call: left as it is.
    Other(TokenStream),
}

/// Reads the item, or says why it is none that `#[hot]` can stand on.
pub(super) fn parse(tokens: TokenStream) -> Result<Item> {
    let header = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let rest: TokenStream = input.parse()?;
        Ok(rest)
    };
    let rest = header.parse2(tokens.clone())?;
    match kind::of(&rest)? {
        kind::Kind::Function => {
            syn::parse2(tokens).map(|function| Item::Function(Box::new(function)))
        }
        kind::Kind::Impl => block(tokens).map(|block| Item::Impl(Box::new(block))),
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let defaultness = if input.peek(Token![default]) {
            Some(input.parse()?)
        } else {
            None
        };
        kind::not_a_generator(input)?;
        let signature: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(kind::without_body(&signature));
        }
        let content;
        let brace = syn::braced!(content in input);
        Ok(Self {
            attributes,
            visibility,
            defaultness,
            signature,
            inner: content.call(Attribute::parse_inner)?,
            brace,
            body: content.parse()?,
        })
    }
}

/// Splits an impl into header and members: the header is parsed with empty braces.
fn block(tokens: TokenStream) -> Result<Block> {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    let Some(TokenTree::Group(braces)) = trees.pop() else {
        return Err(Error::new(Span::call_site(), "expected an impl block"));
    };
    let mut empty = Group::new(braces.delimiter(), TokenStream::new());
    empty.set_span(braces.span());
    trees.push(TokenTree::Group(empty));
    let mut header: ItemImpl = syn::parse2(trees.into_iter().collect())?;
    let members = |input: ParseStream<'_>| {
        header.attrs.extend(input.call(Attribute::parse_inner)?);
        let mut members = Vec::new();
        while !input.is_empty() {
            members.push(input.parse()?);
        }
        Ok(members)
    };
    let members = members.parse2(braces.stream())?;
    Ok(Block { header, members })
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        match ahead.parse() {
            Ok(function) => {
                input.advance_to(&ahead);
                Ok(Self::Function(Box::new(function)))
            }
            // Not a function, or one that `syn` can't read either, whose error is the better one.
            Err(error) => match input.parse::<ImplItem>() {
                Ok(ImplItem::Fn(_)) | Err(_) => Err(error),
                Ok(other) => Ok(Self::Other(other.into_token_stream())),
            },
        }
    }
}

impl Function {
    /// The function with another body, which only the inner attributes precede.
    pub(super) fn with_statements(&self, statements: &TokenStream) -> TokenStream {
        let Self {
            attributes,
            visibility,
            defaultness,
            signature,
            inner,
            ..
        } = self;
        let mut body = Group::new(Delimiter::Brace, quote!(#(#inner)* #statements));
        body.set_span(self.brace.span.join());
        quote!(#(#attributes)* #visibility #defaultness #signature #body)
    }

    /// The body in braces of its own: what it declares and imports is not in scope outside of them.
    pub(super) fn enclosed_body(&self) -> Group {
        let mut body = Group::new(Delimiter::Brace, self.body.clone());
        body.set_span(quiet(self.brace.span.join()));
        body
    }
}

/// The user's place in the text, but as ours: errors point there, and lints stay silent.
pub(super) fn quiet(span: Span) -> Span {
    Span::call_site().located_at(span)
}

impl Block {
    /// The block with other members.
    pub(super) fn with_members(self, members: &TokenStream) -> TokenStream {
        let mut trees: Vec<TokenTree> = self.header.into_token_stream().into_iter().collect();
        let Some(TokenTree::Group(braces)) = trees.pop() else {
            return quote!(#(#trees)* { #members });
        };
        // What is left between the braces are the inner attributes.
        let mut content = braces.stream();
        content.extend(members.clone());
        let mut full = Group::new(braces.delimiter(), content);
        full.set_span(braces.span());
        trees.push(TokenTree::Group(full));
        trees.into_iter().collect()
    }
}

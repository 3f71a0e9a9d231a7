//! `Self` in tokens that are not parsed: is it there, and what it stands for.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// Whether the tokens name the surrounding impl's `Self`.
///
/// Items inside a body have a `Self` of their own or none, so they are passed over.
pub(super) fn mentions_self(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(word) if word == "Self" => return true,
            TokenTree::Ident(word)
                if ["impl", "trait", "struct", "enum"]
                    .iter()
                    .any(|item| word == item) =>
            {
                // To the end of that item: its braces, or its semicolon.
                trees.find(|tree| match tree {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                });
            }
            TokenTree::Group(group) if mentions_self(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

/// Writes the impl's own type for each `Self`, for an item nested in a body, where `Self` can't be said.
pub(super) fn without_self(tokens: impl ToTokens, self_type: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_token_stream().into_iter().collect();
    let is_colon = |at: usize| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let mut written = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            // `Self::Item`, not the `Self: Sized` of a where clause.
            TokenTree::Ident(word) if word == "Self" && is_colon(at + 1) && is_colon(at + 2) => {
                written.extend(quote!(<#self_type>));
            }
            TokenTree::Ident(word) if word == "Self" => written.extend(self_type.clone()),
            TokenTree::Group(group) => {
                let mut inner =
                    Group::new(group.delimiter(), without_self(group.stream(), self_type));
                inner.set_span(group.span());
                written.extend([TokenTree::Group(inner)]);
            }
            other => written.extend([other.clone()]),
        }
    }
    written
}

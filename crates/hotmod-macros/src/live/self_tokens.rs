//! `Self` in tokens that are not parsed: is it there, and what it stands for.

use super::template::template;
use super::tokens::{Delimiter, TokenStream, TokenTree, is_punct, is_word, regrouped};

/// Whether the tokens name the surrounding impl's `Self`.
///
/// Items inside a body have a `Self` of their own or none, so they are passed over.
pub(super) fn mentions_self(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        let is_item = |tree: &TokenTree| {
            let items = ["impl", "trait", "struct", "enum"];
            items.iter().any(|item| is_word(tree, item))
        };
        match tree {
            tree if is_word(&tree, "Self") => return true,
            tree if is_item(&tree) => {
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
pub(super) fn without_self(tokens: TokenStream, self_type: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let is_colon = |at: usize| trees.get(at).is_some_and(|it| is_punct(it, ':'));
    let mut written = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            // `Self::Item`, not the `Self: Sized` of a where clause.
            word if is_word(word, "Self") && is_colon(at + 1) && is_colon(at + 2) => {
                written.extend(template!({ <#self_type> }, self_type));
            }
            word if is_word(word, "Self") => written.extend(self_type.clone()),
            TokenTree::Group(group) => {
                let inner = without_self(group.stream(), self_type);
                written.extend([TokenTree::Group(regrouped(group, inner))]);
            }
            other => written.extend([other.clone()]),
        }
    }
    written
}

//! Whether the body of a plain function has no effect outside its crate.
//!
//! Statements and expressions have none. Items can have an effect, because an `impl` in a body
//! applies everywhere. Macro calls can expand to items, but common macros are known not to.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::names::Names;
use super::standard::{KNOWN, LOGGING, STANDARD};
use super::tokens::{begins_item, called, follows_tick, is_no_attribute};

/// Whether nothing in a body is visible outside.
pub(crate) fn is_closed(body: TokenStream, names: &Names) -> bool {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    tokens.iter().enumerate().all(|(index, token)| match token {
        TokenTree::Ident(word) if !follows_tick(&tokens, index) => {
            !begins_item(&tokens, index, word)
        }
        TokenTree::Group(group) => {
            let is_harmless = match called(&tokens, index) {
                Some(name) => is_harmless(&tokens, index, name, names),
                None => is_no_attribute(&tokens, index, group.delimiter()),
            };
            is_harmless && is_closed(group.stream(), names)
        }
        _ => true,
    })
}

/// Whether the macro with this path is known to expand to nothing that is visible outside.
fn is_harmless(tokens: &[TokenTree], index: usize, name: &Ident, names: &Names) -> bool {
    let path = &tokens[..index - 2];
    let is_of = |list: &[&str]| list.iter().any(|it| name == it);
    let is_colon = |it: &TokenTree| matches!(it, TokenTree::Punct(it) if it.as_char() == ':');
    // One alone comes before the value of a field.
    if path.len() >= 2 && path[path.len() - 2..].iter().all(is_colon) {
        let root = path.len().checked_sub(3).map(|root| &path[root]);
        let is_of_known = matches!(root, Some(TokenTree::Ident(root))
            if KNOWN.iter().any(|it| root == it) && !names.renamed.contains(&root.to_string()));
        return is_of_known && (is_of(&STANDARD) || is_of(&LOGGING));
    }
    let is_closed = || names.closed.contains(&name.to_string());
    is_of(&STANDARD) || (names.has_no_foreign_globs && (is_of(&LOGGING) || is_closed()))
}

//! Whether the body of a plain function has no effect outside its crate.
//!
//! Statements and expressions have none. Items can have an effect, because an `impl` in a body
//! applies everywhere. Macro calls can expand to items, but common macros are known not to.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::names::Names;
use super::standard::{KNOWN, LOGGING, STANDARD};
use super::tokens::{Path, begins_item, called, follows_tick, is_no_attribute, name_of, path};

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
    let is_of = |list: &[&str]| list.iter().any(|it| name == it);
    let is_closed = || names.closed.contains(&name_of(name));
    match path(&tokens[..index - 2]) {
        Path::Name => {
            is_of(&STANDARD) || (names.has_no_foreign_globs && (is_of(&LOGGING) || is_closed()))
        }
        Path::In(root) => {
            let is_known = KNOWN.iter().any(|it| root == it);
            is_known
                && !names.renamed.contains(&name_of(root))
                && (is_of(&STANDARD) || is_of(&LOGGING))
        }
        Path::Own | Path::Other => false,
    }
}

//! Whether the body of a plain function has no effect outside its crate.
//!
//! Statements and expressions have none. Items can have an effect, because an `impl` in a body
//! applies everywhere. Macro calls can expand to items, but common macros are known not to.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::names::{KNOWN, LOGGING, Names, STANDARD};
use super::tokens::{called, follows_tick};

/// Keywords that start an item. `use`, `const` and `type` are not visible outside of the body.
const ITEMS: [&str; 10] = [
    "enum",
    "extern",
    "fn",
    "impl",
    "macro",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
];

/// Attributes that don't expand to items.
const ATTRIBUTES: [&str; 8] = [
    "allow", "cfg", "clippy", "deny", "doc", "expect", "rustfmt", "warn",
];

/// Whether nothing in a body is visible outside.
pub(crate) fn is_closed(body: TokenStream, names: &Names) -> bool {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    tokens.iter().enumerate().all(|(index, token)| match token {
        TokenTree::Ident(word) if !follows_tick(&tokens, index) => {
            let next = tokens.get(index + 1);
            let begins_union = *word == "union" && matches!(next, Some(TokenTree::Ident(_)));
            !begins_union && !ITEMS.iter().any(|it| word == it)
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
        let is_of_known =
            matches!(root, Some(TokenTree::Ident(root)) if KNOWN.iter().any(|it| root == it));
        return is_of_known && (is_of(&STANDARD) || is_of(&LOGGING));
    }
    is_of(&STANDARD) || (names.has_no_foreign_globs && is_of(&LOGGING))
}

/// Whether a group is not that of an attribute, or of an attribute that doesn't expand to items.
fn is_no_attribute(tokens: &[TokenTree], index: usize, delimiter: Delimiter) -> bool {
    let before = index.checked_sub(1).map(|before| &tokens[before]);
    let is_attribute = delimiter == Delimiter::Bracket
        && matches!(before, Some(TokenTree::Punct(mark)) if mark.as_char() == '#');
    let TokenTree::Group(group) = &tokens[index] else {
        return true;
    };
    let name = group.stream().into_iter().next();
    !is_attribute
        || matches!(name, Some(TokenTree::Ident(name)) if ATTRIBUTES.iter().any(|it| name == it))
}

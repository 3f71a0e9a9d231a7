//! Whether what stands in a plain function's body is of no concern outside its own crate.
//!
//! Statements and expressions are not. Items are, since an `impl` in a body is one everywhere, and
//! so are calls of macros, which may make items: but of the macros that everybody uses it is known
//! that they make none.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::names::{KNOWN, LOGGING, Names, STANDARD};
use super::tokens::{called, follows_tick};

/// Words that begin an item. `use`, `const` and `type` make nothing that is seen outside.
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

/// Attributes that make nothing of what they stand on.
const ATTRIBUTES: [&str; 8] = [
    "allow", "cfg", "clippy", "deny", "doc", "expect", "rustfmt", "warn",
];

/// Whether nothing in a body is seen outside.
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

/// Whether a word is a lifetime or a label: `'static` begins no item.
/// Whether it is known of a macro that is called so that it makes nothing which is seen outside.
fn is_harmless(tokens: &[TokenTree], index: usize, name: &Ident, names: &Names) -> bool {
    let path = &tokens[..index - 2];
    let is_of = |list: &[&str]| list.iter().any(|it| name == it);
    if matches!(path.last(), Some(TokenTree::Punct(it)) if it.as_char() == ':') {
        let root = path.len().checked_sub(3).map(|root| &path[root]);
        let is_of_known =
            matches!(root, Some(TokenTree::Ident(root)) if KNOWN.iter().any(|it| root == it));
        return is_of_known && (is_of(&STANDARD) || is_of(&LOGGING));
    }
    is_of(&STANDARD) || (names.has_no_foreign_globs && is_of(&LOGGING))
}

/// Whether a group is not that of an attribute, or of one that makes nothing.
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

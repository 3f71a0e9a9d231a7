//! Predicates on tokens.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

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

/// The macro whose arguments are the group at this position.
pub(super) fn called(tokens: &[TokenTree], index: usize) -> Option<&Ident> {
    let [TokenTree::Ident(name), TokenTree::Punct(mark)] =
        tokens.get(index.checked_sub(2)?..index)?
    else {
        return None;
    };
    (mark.as_char() == '!').then_some(name)
}

/// Whether the tokens contain an identifier that is not part of a lifetime or label.
pub(super) fn any_word(tokens: TokenStream, is: &dyn Fn(&Ident) -> bool) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Ident(word) => !follows_tick(&tokens, index) && is(word),
        TokenTree::Group(group) => any_word(group.stream(), is),
        _ => false,
    })
}

/// Whether the token at this position is the name of a lifetime or a label.
pub(super) fn follows_tick(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| &tokens[before]);
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '\'')
}

/// Whether the word at this position begins an item.
pub(super) fn begins_item(tokens: &[TokenTree], index: usize, word: &Ident) -> bool {
    let next = tokens.get(index + 1);
    let begins_union = word == "union" && matches!(next, Some(TokenTree::Ident(_)));
    begins_union || ITEMS.iter().any(|it| word == it)
}

/// Whether a group is not that of an attribute, or of an attribute that doesn't expand to items.
pub(super) fn is_no_attribute(tokens: &[TokenTree], index: usize, delimiter: Delimiter) -> bool {
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

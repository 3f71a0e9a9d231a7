//! Predicates on tokens.

use proc_macro2::{Ident, TokenStream, TokenTree};

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

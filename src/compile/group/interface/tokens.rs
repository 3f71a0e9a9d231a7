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

/// Keywords that can come before `!`, which then negates.
const BEFORE_NEGATION: [&str; 7] = ["break", "else", "if", "in", "match", "return", "while"];

/// The macro whose arguments are the group at this position.
pub(super) fn called(tokens: &[TokenTree], index: usize) -> Option<&Ident> {
    let [TokenTree::Ident(name), TokenTree::Punct(mark)] =
        tokens.get(index.checked_sub(2)?..index)?
    else {
        return None;
    };
    (mark.as_char() == '!' && may_be_called(name)).then_some(name)
}

/// Whether a word before `!` can be the name of a macro.
pub(super) fn may_be_called(word: &Ident) -> bool {
    !BEFORE_NEGATION.iter().any(|it| word == it)
}

/// How the path of a macro begins.
#[derive(Debug)]
pub(super) enum Path<'a> {
    /// It is only the name.
    Name,
    /// With `$crate::`, and no other module.
    Own,
    /// With this crate or module, and no other.
    In(&'a Ident),
    Other,
}

/// The path of the name that comes after these tokens.
pub(super) fn path(before: &[TokenTree]) -> Path<'_> {
    let at = before.len();
    let is_after = |index: usize, mark| is_after(before, index, mark);
    if is_after(at, '$') {
        return Path::Other;
    }
    // One colon alone comes before the value of a field.
    if at < 2 || !is_after(at, ':') || !is_after(at - 1, ':') {
        return Path::Name;
    }
    let Some((TokenTree::Ident(root), outside)) = before[..at - 2].split_last() else {
        return Path::Other;
    };
    match outside {
        [.., TokenTree::Punct(mark)] if mark.as_char() == '$' => match root == "crate" {
            true => Path::Own,
            false => Path::Other,
        },
        [
            ..,
            TokenTree::Ident(_),
            TokenTree::Punct(a),
            TokenTree::Punct(b),
        ] if a.as_char() == ':' && b.as_char() == ':' => Path::Other,
        _ => Path::In(root),
    }
}

/// Whether the token before a position is this mark.
pub(super) fn is_after(tokens: &[TokenTree], index: usize, mark: char) -> bool {
    let before = index.checked_sub(1).and_then(|it| tokens.get(it));
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// The name of a macro, which may be written as a raw identifier.
pub(super) fn name_of(word: &Ident) -> String {
    word.to_string().trim_start_matches("r#").to_owned()
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
    is_after(tokens, index, '\'')
}

/// Whether the word at this position begins an item.
pub(super) fn begins_item(tokens: &[TokenTree], index: usize, word: &Ident) -> bool {
    let next = tokens.get(index + 1);
    let begins_union = word == "union" && matches!(next, Some(TokenTree::Ident(_)));
    begins_union || ITEMS.iter().any(|it| word == it)
}

/// Whether a group is not that of an attribute, or of an attribute that doesn't expand to items.
pub(super) fn is_no_attribute(tokens: &[TokenTree], index: usize, delimiter: Delimiter) -> bool {
    let is_bracket = delimiter == Delimiter::Bracket;
    // An attribute of everything around it.
    if is_bracket && is_after(tokens, index, '!') && is_after(tokens, index - 1, '#') {
        return false;
    }
    let is_attribute = is_bracket && is_after(tokens, index, '#');
    let TokenTree::Group(group) = &tokens[index] else {
        return true;
    };
    let name = group.stream().into_iter().next();
    !is_attribute
        || matches!(name, Some(TokenTree::Ident(name)) if ATTRIBUTES.iter().any(|it| name == it))
}

/// Whether one of the attributes at the end of some tokens has this name. A visibility may come after them.
pub(super) fn has_attribute(before: &[TokenTree], name: &str) -> bool {
    attributes(before).any(|it| {
        let first = it.into_iter().next();
        matches!(first, Some(TokenTree::Ident(word)) if word == name)
    })
}

/// Whether a module is compiled only for tests.
pub(super) fn is_for_tests(before: &[TokenTree]) -> bool {
    attributes(before).any(|it| it.to_string().replace(' ', "") == "cfg(test)")
}

/// The attributes at the end of some tokens, without their brackets.
fn attributes(before: &[TokenTree]) -> impl Iterator<Item = TokenStream> {
    let is_visibility = |it: &&TokenTree| match it {
        TokenTree::Ident(word) => *word == "pub",
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    };
    let visibility = before.iter().rev().take_while(is_visibility).count();
    let rest = &before[..before.len() - visibility];
    rest.rchunks(2).map_while(|it| match it {
        [TokenTree::Punct(mark), TokenTree::Group(group)] if mark.as_char() == '#' => {
            Some(group.stream())
        }
        _ => None,
    })
}

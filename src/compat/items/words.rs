//! Names in texts and in tokens.

use std::collections::BTreeSet;

/// Whether a text has a name in it as a whole word, be it in code or not.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_part)
            && !text[at + name.len()..].chars().next().is_some_and(is_part)
    })
}

/// The identifiers in tokens.
pub(crate) fn words(tokens: &str) -> BTreeSet<&str> {
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let words = tokens.split(move |character| !is_of_word(character));
    words.filter(|word| !word.is_empty()).collect()
}

//! Names in texts and in tokens.

use std::collections::BTreeSet;

/// Whether a character can be in an identifier, and so in a word.
pub(crate) fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a text contains a name as a whole word, including in comments and strings.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_of_word) && !text[at + name.len()..].starts_with(is_of_word)
    })
}

/// The identifiers in tokens.
pub(crate) fn words(tokens: &str) -> BTreeSet<&str> {
    let words = tokens.split(|character| !is_of_word(character));
    words.filter(|word| !word.is_empty()).collect()
}

//! The constants of a crate, and whether one may have the id of a type in it.
//!
//! A constant is computed by what it names: other constants, and `const fn`s. So it may take an id if
//! it names one, or a `const fn` that does, directly or through others. Names are compared without
//! regard to what they mean.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::names;
use crate::base::closure::closure;
use crate::base::parse::look_at_tokens;
use crate::base::words::mentions;

#[derive(Default)]
pub(super) struct Constants {
    /// The words in each constant.
    constants: Vec<BTreeSet<String>>,
    /// The name of each `const fn`, and the words in it.
    functions: Vec<(String, BTreeSet<String>)>,
}

impl Constants {
    /// Adds those of a source. Returns whether it is valid.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let has_none = !mentions(text, "const");
        has_none || look_at_tokens(text, |tokens| self.read(tokens)).is_some()
    }

    /// Whether a constant may have an id in it.
    pub(super) fn take_id(&self) -> bool {
        let has_id = |words: &BTreeSet<String>| words.iter().any(|word| names(word, b"typeid"));
        let functions = self.functions.iter();
        let first = functions.filter(|(_, words)| has_id(words));
        let first: BTreeSet<String> = first.map(|(name, _)| name.clone()).collect();
        let all = closure(first, |known| {
            let functions = self.functions.iter();
            let users = functions.filter(|(_, words)| !words.is_disjoint(known));
            users.map(|(name, _)| name.clone()).collect()
        });
        let mut constants = self.constants.iter();
        constants.any(|words| has_id(words) || !words.is_disjoint(&all))
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                self.read(group.stream());
            }
            let is_pointer = at > 0 && is_sign(&tokens[at - 1], '*');
            if is_word(token, "const") && !is_pointer {
                self.constant(&tokens[at + 1..]);
            }
        }
    }

    /// Takes what follows the word `const`.
    fn constant(&mut self, after: &[TokenTree]) {
        let is_block = |it: &TokenTree| matches!(it, TokenTree::Group(it) if it.delimiter() == Delimiter::Brace);
        let is_end = |it: &TokenTree| is_sign(it, ';');
        let end = |is: &dyn Fn(&TokenTree) -> bool| {
            let end = after.iter().position(is);
            end.map_or(after.len(), |it| it + 1)
        };
        let qualifiers = ["async", "unsafe", "extern"];
        let mut words = after.iter().skip_while(|it| {
            let is_abi = matches!(it, TokenTree::Literal(_));
            is_abi || qualifiers.iter().any(|word| is_word(it, word))
        });
        let is_function = words.next().is_some_and(|it| is_word(it, "fn"));
        match (is_function, after.first()) {
            (true, _) => {
                // A trait's has no body.
                let end = end(&|it| is_block(it) || is_end(it));
                let name = words.next().map(ToString::to_string).unwrap_or_default();
                self.functions.push((name, words_in(&after[..end])));
            }
            (false, Some(block)) if is_block(block) => {
                self.constants.push(words_in(&after[..1]));
            }
            // A parameter has no value.
            (false, _) => {
                let head = &after[..end(&|it| is_block(it) || is_end(it))];
                if head.iter().any(|it| is_sign(it, '=')) {
                    self.constants.push(words_in(&after[..end(&is_end)]));
                }
            }
        }
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(it) if it == word)
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == sign)
}

fn words_in(tokens: &[TokenTree]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in tokens {
        match token {
            TokenTree::Ident(word) => drop(found.insert(word.to_string())),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                found.extend(words_in(&inner));
            }
            _ => {}
        }
    }
    found
}

//! The tokens of an item that can affect memory layouts.

use std::collections::BTreeMap;

use quote::ToTokens;

/// The tokens that can affect a layout: without documentation, derives, lints and visibility.
pub(crate) fn bare(tokens: proc_macro2::TokenStream) -> String {
    use proc_macro2::TokenTree;
    const NO_PART: [&str; 6] = ["allow", "derive", "doc", "expect", "must_use", "warn"];
    let first_word = |group: &proc_macro2::Group| group.stream().into_iter().next();
    let is_word = |token: Option<TokenTree>, words: &[&str]| match token {
        Some(TokenTree::Ident(ident)) => words.iter().any(|it| ident == it),
        _ => false,
    };
    let mut out = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let group = match tokens.peek() {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        };
        let is_no_part = match (&token, group) {
            (TokenTree::Punct(punct), Some(group)) if punct.as_char() == '#' => {
                is_word(first_word(group), &NO_PART)
            }
            _ => false,
        };
        if is_no_part {
            tokens.next();
            continue;
        }
        if is_word(Some(token.clone()), &["pub"]) {
            let limits = ["crate", "self", "super", "in"];
            if group.is_some_and(|group| is_word(first_word(group), &limits)) {
                tokens.next();
            }
            continue;
        }
        match token {
            TokenTree::Group(group) => {
                let inner = bare(group.stream());
                out.push_str(&format!("{:?}({inner})", group.delimiter()));
            }
            token => {
                out.push_str(&token.to_string());
                out.push(' ');
            }
        }
    }
    out
}

/// The tokens of named fields, by name.
pub(super) fn named_fields(fields: &syn::FieldsNamed) -> BTreeMap<String, String> {
    let fields = fields.named.iter().filter_map(|field| {
        let name = field.ident.as_ref()?.to_string();
        Some((name, bare(field.to_token_stream())))
    });
    fields.collect()
}

/// Tokens without their lifetimes, and the lifetimes as numbers, in the order of their first use. `'static`
/// has no number.
pub(super) fn without_lifetimes(tokens: &str) -> (Vec<&str>, Vec<Option<usize>>) {
    let (mut rest, mut names, mut lifetimes) = (Vec::new(), Vec::new(), Vec::new());
    let mut words = tokens.split(' ');
    while let Some(word) = words.next() {
        if word != "'" {
            rest.push(word);
            continue;
        }
        let name = words.next().unwrap_or_default();
        let number = names.iter().position(|it| *it == name);
        lifetimes.push(match number {
            _ if name == "static" => None,
            Some(number) => Some(number),
            None => {
                names.push(name);
                Some(names.len() - 1)
            }
        });
    }
    (rest, lifetimes)
}

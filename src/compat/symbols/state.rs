//! The group's own state: the writable statics in its library that its sources declare.
//!
//! Each generation has its own statics and thread-locals, which start with their initial values. A symbol
//! shows whether its data is writable. The sources show whether the user declared it, or a macro.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::base::parse::look_at_tokens;
use crate::base::words::is_of_word;

/// The names of all statics that sources declare, also in macro calls.
pub(crate) fn statics_in<'a>(sources: impl Iterator<Item = &'a Path>) -> BTreeSet<String> {
    let texts = sources.filter_map(|source| fs::read_to_string(source).ok());
    texts.flat_map(|text| statics(&text)).collect()
}

fn statics(source: &str) -> BTreeSet<String> {
    look_at_tokens(source, |tokens| {
        let mut found = BTreeSet::new();
        read(tokens, &mut found);
        found
    })
    .unwrap_or_default()
}

/// The declared statics among these paths of symbols.
pub(crate) fn declared(paths: &BTreeSet<String>, statics: &BTreeSet<String>) -> BTreeSet<String> {
    let found = paths.iter().filter_map(|path| static_of(path, statics));
    found.collect()
}

fn read(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let (mut is_lifetime, mut is_static) = (false, false);
    // A reload keeps the statics in `keep!`.
    let mut is_kept = [false; 2];
    for token in tokens {
        is_kept = match &token {
            TokenTree::Ident(name) => [name == "keep", false],
            TokenTree::Punct(punct) => [false, is_kept[0] && punct.as_char() == '!'],
            TokenTree::Group(_) if is_kept[1] => {
                is_kept = [false; 2];
                continue;
            }
            _ => [false; 2],
        };
        match token {
            TokenTree::Ident(name) if is_static && (name == "mut" || name == "ref") => continue,
            TokenTree::Ident(name) if is_static => {
                found.insert(name.to_string());
                is_static = false;
            }
            TokenTree::Ident(name) => is_static = name == "static" && !is_lifetime,
            TokenTree::Punct(punct) => {
                is_lifetime = punct.as_char() == '\'';
                is_static = false;
                continue;
            }
            TokenTree::Group(group) => {
                read(group.stream(), found);
                is_static = false;
            }
            TokenTree::Literal(_) => is_static = false,
        }
        is_lifetime = false;
    }
}

/// The declared static that a symbol's path names. Macros may generate other items inside it.
fn static_of(path: &str, statics: &BTreeSet<String>) -> Option<String> {
    let mut end = path.len();
    loop {
        let start = path[..end].rfind(|c| !is_of_word(c)).map_or(0, |at| at + 1);
        if statics.contains(&path[start..end]) {
            return Some(path[..end].trim_start_matches('<').to_owned());
        }
        end = path[..start].rfind(is_of_word)? + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statics_are_declared_in_many_ways() {
        let source = "pub static A: u8 = 1; static mut B: u8 = 2; const C: &'static str = \"\";
            fn f() { static D: u8 = 1; } hotmod::keep! { static KEPT: u8 = 1; }
            thread_local! { static E: Cell<u8> = const { Cell::new(1) }; pub static F: u8 = 1 }
            lazy_static! { static ref G: u8 = 1; }";
        let found = statics(source);
        assert_eq!(Vec::from_iter(found).concat(), "ABDEFG");
    }

    #[test]
    fn a_symbol_is_a_declared_static_or_inside_one() {
        let statics = BTreeSet::from(["HITS".to_owned(), "MAP".to_owned()]);
        for (path, expected) in [
            ("pages::HITS", Some("pages::HITS")),
            ("pages::count::HITS", Some("pages::count::HITS")),
            ("pages::HITS::VAL", Some("pages::HITS")),
            (
                "<pages::MAP as core::ops::deref::Deref>::deref::__stability::LAZY",
                Some("pages::MAP"),
            ),
            ("pages::page::__CALLSITE", None),
            ("pages::OTHER", None),
        ] {
            let found = static_of(path, &statics);
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}

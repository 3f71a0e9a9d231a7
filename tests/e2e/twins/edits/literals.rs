//! Edits of literals.

use std::ops::Range;

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::Lit;

/// All literals among tokens, each with another one of its type.
pub(super) fn changed(tokens: TokenStream) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.extend(changed(group.stream())),
            TokenTree::Literal(literal) => found.extend(other(literal)),
            TokenTree::Ident(name) if name == "true" => {
                found.push((name.span().byte_range(), "false".to_owned()));
            }
            TokenTree::Ident(name) if name == "false" => {
                found.push((name.span().byte_range(), "true".to_owned()));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
    found
}

fn other(literal: Literal) -> Option<(Range<usize>, String)> {
    let range = literal.span().byte_range();
    let new = match Lit::new(literal) {
        Lit::Int(int) => {
            let value: u64 = int.base10_parse().ok()?;
            format!("{}{}", if value == 0 { 1 } else { value - 1 }, int.suffix())
        }
        Lit::Str(text) => format!("{:?}", format!("{}~", text.value())),
        Lit::Char(char) => format!("{:?}", if char.value() == 'x' { 'y' } else { 'x' }),
        Lit::Byte(byte) => format!("{}u8", byte.value() ^ 1),
        Lit::Float(float) => format!("({float} + 1.0)"),
        _ => return None,
    };
    Some((range, new))
}

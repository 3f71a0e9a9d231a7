//! The text of a signature: what baseline and generation compare before a call may pass between them.
//!
//! It depends on the tokens alone, not on how the user laid them out, and holds no argument names.

use std::mem;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Receiver, ReceiverKind, ReturnType, Safety, Signature};

/// For example `async fn(&self, &'a str, (u32, u32)) -> String`.
pub(super) fn text(signature: &Signature) -> String {
    let mut text = String::new();
    if signature.asyncness.is_some() {
        text.push_str("async ");
    }
    if matches!(signature.safety, Safety::Unsafe(_)) {
        text.push_str("unsafe ");
    }
    let inputs: Vec<String> = signature.inputs.iter().map(input).collect();
    text.push_str(&format!("fn({})", inputs.join(", ")));
    if let ReturnType::Type(_, ty) = &signature.output {
        text.push_str(" -> ");
        text.push_str(&tokens(ty.to_token_stream()));
    }
    text
}

fn input(input: &FnArg) -> String {
    match input {
        FnArg::Receiver(receiver) => self_text(receiver),
        FnArg::Typed(typed) => tokens(typed.ty.to_token_stream()),
    }
}

/// `mut self` is `self`: how a body uses its argument is not part of the type.
fn self_text(receiver: &Receiver) -> String {
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => format!("self: {}", tokens(ty.to_token_stream())),
        ReceiverKind::Reference(_, lifetime, mutability) => {
            let lifetime = lifetime
                .as_ref()
                .map(|lifetime| format!("{lifetime} "))
                .unwrap_or_default();
            let mutability = mutability.map_or("", |_| "mut ");
            format!("&{lifetime}{mutability}self")
        }
        _ => "self".to_owned(),
    }
}

/// Tokens with the spaces that rustfmt would put between them in a type.
fn tokens(stream: TokenStream) -> String {
    let mut lexemes = Vec::new();
    flatten(stream, &mut lexemes);
    let mut text = String::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        if at > 0 && is_spaced(&lexemes[at - 1], lexeme) {
            text.push(' ');
        }
        text.push_str(lexeme);
    }
    text
}

/// Lifetimes, `::` and `->` are one lexeme each; groups that a macro put around its arguments are none.
fn flatten(stream: TokenStream, lexemes: &mut Vec<String>) {
    let mut joined = String::new();
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                lexemes.push(open.to_owned());
                flatten(group.stream(), lexemes);
                lexemes.push(close.to_owned());
                lexemes.retain(|lexeme| !lexeme.is_empty());
            }
            TokenTree::Punct(punct) => {
                joined.push(punct.as_char());
                let is_whole = punct.spacing() == Spacing::Alone
                    || ![":", "-", "'"].contains(&joined.as_str());
                if is_whole {
                    lexemes.push(mem::take(&mut joined));
                }
            }
            // After a joint `'` this is a lifetime's name.
            word => lexemes.push(mem::take(&mut joined) + &word.to_string()),
        }
    }
}

fn is_spaced(left: &str, right: &str) -> bool {
    let is_word = |lexeme: &str| {
        lexeme.starts_with(|first: char| first.is_alphanumeric() || "'_\"".contains(first))
    };
    let binds_right =
        left.starts_with('\'') || ["mut", "const", "dyn", "as", "in", "unsafe"].contains(&left);
    match (left, right) {
        (_, ")" | "]" | ">" | "," | ";" | ":") => false,
        ("," | ";" | ":" | "->" | "=" | "+", _) | (_, "->" | "=" | "+") => true,
        (_, "(" | "[" | "&" | "*" | "<" | "?" | "!" | "::") => binds_right,
        _ => (is_word(left) || [">", ")", "]"].contains(&left)) && is_word(right),
    }
}

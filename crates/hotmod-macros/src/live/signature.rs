//! The text of a signature: what baseline and generation compare before a call may pass between them.
//!
//! It depends on the tokens alone, not on how the user laid them out, and holds no argument names. Lifetimes
//! are numbered in the order in which they are named: what one is called is no part of a type, but which are
//! one is.

use std::mem;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Receiver, ReceiverKind, ReturnType, Safety, Signature};

/// For example `async fn(&self, &'1 str, (u32, u32)) -> String`.
pub(super) fn text(signature: &Signature) -> String {
    let mut lifetimes = Lifetimes::of(signature);
    let mut text = String::new();
    if signature.asyncness.is_some() {
        text.push_str("async ");
    }
    if matches!(signature.safety, Safety::Unsafe(_)) {
        text.push_str("unsafe ");
    }
    let inputs = signature.inputs.iter();
    let inputs: Vec<String> = inputs.map(|it| input(it, &mut lifetimes)).collect();
    text.push_str(&format!("fn({})", inputs.join(", ")));
    if let ReturnType::Type(_, ty) = &signature.output {
        text.push_str(" -> ");
        text.push_str(&tokens(ty.to_token_stream(), &mut lifetimes));
    }
    text
}

/// The lifetimes that a signature has named so far.
struct Lifetimes {
    own: Vec<String>,
    named: Vec<String>,
}

impl Lifetimes {
    fn of(signature: &Signature) -> Self {
        let own = signature.generics.lifetimes();
        Lifetimes {
            own: own.map(|it| it.lifetime.to_string()).collect(),
            named: Vec::new(),
        }
    }

    /// One of the function's own is `'1`, one of its impl or of a `for` is `'_1`: a caller chooses the
    /// first at each call.
    fn number(&mut self, lifetime: &str) -> String {
        if ["'static", "'_"].contains(&lifetime) {
            return lifetime.to_owned();
        }
        let known = self.named.iter().position(|it| it == lifetime);
        let number = known.unwrap_or_else(|| {
            self.named.push(lifetime.to_owned());
            self.named.len() - 1
        });
        let is_own = self.own.iter().any(|it| it == lifetime);
        format!("'{}{}", if is_own { "" } else { "_" }, number + 1)
    }
}

fn input(input: &FnArg, lifetimes: &mut Lifetimes) -> String {
    match input {
        FnArg::Receiver(receiver) => self_text(receiver, lifetimes),
        FnArg::Typed(typed) => tokens(typed.ty.to_token_stream(), lifetimes),
    }
}

/// `mut self` is `self`: how a body uses its argument is not part of the type.
fn self_text(receiver: &Receiver, lifetimes: &mut Lifetimes) -> String {
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => {
            format!("self: {}", tokens(ty.to_token_stream(), lifetimes))
        }
        ReceiverKind::Reference(_, lifetime, mutability) => {
            let lifetime = lifetime
                .as_ref()
                .map(|it| lifetimes.number(&it.to_string()) + " ")
                .unwrap_or_default();
            let mutability = mutability.map_or("", |_| "mut ");
            format!("&{lifetime}{mutability}self")
        }
        _ => "self".to_owned(),
    }
}

/// Tokens with the spaces that rustfmt would put between them in a type.
fn tokens(stream: TokenStream, lifetimes: &mut Lifetimes) -> String {
    let mut lexemes = Vec::new();
    flatten(stream, &mut lexemes);
    // A character has a quote at its end, too.
    for lexeme in &mut lexemes {
        if lexeme.starts_with('\'') && !lexeme.ends_with('\'') {
            *lexeme = lifetimes.number(lexeme);
        }
    }
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

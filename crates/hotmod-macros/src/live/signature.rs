//! The text of a signature: what baseline and generation compare before a call may pass between them.
//!
//! It depends on the tokens alone, not on how the user laid them out, and holds no argument names. Lifetimes
//! are numbered in the order in which they are named: what one is called is no part of a type, but which are
//! one is.

use super::grammar::{Argument, Generics, Signature};
use super::tokens::{
    Delimiter, Spacing, TokenStream, TokenTree, is_punct, is_word, without_invisible,
};

/// For example `async fn(&self, &'1 str, (u32, u32)) -> String`.
pub(super) fn text(signature: &Signature) -> String {
    let mut lifetimes = Lifetimes::of(&signature.generics);
    let mut text = String::new();
    if signature.head.asyncness.is_some() {
        text.push_str("async ");
    }
    if signature.head.unsafety.is_some() {
        text.push_str("unsafe ");
    }
    let arguments = signature.arguments.iter();
    let arguments: Vec<String> = arguments.map(|it| argument(it, &mut lifetimes)).collect();
    text.push_str(&format!("fn({})", arguments.join(", ")));
    if !signature.output.ty.is_empty() {
        text.push_str(" -> ");
        text.push_str(&tokens(signature.output.ty.clone(), &mut lifetimes));
    }
    text
}

/// The lifetimes that a signature has named so far.
struct Lifetimes {
    own: Vec<String>,
    named: Vec<String>,
}

impl Lifetimes {
    fn of(generics: &Generics) -> Self {
        let own = generics.parameters.iter();
        Lifetimes {
            own: own.map(|it| it.name.clone()).collect(),
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

/// The type; of a receiver also the `self`. Before that a `mut` is no part of the type: it is for the body.
fn argument(argument: &Argument, lifetimes: &mut Lifetimes) -> String {
    let mut text = String::new();
    if argument.is_receiver() {
        let pattern = without_invisible(argument.pattern.clone()).into_iter();
        let pattern = pattern.skip_while(|it| is_word(it, "mut"));
        text = tokens(pattern.collect(), lifetimes);
        if argument.ty.is_some() {
            text.push_str(": ");
        }
    }
    let ty = argument.ty.clone().unwrap_or_default();
    text + &tokens(ty, lifetimes)
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

/// Lifetimes, `::` and `->` are one lexeme each, whatever the next token is; the invisible groups that a macro
/// puts around what a fragment matched are none.
fn flatten(stream: TokenStream, lexemes: &mut Vec<String>) {
    let mut trees = without_invisible(stream).into_iter().peekable();
    while let Some(tree) = trees.next() {
        let is_joint = matches!(&tree, TokenTree::Punct(it) if it.spacing() == Spacing::Joint);
        let mut lexeme = match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace | Delimiter::None => ("{", "}"),
                };
                lexemes.push(open.to_owned());
                flatten(group.stream(), lexemes);
                close.to_owned()
            }
            other => other.to_string(),
        };
        let is_joined = |next: &TokenTree| match (lexeme.as_str(), next) {
            ("'", TokenTree::Ident(_)) => true,
            (":", next) => is_punct(next, ':'),
            ("-", next) => is_punct(next, '>'),
            _ => false,
        };
        if is_joint {
            let next = trees.next_if(is_joined);
            lexeme.extend(next.map(|it| it.to_string()));
        }
        lexemes.push(lexeme);
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

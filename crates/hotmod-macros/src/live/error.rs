//! What the attributes refuse, as errors of the compiler at the user's place.

use super::template::template;
use super::tokens::{Span, TokenStream, TokenTree};

/// One or more messages, each with the tokens that it is about.
#[derive(Debug)]
pub(super) struct Error {
    messages: Vec<Message>,
}

#[derive(Debug)]
struct Message {
    first: Span,
    last: Span,
    text: String,
}

pub(super) type Result<T> = std::result::Result<T, Error>;

/// A message of `#[hot]`, which all begin with the attribute.
pub(super) fn refuse(span: Span, what: impl std::fmt::Display) -> Error {
    Error::new(span, format!("`#[hot]` {what}"))
}

/// Refuses an item that rustc could parse, and this crate can't.
pub(super) fn unknown_syntax(span: Span) -> Error {
    refuse(
        span,
        "does not know the syntax of this item\n\
         put it on a function that is declared in another way, and call this one from there",
    )
}

impl Error {
    pub(super) fn new(span: Span, text: String) -> Self {
        let message = Message {
            first: span,
            last: span,
            text,
        };
        Self {
            messages: vec![message],
        }
    }

    /// From the first of these tokens to the last.
    pub(super) fn over(tokens: TokenStream, text: String) -> Self {
        let mut trees = tokens.into_iter();
        let first = trees.next().map_or_else(Span::call_site, |it| it.span());
        let last = trees.last().map_or(first, |it| it.span());
        Self {
            messages: vec![Message { first, last, text }],
        }
    }

    pub(super) fn combine(&mut self, other: Self) {
        self.messages.extend(other.messages);
    }

    /// The errors as items. A macro call reaches from its path to its delimiter, and so does its error.
    pub(super) fn to_compile_error(&self) -> TokenStream {
        let mut errors = TokenStream::new();
        for Message { first, last, text } in &self.messages {
            let call = template!(
                {
                    ::core::compile_error! { #text }
                },
                text
            );
            for mut tree in call {
                tree.set_span(match tree {
                    TokenTree::Group(_) => *last,
                    _ => *first,
                });
                errors.extend([tree]);
            }
        }
        errors
    }
}

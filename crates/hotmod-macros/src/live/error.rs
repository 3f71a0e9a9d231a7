//! The attributes' errors, as compiler errors at the user's code.

use super::template::template;
use super::tokens::{Span, TokenStream, TokenTree};

/// One or more messages, each with the span of its tokens.
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

/// A message of `#[hot]`, which starts with the attribute's name.
pub(super) fn refuse(span: Span, what: impl std::fmt::Display) -> Error {
    Error::new(span, format!("`#[hot]` {what}"))
}

/// The error for an item that rustc could parse, but this crate can't.
pub(super) fn unknown_syntax(span: Span) -> Error {
    refuse(
        span,
        "does not support the syntax of this item\n\
         put it on another function that calls this one",
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

    /// An error that spans from the first of these tokens to the last.
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

    /// The errors as `compile_error!` items. The error's span is that of the macro call, from its
    /// path to its delimiter.
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

//! Which items `#[hot]` can stand on at all, told by their leading keywords.
//!
//! These refusals come while the item is read; `reject` looks at what was read.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Result, Signature, Token};

use super::reject::refuse;

/// The items that `#[hot]` reads further.
pub(super) enum Kind {
    Function,
    Impl,
}

/// Tells functions and impls from other items by their leading keywords; `tokens` begin after the visibility.
pub(super) fn of(tokens: &TokenStream) -> Result<Kind> {
    for tree in tokens.clone() {
        let TokenTree::Ident(word) = &tree else {
            // The ABI of an `extern "C" fn`.
            if matches!(tree, TokenTree::Literal(_)) {
                continue;
            } else {
                break;
            }
        };
        match word.to_string().as_str() {
            "default" | "const" | "async" | "unsafe" | "safe" | "extern" | "auto" | "gen" => {}
            "fn" => return Ok(Kind::Function),
            "impl" => return Ok(Kind::Impl),
            "trait" => {
                return Err(refuse(
                    word.span(),
                    "can't stand on a trait: it has no code of its own to reload\n\
                     put `#[hot]` on the impl blocks of the trait",
                ));
            }
            _ => break,
        }
    }
    let span = tokens
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |tree| tree.span());
    Err(refuse(
        span,
        "stands only on functions and impl blocks: nothing else can be called\n\
         put it on the functions through which the host calls this crate",
    ))
}

/// Refuses a `gen fn`, which `syn` can't read; `input` begins after visibility and defaultness.
pub(super) fn not_a_generator(input: ParseStream<'_>) -> Result<()> {
    let ahead = input.fork();
    ahead.parse::<Option<Token![async]>>()?;
    match ahead.call(Ident::parse_any) {
        Ok(word) if word == "gen" && ahead.peek(Token![fn]) => Err(refuse(
            word.span(),
            "can't stand on a `gen fn`: the type of its iterator changes with each generation\n\
             return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
        )),
        _ => Ok(()),
    }
}

/// A function that ends in `;`: a trait's, or one of an `extern` block.
pub(super) fn without_body(signature: &Signature) -> Error {
    refuse(
        signature.ident.span(),
        format_args!(
            "can't stand on `{}`, which has no body to reload\nput `#[hot]` on the impl block of the trait",
            signature.ident
        ),
    )
}

//! What the attributes do in a session.
//!
//! `session` says which flavour of the crate is being compiled, `kind` on what items the attribute can stand,
//! `item` reads one without its bodies, `reject` refuses what can't be an entry point, `place` knows how to name
//! the function, `signature` how to write its type down, and `entry` puts the prologue in. Bodies are passed on
//! as tokens and never parsed.

mod arguments;
mod asynchronous;
mod entry;
mod item;
mod kind;
mod main_attribute;
mod place;
mod reject;
mod self_tokens;
mod session;
mod signature;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use session::{Flavour, Session};

/// `#[hot]`, in the flavour that the environment names.
pub(crate) fn hot(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_hot(arguments, item, &session),
        None => item,
    }
}

/// `#[main]`, in the flavour that the environment names.
pub(crate) fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_main(arguments, item, &session),
        None => item,
    }
}

fn expand_hot(arguments: TokenStream, item: TokenStream, session: &Session) -> TokenStream {
    if session.flavour == Flavour::Host {
        return item;
    }
    let expansion = reject::arguments(&arguments, "hot")
        .and_then(|()| item::parse(item.clone()))
        .and_then(|parsed| {
            reject::item(&parsed)?;
            Ok(entry::expand(parsed, session))
        });
    expansion.unwrap_or_else(|error| beside_the_item(&error, item))
}

fn expand_main(arguments: TokenStream, item: TokenStream, session: &Session) -> TokenStream {
    if session.flavour != Flavour::Host {
        return item;
    }
    let expansion = reject::arguments(&arguments, "main")
        .and_then(|()| main_attribute::expand(item.clone(), session));
    expansion.unwrap_or_else(|error| beside_the_item(&error, item))
}

/// The item stays, or each use of it would be an error of its own.
fn beside_the_item(error: &syn::Error, item: TokenStream) -> TokenStream {
    let mut tokens = error.to_compile_error();
    tokens.extend(item);
    tokens
}

//! What the attributes do in a session.
//!
//! `session` says which flavour of the crate is being compiled, `kind` on what items the attribute can stand,
//! `item` reads one without its bodies, `reject` refuses what can't be an entry point, `place` knows how to name
//! the function, `signature` how to write its type down, and `entry` puts the prologue in. Bodies are passed on
//! as tokens and never parsed. `hook` is what setups and teardowns become, `main_attribute` what `main` does.

mod arguments;
mod asynchronous;
mod entry;
mod hook;
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

use hook::Hook;
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

/// `#[setup]`, in the flavour that the environment names.
pub(crate) fn setup(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_hook(Hook::Setup, arguments, item, &session),
        None => item,
    }
}

/// `#[teardown]`, in the flavour that the environment names.
pub(crate) fn teardown(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_hook(Hook::Teardown, arguments, item, &session),
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

fn expand_hook(
    hook: Hook,
    arguments: TokenStream,
    item: TokenStream,
    session: &Session,
) -> TokenStream {
    let expansion = reject::arguments(&arguments, hook.name())
        .and_then(|()| hook::expand(hook, item.clone(), session));
    expansion.unwrap_or_else(|error| after_the_item(&error, item))
}

/// As below, but the item comes first: what is put before the whole is put before it.
fn after_the_item(error: &syn::Error, mut item: TokenStream) -> TokenStream {
    item.extend(error.to_compile_error());
    item
}

/// The item stays, or each use of it would be an error of its own.
fn beside_the_item(error: &syn::Error, item: TokenStream) -> TokenStream {
    let mut tokens = error.to_compile_error();
    tokens.extend(item);
    tokens
}

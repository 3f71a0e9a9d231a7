//! The expansion of the attributes in a session.
//!
//! - `session`: which flavour of the crate is being compiled
//! - `grammar`: parses the item; bodies and types stay tokens
//! - `reject`: rejects items that can't be entry points
//! - `place`, `signature`: the function's path, and the text of its type
//! - `entry`, `asynchronous`, `arguments`, `pointer`: the prologue in the body of an entry point
//! - `hook`, `main_attribute`: the expansion of setups, teardowns and `main`
//! - `tokens`, `template`, `error`: tokens, quoting and errors, used by all of these

mod arguments;
mod asynchronous;
mod entry;
mod error;
mod grammar;
mod hook;
mod main_attribute;
mod place;
mod pointer;
mod reject;
mod self_tokens;
mod session;
mod signature;
mod template;
#[cfg(test)]
mod tests;
mod tokens;

use error::Error;
use hook::Hook;
use session::{Flavour, Session};
use tokens::TokenStream;

/// `#[hot]`, for the flavour in the environment.
pub(crate) fn hot(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_hot(arguments, item, &session),
        None => item,
    }
}

/// `#[main]`, for the flavour in the environment.
pub(crate) fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_main(arguments, item, &session),
        None => item,
    }
}

/// `#[setup]`, for the flavour in the environment.
pub(crate) fn setup(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match Session::from_env() {
        Some(session) => expand_hook(Hook::Setup, arguments, item, &session),
        None => item,
    }
}

/// `#[teardown]`, for the flavour in the environment.
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
        .and_then(|()| grammar::parse(item.clone()))
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
fn after_the_item(error: &Error, mut item: TokenStream) -> TokenStream {
    item.extend(error.to_compile_error());
    item
}

/// The item stays, or each use of it would be an error of its own.
fn beside_the_item(error: &Error, item: TokenStream) -> TokenStream {
    let mut tokens = error.to_compile_error();
    tokens.extend(item);
    tokens
}

//! `#[main]` in the host: link the shared dylib, and start the runtime before anything else.
//!
//! The dylib has to be named somewhere, or rustc would not link it; `main` is where there is
//! exactly one place.

use super::error::{Error, Result};
use super::grammar::{self, Item};
use super::session::Session;
use super::template::template;
use super::tokens::TokenStream;

/// Expands `main`, async or not; other attributes on it stay, and see the new statement.
pub(super) fn expand(item: TokenStream, session: &Session) -> Result<TokenStream> {
    let Ok(Item::Function(function)) = grammar::parse(item.clone()) else {
        return Err(Error::over(
            item,
            "`#[main]` works only on functions\nput it on the `fn main` of the host".to_owned(),
        ));
    };
    let private = session.private();
    let identity = session.identity;
    let cfgs = function.cfgs();
    let body = function.enclosed_body();
    let start = template!({ #private::start!(#identity); #body }, private, identity, body);
    let main = function.with_statements(&start);
    Ok(template!(
        {
            #cfgs
            #[allow(unused_extern_crates)]
            extern crate hotmod_shared as _;
            #main
        },
        cfgs, main,
    ))
}

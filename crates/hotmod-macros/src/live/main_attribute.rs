//! `#[main]` in the host: link the shared dylib, and start the runtime before anything else.
//!
//! The dylib has to be named somewhere, or rustc would not link it; `main` is where there is exactly one place.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Result};

use super::item::{self, Item};
use super::session::Session;

/// Expands `main`, async or not; other attributes on it stay, and see the new statement.
pub(super) fn expand(item: TokenStream, session: &Session) -> Result<TokenStream> {
    let Ok(Item::Function(function)) = item::parse(item.clone()) else {
        return Err(Error::new_spanned(
            item,
            "`#[main]` stands only on a function\nput it on the `fn main` of the host",
        ));
    };
    let private = session.private();
    let identity = session.identity;
    let cfgs = function
        .attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    let body = function.enclosed_body();
    let main = function.with_statements(&quote!(#private::start!(#identity); #body));
    Ok(quote! {
        #(#cfgs)*
        #[allow(unused_extern_crates)]
        extern crate hotmod_shared as _;
        #main
    })
}

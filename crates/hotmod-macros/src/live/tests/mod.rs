//! Expansions as a whole, pretty-printed, and every message.

mod asynchronous;
mod blocks;
mod errors;
mod functions;
mod grammar;
mod hooks;
mod host;
mod modules;
mod signatures;

use proc_macro2::TokenStream;

use super::session::{Flavour, Session};
use super::{expand_hot, expand_main};

/// `#[hot]` on the item, in that flavour.
fn hot(flavour: Flavour, item: &str) -> String {
    let session = Session::new(flavour, "hotmod");
    pretty(expand_hot(TokenStream::new(), tokens(item), &session))
}

/// `#[main]` on the item, in that flavour.
fn main(flavour: Flavour, item: &str) -> String {
    let session = Session::new(flavour, "hotmod");
    pretty(expand_main(TokenStream::new(), tokens(item), &session))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the test's item consists of tokens")
}

fn pretty(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("an expansion consists of items");
    prettyplease::unparse(&file)
}

#[track_caller]
fn assert_same(expansion: &str, expected: &str) {
    assert_eq!(
        expansion.trim(),
        expected.trim(),
        "the expansion is now:\n{expansion}"
    );
}

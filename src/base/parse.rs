//! Rust sources as syntax.
//!
//! `proc_macro2` keeps the text of all that a thread has parsed, so that spans can tell their
//! positions. A session parses for days: so each parse ends with its use, and its spans with it.

use proc_macro2::TokenStream;
use proc_macro2::extra::invalidate_current_thread_spans;

/// What `look` makes of a source file; `None` if it is no Rust.
pub(crate) fn look_at_file<T>(text: &str, look: impl FnOnce(&syn::File) -> T) -> Option<T> {
    let seen = syn::parse_file(text).ok().map(|file| look(&file));
    invalidate_current_thread_spans();
    seen
}

/// The same of a text's tokens.
pub(crate) fn look_at_tokens<T>(text: &str, look: impl FnOnce(TokenStream) -> T) -> Option<T> {
    let seen = text.parse::<TokenStream>().ok().map(look);
    invalidate_current_thread_spans();
    seen
}

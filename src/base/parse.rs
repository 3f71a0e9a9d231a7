//! Parses Rust sources.
//!
//! `proc_macro2` keeps the text of everything that a thread has parsed, for the positions of spans.
//! A session can run for days, so each parse result lives only during a callback, after which the
//! text is freed.

use proc_macro2::TokenStream;
use proc_macro2::extra::invalidate_current_thread_spans;

/// Calls `look` with the parsed file; `None` if it does not parse.
pub(crate) fn look_at_file<T>(text: &str, look: impl FnOnce(&syn::File) -> T) -> Option<T> {
    let seen = syn::parse_file(text).ok().map(|file| look(&file));
    invalidate_current_thread_spans();
    seen
}

/// Calls `look` with the tokens of a text; `None` if it is not valid.
pub(crate) fn look_at_tokens<T>(text: &str, look: impl FnOnce(TokenStream) -> T) -> Option<T> {
    let seen = text.parse::<TokenStream>().ok().map(look);
    invalidate_current_thread_spans();
    seen
}

/// The length of a byte order mark and of a first line that is not Rust. Only the start of a source has them.
pub(crate) fn length_of_start(text: &str) -> usize {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = text.len() - rest.len();
    match rest.strip_prefix("#!") {
        Some(line) if !line.trim_start().starts_with('[') => {
            mark + rest.find('\n').unwrap_or(rest.len())
        }
        _ => mark,
    }
}

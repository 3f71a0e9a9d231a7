//! What of a plain function's body counts outside its own crate.
//!
//! Statements and expressions don't. Items do, since an `impl` in a body is one everywhere, and so
//! do calls of macros, which may make items. Of the macros that everybody uses it is known that
//! they make none; of those the arguments don't count either.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// Macros of the standard library, of `log` and of `tracing` that make nothing which can be seen
/// from outside the body.
pub(super) const HARMLESS: [&str; 42] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "concat",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "debug_span",
    "env",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "file",
    "format",
    "format_args",
    "info",
    "info_span",
    "line",
    "log",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "span",
    "stringify",
    "todo",
    "trace",
    "trace_span",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "warn_span",
    "write",
    "writeln",
];

/// The crates that those macros are of.
const KNOWN: [&str; 5] = ["alloc", "core", "log", "std", "tracing"];

/// Words that begin an item. `use`, `const` and `type` make nothing that is seen outside.
const ITEMS: [&str; 10] = [
    "enum",
    "extern",
    "fn",
    "impl",
    "macro",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
];

/// The part of a body that counts: its calls of macros that are not known. `None` if all of it
/// does, since it has items.
pub(super) fn residue(body: TokenStream) -> Option<TokenStream> {
    let mut residue = TokenStream::new();
    add_residue(body, &mut residue).then_some(residue)
}

/// Whether the body can be left out but for `residue`.
fn add_residue(body: TokenStream, residue: &mut TokenStream) -> bool {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if !follows_tick(&tokens, index) => {
                let begins_union =
                    *word == "union" && matches!(tokens.get(index + 1), Some(TokenTree::Ident(_)));
                if begins_union || ITEMS.iter().any(|it| word == it) {
                    return false;
                }
            }
            TokenTree::Group(group) => {
                match called(&tokens, index) {
                    Some(name) if !is_harmless(&tokens, index, name) => {
                        residue.extend(tokens[index - 2..=index].iter().cloned());
                    }
                    _ => {}
                }
                if !add_residue(group.stream(), residue) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// Whether a word is a lifetime or a label: `'static` begins no item.
fn follows_tick(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| &tokens[before]);
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '\'')
}

/// The macro that is called with the group at this place as its arguments.
pub(super) fn called(tokens: &[TokenTree], index: usize) -> Option<&Ident> {
    let [TokenTree::Ident(name), TokenTree::Punct(mark)] =
        tokens.get(index.checked_sub(2)?..index)?
    else {
        return None;
    };
    (mark.as_char() == '!').then_some(name)
}

/// Whether it is known of a macro that is called so that it makes nothing which is seen outside.
fn is_harmless(tokens: &[TokenTree], index: usize, name: &Ident) -> bool {
    let path = &tokens[..index - 2];
    let is_qualified = matches!(path.last(), Some(TokenTree::Punct(it)) if it.as_char() == ':');
    let is_of_known = || {
        let root = path.len().checked_sub(3).map(|root| &path[root]);
        matches!(root, Some(TokenTree::Ident(root)) if KNOWN.iter().any(|it| root == it))
    };
    HARMLESS.iter().any(|it| name == it) && (!is_qualified || is_of_known())
}

/// Whether a word that is not a lifetime's or a label's is among the tokens.
pub(super) fn any_word(tokens: TokenStream, is: &dyn Fn(&Ident) -> bool) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Ident(word) => !follows_tick(&tokens, index) && is(word),
        TokenTree::Group(group) => any_word(group.stream(), is),
        _ => false,
    })
}

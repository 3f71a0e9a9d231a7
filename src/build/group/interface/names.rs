//! Whether the names in a file mean what they seem to.
//!
//! That a macro makes no items is known by its name. Another macro may have that name, by its own
//! definition or by an import; and a file may be read a second time, by a macro. In such a crate
//! nothing is left out of any body.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{ItemUse, UseTree};

use super::body::{HARMLESS, called};

/// Whether a file gives a harmless macro's name to something else, or takes in a source by a
/// macro.
pub(super) fn is_confused(file: &syn::File) -> bool {
    let mut imports = Imports(false);
    imports.visit_file(file);
    imports.0 || has_confusing_call(file.to_token_stream())
}

/// Whether an import gives a harmless macro's name to something else.
struct Imports(bool);

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // Of this crate's own, the definition would be found.
        const KNOWN: [&str; 8] = [
            "alloc", "core", "crate", "log", "self", "std", "super", "tracing",
        ];
        let is_known = match &item.tree {
            UseTree::Path(path) => KNOWN.iter().any(|it| path.ident == it),
            _ => false,
        };
        self.0 |= gives_harmless_name(&item.tree, is_known);
    }
}

fn gives_harmless_name(tree: &UseTree, is_known: bool) -> bool {
    let is_harmless = |name: &syn::Ident| HARMLESS.iter().any(|it| name == it);
    match tree {
        UseTree::Path(path) => gives_harmless_name(&path.tree, is_known),
        UseTree::Name(name) => !is_known && is_harmless(&name.ident),
        UseTree::Rename(rename) => rename.ident != rename.rename && is_harmless(&rename.rename),
        UseTree::Group(group) => group
            .items
            .iter()
            .any(|tree| gives_harmless_name(tree, is_known)),
        _ => false,
    }
}

/// Whether a harmless macro's name is defined anew, or a source is taken in.
fn has_confusing_call(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Ident(name) => {
            let defines = index.checked_sub(2).is_some_and(
                |before| matches!(&tokens[before], TokenTree::Ident(word) if word == "macro_rules"),
            );
            defines && HARMLESS.iter().any(|it| name == it)
        }
        TokenTree::Group(group) => {
            let includes = called(&tokens, index).is_some_and(|name| {
                ["include", "include_str", "include_bytes"]
                    .iter()
                    .any(|it| name == it)
            });
            includes && !is_no_source(group.stream()) || has_confusing_call(group.stream())
        }
        _ => false,
    })
}

/// Whether what is included is no source of the crate: made by its build script, or no Rust.
fn is_no_source(arguments: TokenStream) -> bool {
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    match &arguments[..] {
        [TokenTree::Literal(name)] => !name.to_string().trim_end_matches('"').ends_with(".rs"),
        _ => arguments
            .iter()
            .any(|token| token.to_string().contains("\"OUT_DIR\"")),
    }
}

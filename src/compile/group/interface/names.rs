//! Whether the names of macros in a file have their usual meaning.
//!
//! Macros that don't expand to items are recognised by their names. But a crate may define or
//! import another macro with such a name, or a macro may include a source file again. In such a
//! crate, no body is ignored.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Ident, ItemEnum, ItemExternCrate, ItemMod, ItemUse, UseTree, Visibility};

use super::attributes::is_test;
use super::macros::{KnownMacros, is_own};
use super::standard::{KNOWN, LOGGING, STANDARD};
use super::tokens::{called, is_for_tests, name_of};

/// How the imports of a file affect the meaning of names.
#[derive(Debug)]
pub(crate) struct Names {
    /// Whether there is no glob import from an unknown crate. A glob import does not override the
    /// prelude's names.
    pub(crate) has_no_foreign_globs: bool,
    /// The macros of the group that bodies may call.
    pub(crate) closed: BTreeSet<String>,
    /// The names of known crates that mean something else.
    pub(crate) renamed: BTreeSet<String>,
}

impl Names {
    /// `None` if the file gives the name of such a macro to something else, may do so for other
    /// files, or includes a source file with a macro.
    pub(crate) fn of(file: &syn::File, macros: &KnownMacros) -> Option<Self> {
        let mut own = Own::default();
        own.visit_file(file);
        let mut imports = Imports {
            own,
            macros,
            closed: macros.closed.clone(),
            renamed: macros.renamed.clone(),
            confuses: false,
            foreign_glob: false,
            own_glob: false,
        };
        imports.visit_file(file);
        let is_confused = imports.confuses || has_confusing_call(file.to_token_stream());
        (!is_confused).then_some(Names {
            // Another module's imports can come with its items.
            has_no_foreign_globs: !(imports.foreign_glob
                || imports.own_glob && macros.has_foreign_globs),
            closed: imports.closed,
            renamed: imports.renamed,
        })
    }
}

/// The first segments of paths that refer to this crate.
#[derive(Default)]
struct Own(BTreeSet<String>);

impl<'ast> Visit<'ast> for Own {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.0.insert(item.ident.to_string());
        visit::visit_item_mod(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.0.insert(item.ident.to_string());
    }
}

struct Imports<'a> {
    own: Own,
    macros: &'a KnownMacros,
    /// The closed macros, without names that the file takes from other crates.
    closed: BTreeSet<String>,
    renamed: BTreeSet<String>,
    confuses: bool,
    foreign_glob: bool,
    /// Whether it imports all of another module.
    own_glob: bool,
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        // A session does not compile it.
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let root = match &item.tree {
            UseTree::Path(path) => Some(&path.ident),
            _ => None,
        };
        // In this crate, the definition itself would be found.
        let is_own = item.leading_colon.is_none()
            && root.is_some_and(|root| {
                let root = root.to_string();
                is_own(&root) || self.own.0.contains(&root)
            });
        let is_known = is_own || root.is_some_and(is_known_crate);
        self.confuses |= gives_harmless_name(&item.tree, is_known);
        self.takes(&item.tree, None, is_own);
        self.own_glob |= is_own && has_glob(&item.tree);
        if !is_known && has_glob(&item.tree) {
            self.foreign_glob = true;
            self.confuses |= !matches!(item.vis, Visibility::Inherited);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        let brings_macros = item.attrs.iter().any(|it| it.path().is_ident("macro_use"));
        let is_known =
            is_known_crate(&item.ident) || self.macros.crates.contains_key(&name_of(&item.ident));
        self.confuses |= brings_macros && !is_known;
    }
}

impl Imports<'_> {
    /// Takes the names that an import gives. `root` is the first part of its path.
    fn takes(&mut self, tree: &UseTree, root: Option<&str>, is_own: bool) {
        let (name, is_renamed) = match tree {
            UseTree::Path(path) => {
                let first = name_of(&path.ident);
                return self.takes(&path.tree, root.or(Some(&first)), is_own);
            }
            UseTree::Group(group) => {
                return group
                    .items
                    .iter()
                    .for_each(|it| self.takes(it, root, is_own));
            }
            UseTree::Name(name) => (name_of(&name.ident), false),
            UseTree::Rename(it) => (name_of(&it.rename), it.ident != it.rename),
            UseTree::Glob(_) => return,
        };
        let its = root.and_then(|it| self.macros.crates.get(it));
        let is_same = is_own || its.is_some_and(|it| it.contains(&name));
        if is_renamed || !is_same {
            self.closed.remove(&name);
        }
        let is_its_root = is_own || root.is_none_or(|it| it == name);
        if KNOWN.contains(&&*name) && (is_renamed || !is_its_root) {
            self.renamed.insert(name);
        }
    }
}

fn is_known_crate(name: &Ident) -> bool {
    KNOWN.iter().any(|it| name == it)
}

fn has_glob(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => has_glob(&path.tree),
        UseTree::Group(group) => group.items.iter().any(has_glob),
        UseTree::Glob(_) => true,
        _ => false,
    }
}

fn is_harmless(name: &Ident) -> bool {
    let mut names = STANDARD.iter().chain(&LOGGING);
    let name = name_of(name);
    names.any(|it| *it == name)
}

fn gives_harmless_name(tree: &UseTree, is_known: bool) -> bool {
    match tree {
        UseTree::Path(path) => gives_harmless_name(&path.tree, is_known),
        UseTree::Name(name) => !is_known && is_harmless(&name.ident),
        UseTree::Rename(rename) => {
            let is_other = rename.ident != rename.rename;
            is_other && is_harmless(&rename.rename)
        }
        UseTree::Group(group) => group
            .items
            .iter()
            .any(|tree| gives_harmless_name(tree, is_known)),
        _ => false,
    }
}

/// Whether a name of a known macro is redefined, or a source file is included.
fn has_confusing_call(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Ident(name) => {
            let defines = index.checked_sub(2).is_some_and(
                |before| matches!(&tokens[before], TokenTree::Ident(word) if word == "macro_rules"),
            );
            defines && is_harmless(name)
        }
        TokenTree::Group(_) if is_test_module(&tokens[..index]) => false,
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

/// Whether the tokens end with the head of a module that is compiled only for tests.
fn is_test_module(before: &[TokenTree]) -> bool {
    matches!(before, [attributes @ .., TokenTree::Ident(word), TokenTree::Ident(_)]
        if word == "mod" && is_for_tests(attributes))
}

/// Whether an included file is not a source of the crate: generated by its build script, or not
/// Rust.
fn is_no_source(arguments: TokenStream) -> bool {
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    match &arguments[..] {
        [TokenTree::Literal(name)] => !name.to_string().trim_end_matches('"').ends_with(".rs"),
        _ => arguments
            .iter()
            .any(|token| token.to_string().contains("\"OUT_DIR\"")),
    }
}

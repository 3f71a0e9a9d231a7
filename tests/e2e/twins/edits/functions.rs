//! The functions of a file, and those that a program runs.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Block, Generics, ImplItem, Item, Signature, TraitItem};

use super::is_test;
use crate::twin_workspaces::Sources;

/// A function with a body.
pub(super) struct Function {
    /// Names it: its file, its modules, its impl or trait, and its name.
    pub(super) key: String,
    pub(super) signature: Signature,
    pub(super) block: Block,
    /// Whether it or its impl has parameters.
    pub(super) is_generic: bool,
    /// Its visibility, unless its trait decides it.
    pub(super) visibility: Option<syn::Visibility>,
    pub(super) attributes: Vec<syn::Attribute>,
}

/// The file in a function's key.
pub(super) fn file(key: &str) -> &Path {
    Path::new(key.split('|').next().unwrap_or_default())
}

/// The functions of a file, but for those in macros and in functions.
pub(super) fn of_file(path: &Path, file: &syn::File) -> Vec<Function> {
    let mut found = Vec::new();
    visit(&file.items, &format!("{}|", path.display()), &mut found);
    found
}

fn visit(items: &[Item], prefix: &str, found: &mut Vec<Function>) {
    for item in items {
        match item {
            Item::Fn(function) => found.push(Function {
                key: format!("{prefix}{}", function.sig.ident),
                signature: function.sig.clone(),
                block: (*function.block).clone(),
                is_generic: has_parameters(&function.sig.generics),
                visibility: Some(function.vis.clone()),
                attributes: function.attrs.clone(),
            }),
            Item::Impl(block) => {
                let of_trait = block.trait_.as_ref().map(|it| it.0.to_token_stream());
                let header = format!(
                    "<{} as {}>::",
                    block.self_ty.to_token_stream(),
                    of_trait
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default()
                );
                for item in &block.items {
                    let ImplItem::Fn(function) = item else {
                        continue;
                    };
                    let signature = &function.sig;
                    found.push(Function {
                        key: format!("{prefix}{header}{}", signature.ident),
                        signature: signature.clone(),
                        block: function.block.clone(),
                        is_generic: has_parameters(&signature.generics)
                            || has_parameters(&block.generics),
                        visibility: of_trait.is_none().then(|| function.vis.clone()),
                        attributes: function.attrs.clone(),
                    });
                }
            }
            Item::Trait(of) => {
                for item in &of.items {
                    if let TraitItem::Fn(function) = item
                        && let Some(block) = &function.default
                    {
                        found.push(Function {
                            key: format!("{prefix}{}::{}", of.ident, function.sig.ident),
                            signature: function.sig.clone(),
                            block: block.clone(),
                            is_generic: true,
                            visibility: None,
                            attributes: function.attrs.clone(),
                        });
                    }
                }
            }
            Item::Mod(module) if !is_test(&module.attrs) => {
                if let Some((_, items)) = &module.content {
                    visit(items, &format!("{prefix}{}::", module.ident), found);
                }
            }
            _ => {}
        }
    }
}

fn has_parameters(generics: &Generics) -> bool {
    generics.type_params().next().is_some() || generics.const_params().next().is_some()
}

const MARK: &str = "ran ";

/// The sources of a library, whose functions write their keys to stderr.
pub(in super::super) fn marked(sources: &Sources, folder: &str) -> Sources {
    let mark = |(path, text): (&std::path::PathBuf, &String)| {
        let mut text = text.clone();
        if path.starts_with(folder)
            && path.extension() == Some(OsStr::new("rs"))
            && let Ok(file) = syn::parse_file(&text)
        {
            for function in of_file(path, &file).into_iter().rev() {
                if function.signature.constness.is_none() {
                    let at = function.block.brace_token.span.open().byte_range().end;
                    let note = format!(
                        "::hotmod_std::eprintln!(\"{MARK}{{}}\", {:?});",
                        function.key
                    );
                    text.insert_str(at, &note);
                }
            }
        }
        (path.clone(), text)
    };
    sources.iter().map(mark).collect()
}

/// The keys that such a library wrote.
pub(in super::super) fn of_notes(notes: &str) -> BTreeSet<String> {
    let keys = notes.lines().filter_map(|it| it.strip_prefix(MARK));
    keys.map(str::to_owned).collect()
}

impl Function {
    /// Where its body begins.
    pub(super) fn body_start(&self) -> usize {
        self.block.brace_token.span.open().byte_range().end
    }

    /// Where its body ends.
    pub(super) fn body_end(&self) -> usize {
        self.block.brace_token.span.close().byte_range().start
    }

    pub(super) fn name(&self) -> &str {
        self.key.split('|').nth(1).unwrap_or_default()
    }

    /// Where its signature begins, behind attributes and visibility.
    pub(super) fn signature_start(&self) -> usize {
        self.signature.span().byte_range().start
    }
}

//! The items of a reloadable source that may be compiled into code outside the group.

mod parts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::content_hash::{ContentHash, Digest};
use crate::base::contents::Digested;

use super::associated::names_of_std;
use super::cfg_test::{attributes, is_for_tests};
use super::direct::Direct;
use super::entry_point::Types;
use super::fields::{Field, changed_fields};
use super::hot_modules::mark_functions_of_modules;
use super::interface::Interface;
use super::item::Item;
use super::shape::Shape;
use super::skeleton::skeleton;
use super::tokens::Tokens;
use parts::{Parts, Piece};

/// These items in one version of the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Items that determine memory layouts.
    pub(crate) shape: Shape,
    /// Items that may be used without an entry point.
    pub(crate) direct: Direct,
    /// The digest of everything except the bodies of plain functions; `None` if it can't be parsed.
    pub(crate) skeleton: Option<u64>,
    /// The names that other code can use. Versions in a row that have the same ones share them.
    pub(crate) interface: Arc<Interface>,
    /// The tokens without tests, comments and formatting; `None` if it can't be parsed.
    pub(crate) tokens: Option<Tokens>,
    parts: Option<Parts<Arc<Part>>>,
}

/// What was found in a part of the source.
#[derive(Debug)]
struct Part {
    /// `None` if only tests have it.
    found: Option<Found>,
    context: Context,
    /// The line on which it began when it was parsed.
    line: usize,
}

#[derive(Debug)]
struct Found {
    shape: Shape,
    direct: Direct,
    skeleton: u64,
    interface: Interface,
    tokens: Tokens,
}

/// What the meaning of a part depends on in the others.
#[derive(Debug, Default, PartialEq, Eq)]
struct Context {
    types: Types,
    names_of_std: BTreeSet<String>,
}

impl Reach {
    /// Reads a file, if it still has this content. It may have any name, because it may be included. If it
    /// can't be parsed, it has no items. Items that are the same `before` are not read again.
    pub(crate) fn of_file(path: &Path, content: Digested, before: Option<&Reach>) -> Option<Self> {
        let bytes = std::fs::read(path).unwrap_or_default();
        let is_it = match content {
            Digested::Content(hash) => ContentHash::new(&bytes) == hash,
            // The file is no longer an input, so its content does not matter.
            Digested::Missing | Digested::Unknown => true,
        };
        is_it.then(|| Self::of_version(std::str::from_utf8(&bytes).unwrap_or_default(), before))
    }

    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Self {
        Self::of_version(text, None)
    }

    fn of_version(text: &str, before: Option<&Reach>) -> Self {
        let changed = before.and_then(|before| {
            let before = before.parts.as_ref()?;
            before.changed_to(text, |same, new| {
                let was = Context::of_all(before.found().map(|(part, _)| &part.context));
                let contexts: Vec<Context> = new.iter().map(Context::of).collect();
                let same = same.iter().map(|part| &part.context);
                let is = Context::of_all(same.chain(&contexts));
                (is == was).then(|| Part::of_all(new, contexts, &is))
            })
        });
        let parts = changed.or_else(|| {
            Parts::of(text, |pieces| {
                let contexts: Vec<Context> = pieces.iter().map(Context::of).collect();
                let of_all = Context::of_all(&contexts);
                Part::of_all(pieces, contexts, &of_all)
            })
        });
        let interface = before.map(|it| &it.interface);
        let made_of = |parts| Self::made_of(parts, interface);
        parts.map(made_of).unwrap_or_default()
    }

    fn made_of(parts: Parts<Arc<Part>>, interface_before: Option<&Arc<Interface>>) -> Self {
        let mut reach = Reach::default();
        let mut interface = Interface::default();
        let mut tokens = Tokens::default();
        let mut skeleton = Digest::new();
        for (part, lines) in parts.found() {
            let Some(found) = &part.found else { continue };
            reach.shape.add(&found.shape);
            // Lines are counted from 1.
            reach
                .direct
                .add(&found.direct, |line| line + lines + 1 - part.line);
            interface.add(&found.interface);
            skeleton.number(found.skeleton);
            tokens.add(&found.tokens);
        }
        interface.sort();
        let same = interface_before.filter(|it| ***it == interface);
        Reach {
            interface: same.cloned().unwrap_or_else(|| Arc::new(interface)),
            skeleton: Some(skeleton.finish()),
            tokens: Some(tokens),
            parts: Some(parts),
            ..reach
        }
    }
}

impl Part {
    fn of_all(pieces: Vec<Piece>, contexts: Vec<Context>, of_all: &Context) -> Vec<Arc<Self>> {
        let parts = pieces.into_iter().zip(contexts);
        let parts = parts.map(|(piece, context)| Part {
            line: piece.line,
            found: Found::of(piece.file, of_all),
            context,
        });
        parts.map(Arc::new).collect()
    }
}

impl Found {
    fn of(mut file: syn::File, context: &Context) -> Option<Self> {
        if file.items.iter().any(|it| is_for_tests(attributes(it))) {
            return None;
        }
        mark_functions_of_modules(&mut file);
        Some(Found {
            shape: Shape::of(&file, &context.names_of_std),
            direct: Direct::of(&file, &context.types),
            skeleton: skeleton(&file),
            interface: Interface::of(&file),
            tokens: Tokens::of(&file),
        })
    }
}

impl Context {
    fn of(piece: &Piece) -> Self {
        Context {
            types: Types::of(&piece.file),
            names_of_std: names_of_std(&piece.file),
        }
    }

    fn of_all<'a>(parts: impl IntoIterator<Item = &'a Context>) -> Self {
        let mut all = Context::default();
        for part in parts {
            all.types.add_all(&part.types);
            all.names_of_std.extend(part.names_of_std.iter().cloned());
        }
        all
    }
}

/// An item that changed, and the source that depends on it.
pub(crate) struct Used {
    pub(crate) item: Item,
    /// `None` if the item is a type itself.
    pub(crate) user: Option<PathBuf>,
    /// The changed fields, if the item is a type with named fields.
    pub(crate) fields: Vec<Field>,
    /// Whether functions of its source changed too, and all of them name the type.
    pub(crate) is_in_changed_code: bool,
}

impl Used {
    /// A type.
    pub(super) fn of_type(was: &Reach, now: &Reach, item: Item) -> Self {
        let name = item.last_name();
        let mut code = was.direct.changed_code(&now.direct).peekable();
        Used {
            fields: changed_fields(&was.shape, &now.shape, &item),
            is_in_changed_code: code.peek().is_some() && code.all(|(_, it)| it.names(name)),
            item,
            user: None,
        }
    }
}

#[cfg(test)]
mod tests;

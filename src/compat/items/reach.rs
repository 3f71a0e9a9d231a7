//! The items of a reloadable source that may be compiled into code outside the group.

use std::path::{Path, PathBuf};

use crate::base::content_hash::ContentHash;
use crate::base::contents::Digested;
use crate::base::parse::take_file;

use super::direct::Direct;
use super::fields::{Field, changed_fields};
use super::hot_modules::mark_functions_of_modules;
use super::interface::Interface;
use super::item::Item;
use super::shape::Shape;
use super::skeleton::skeleton;
use super::tokens::Tokens;

/// These items in one version of the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Items that determine memory layouts.
    pub(crate) shape: Shape,
    /// Items that may be used without an entry point.
    pub(crate) direct: Direct,
    /// The digest of everything except the bodies of plain functions; `None` if it can't be parsed.
    pub(crate) skeleton: Option<u64>,
    /// The names that other code can use.
    pub(crate) interface: Interface,
    /// The tokens without tests, comments and formatting; `None` if it can't be parsed.
    pub(crate) tokens: Option<Tokens>,
}

impl Reach {
    /// Reads a file, if it still has this content. It may have any name, because it may be included. If it
    /// can't be parsed, it has no items.
    pub(crate) fn of_file(path: &Path, content: Digested) -> Option<Self> {
        let bytes = std::fs::read(path).unwrap_or_default();
        let is_it = match content {
            Digested::Content(hash) => ContentHash::new(&bytes) == hash,
            // The file is no longer an input, so its content does not matter.
            Digested::Missing | Digested::Unknown => true,
        };
        is_it.then(|| Self::of_text(std::str::from_utf8(&bytes).unwrap_or_default()))
    }

    pub(crate) fn of_text(text: &str) -> Self {
        let reach = take_file(text, |mut file| {
            mark_functions_of_modules(&mut file);
            Reach {
                shape: Shape::of(&file),
                direct: Direct::of(&file),
                skeleton: Some(skeleton(&file)),
                interface: Interface::of(&file),
                tokens: Some(Tokens::of(&file)),
            }
        });
        reach.unwrap_or_default()
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

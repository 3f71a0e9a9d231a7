//! What of a reloadable source may be compiled into code outside the group.

use std::path::Path;

use crate::base::content_hash::ContentHash;
use crate::base::contents::Digested;
use crate::base::parse::look_at_file;

use super::direct::Direct;
use super::interface::Interface;
use super::shape::Shape;
use super::skeleton::skeleton;
use super::tokens::Tokens;

/// Its items that count, as they were at one time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Those that decide how values lie in memory.
    pub(crate) shape: Shape,
    /// Those that are used without an entry point.
    pub(crate) direct: Direct,
    /// The digest of all but the bodies of plain functions; nothing of what can't be parsed.
    pub(crate) skeleton: Option<u64>,
    /// What other code can resolve to.
    pub(crate) interface: Interface,
    /// All of it but tests, comments and formatting; nothing of what can't be parsed.
    pub(crate) tokens: Option<Tokens>,
}

impl Reach {
    /// Of a file of any name, since that may be included, if it still has this content; nothing of
    /// what can't be parsed.
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
        let reach = look_at_file(text, |file| Reach {
            shape: Shape::of(file),
            direct: Direct::of(file),
            skeleton: Some(skeleton(file)),
            interface: Interface::of(file),
            tokens: Some(Tokens::of(file)),
        });
        reach.unwrap_or_default()
    }
}

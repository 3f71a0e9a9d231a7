//! What of a reloadable source may be compiled into code outside the group.

use std::path::Path;

use super::direct::Direct;
use super::shape::Shape;
use crate::source::look_at_file;

/// Its items that count, as they were at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// Those that decide how values lie in memory.
    pub(super) shape: Shape,
    /// Those that are used without an entry point.
    pub(super) direct: Direct,
}

impl Reach {
    /// Of any file, since what is included may have any name; nothing of what can't be parsed.
    pub(super) fn of_file(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let reach = look_at_file(&text, |file| Reach {
            shape: Shape::of(file),
            direct: Direct::of(file),
        });
        reach.unwrap_or_default()
    }
}

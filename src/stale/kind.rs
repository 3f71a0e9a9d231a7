//! What a file is to the running program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::build::Digested;

/// Files that are not what the running program was made of, and what they are.
pub(crate) type Changed = BTreeMap<PathBuf, Digested>;

/// To whom it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input of a reloadable crate.
    Reloadable,
    /// An input of this package, which is not reloadable.
    Unmarked(String),
    /// An input of the build script of this package, which is reloadable.
    Script(String),
    /// A file that steers cargo.
    Manifest,
}

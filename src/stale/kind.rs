//! What a file is to the running program.

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

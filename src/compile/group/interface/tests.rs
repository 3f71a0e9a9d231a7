//! Edits that keep a crate's interface, and edits that don't.

mod crates;
mod outlines;

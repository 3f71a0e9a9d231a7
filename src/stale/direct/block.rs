//! What items stand in: an impl or a trait.

use syn::Ident;

/// An impl, or a trait.
#[derive(Clone, Default)]
pub(super) struct Block {
    pub(super) of: Option<String>,
    pub(super) of_trait: Option<String>,
    pub(super) is_generic: bool,
    pub(super) is_hot: bool,
}

impl Block {
    /// The type's name and the trait's.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.of.iter().chain(&self.of_trait).cloned()
    }

    pub(super) fn key(&self, name: &Ident) -> String {
        match (&self.of, &self.of_trait) {
            (Some(of), Some(of_trait)) => format!("<{of} as {of_trait}>::{name}"),
            (Some(of), None) => format!("{of}::{name}"),
            (None, _) => name.to_string(),
        }
    }
}

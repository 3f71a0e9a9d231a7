//! What items stand in: an impl or a trait.

use syn::Ident;

use crate::compat::symbols::key;

/// An impl, or a trait.
#[derive(Clone, Default)]
pub(crate) struct Block {
    pub(crate) of: Option<String>,
    pub(crate) of_trait: Option<String>,
    pub(crate) is_generic: bool,
    pub(crate) is_hot: bool,
}

impl Block {
    /// The type's name and the trait's.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.of.iter().chain(&self.of_trait).cloned()
    }

    pub(crate) fn key(&self, name: &Ident) -> String {
        key(
            self.of.as_deref(),
            self.of_trait.as_deref(),
            &name.to_string(),
        )
    }
}

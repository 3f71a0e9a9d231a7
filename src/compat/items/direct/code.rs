//! A function or a static, as it is written.

use crate::base::words::mentions;
use crate::compat::items::entry_point::EntryPoint;

/// A function or a static that is no entry point; several, if they have one key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    pub(crate) name: String,
    /// The type, or the trait that provides it; none of what stands by itself.
    pub(crate) of: Option<String>,
    /// The trait that it is an impl of.
    pub(crate) of_trait: Option<String>,
    pub(crate) entry_point: EntryPoint,
    /// Whether it may be computed, or inlined, even where nothing is optimised.
    pub(crate) is_unseen: bool,
    pub(crate) tokens: String,
    /// The tokens of a function's attributes and signature.
    pub(crate) signature: String,
}

impl Code {
    /// Adds what another part of the source has with the same key.
    pub(super) fn add(&mut self, other: &Code) {
        let tokens = std::mem::take(&mut self.tokens) + &other.tokens;
        let signature = std::mem::take(&mut self.signature) + &other.signature;
        *self = Code {
            tokens,
            signature,
            ..other.clone()
        };
    }

    /// Whether it is of this type, or has the type's name in it.
    pub(crate) fn names(&self, of: &str) -> bool {
        self.of.as_deref() == Some(of) || mentions(&self.tokens, of)
    }

    /// Whether another version of a function can be called in its place, as far as the source tells.
    pub(crate) fn has_same_signature(&self, other: &Code) -> bool {
        self.signature == other.signature && self.is_same_item(other)
    }

    /// Whether another version of it compiles to the same, as far as it tells itself.
    pub(crate) fn is_same(&self, other: &Code) -> bool {
        self.tokens == other.tokens && self.is_same_item(other)
    }

    fn is_same_item(&self, other: &Code) -> bool {
        let (name, of, of_trait) = (&other.name, &other.of, &other.of_trait);
        (&self.name, &self.of, &self.of_trait) == (name, of, of_trait)
            && self.is_unseen == other.is_unseen
    }
}

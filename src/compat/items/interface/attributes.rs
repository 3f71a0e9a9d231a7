//! Attributes that decide whether an item is there, and what it is.

use quote::ToTokens;
use syn::{Attribute, Visibility};

/// Attributes that decide whether an item is there, or where it stands.
const CONDITIONS: [&str; 4] = ["cfg", "cfg_attr", "macro_use", "path"];

/// Attributes of an impl that are no macros.
const NO_MACROS: [&str; 8] = [
    "allow",
    "automatically_derived",
    "deny",
    "doc",
    "expect",
    "forbid",
    "hot",
    "warn",
];

/// Those that decide whether an item is there, or where it stands.
pub(super) fn conditions(attributes: &[Attribute]) -> String {
    tokens(attributes, |name| CONDITIONS.contains(&name))
}

/// Those that decide what an impl is.
pub(super) fn macros(attributes: &[Attribute]) -> String {
    tokens(attributes, |name| !NO_MACROS.contains(&name))
}

/// Those that decide how a type is laid out.
pub(super) fn representation(attributes: &[Attribute]) -> String {
    tokens(attributes, |name| name == "repr")
}

fn tokens(attributes: &[Attribute], is_it: impl Fn(&str) -> bool) -> String {
    let name = |it: &Attribute| {
        let last = it.path().segments.last();
        last.map(|it| it.ident.to_string()).unwrap_or_default()
    };
    let of_them = attributes.iter().filter(|it| is_it(&name(it)));
    of_them.map(|it| it.to_token_stream().to_string()).collect()
}

/// Whether other crates may use the item, as far as its own visibility says.
pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

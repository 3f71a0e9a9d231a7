//! Attributes that don't change their item.

use quote::ToTokens;
use syn::Attribute;

/// Whether an attribute does not change its item. `runtime` is the name of the runtime's crate,
/// whose `hot` does not change a function in a generation.
pub(crate) fn is_known(attribute: &Attribute, runtime: &str) -> bool {
    const KNOWN: [&str; 13] = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "macro_use",
        "must_use",
        "non_exhaustive",
        "repr",
        "warn",
    ];
    let segments = &attribute.path().segments;
    let names: Vec<String> = segments.iter().map(|it| it.ident.to_string()).collect();
    match &names[..] {
        // Without `never`, other crates may compile the function.
        [name] if name == "inline" => text(attribute) == "#[inline(never)]",
        [name] => KNOWN.contains(&&**name),
        [tool, ..] if tool == "rustfmt" || tool == "clippy" => true,
        [of, name] => of == runtime && name == "hot",
        _ => false,
    }
}

/// Whether an attribute derives only traits whose derived code is known not to panic, or is for serde's
/// derives.
pub(crate) fn is_known_derive(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 11] = [
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "Deserialize",
        "Eq",
        "Hash",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Serialize",
    ];
    if attribute.path().is_ident("serde") || attribute.path().is_ident("default") {
        return true;
    }
    let mut are_known = attribute.path().is_ident("derive");
    let parsed = attribute.parse_nested_meta(|derived| {
        let last = derived.path.segments.last().map(|it| it.ident.to_string());
        are_known &= last.is_some_and(|it| KNOWN.contains(&&*it));
        Ok(())
    });
    are_known && parsed.is_ok()
}

/// Whether an attribute is `#[cfg(test)]`.
pub(crate) fn is_test(attribute: &Attribute) -> bool {
    text(attribute) == "#[cfg(test)]"
}

fn text(attribute: &Attribute) -> String {
    attribute.to_token_stream().to_string().replace(' ', "")
}

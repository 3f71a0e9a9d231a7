//! Code that no session's build has: items for tests alone.

use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token};

/// Whether an item with these attributes is only there in tests.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    let mut attributes = attributes.iter().filter(|it| it.path().is_ident("cfg"));
    attributes.any(|it| {
        it.parse_args()
            .is_ok_and(|predicate| needs_test(&predicate))
    })
}

/// Whether a predicate of `cfg` never holds outside tests.
fn needs_test(predicate: &Meta) -> bool {
    match predicate {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => {
            let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let Ok(inner) = inner else { return false };
            let mut inner = inner.iter();
            match list.path.get_ident().map(ToString::to_string).as_deref() {
                Some("all") => inner.any(needs_test),
                Some("any") => inner.len() > 0 && inner.all(needs_test),
                _ => false,
            }
        }
        Meta::NameValue(_) => false,
    }
}

/// The attributes of an item.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse::look_at_file;

    #[test]
    fn what_only_tests_have_is_told_by_its_predicate() {
        for (attribute, expected) in [
            ("#[cfg(test)]", true),
            ("#[cfg(all(test, unix))]", true),
            ("#[cfg(any(test, all(unix, test)))]", true),
            ("#[inline] #[cfg(test)]", true),
            ("#[cfg(not(test))]", false),
            ("#[cfg(any(test, unix))]", false),
            ("#[cfg(any())]", false),
            ("#[cfg(feature = \"test\")]", false),
            ("#[test]", false),
            ("", false),
        ] {
            let source = format!("{attribute} mod m {{}}");
            let found = look_at_file(&source, |file| is_for_tests(attributes(&file.items[0])));
            assert_eq!(found, Some(expected), "{attribute}");
        }
    }
}

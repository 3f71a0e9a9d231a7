//! What changed in the fields of a struct, as its source says.

use std::collections::BTreeMap;

use quote::ToTokens;
use serde::Serialize;

use super::item::Item;
use super::shape::Shape;
use crate::base::parse::look_at_file;

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) change: FieldChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FieldChange {
    Added,
    Removed,
    /// It has another type, or another attribute.
    Changed,
}

/// The named fields that differ in two versions of a type.
pub(super) fn changed_fields(was: &Shape, is: &Shape, of: &Item) -> Vec<Field> {
    let tokens = |shape: &Shape| {
        let mut items = shape.items();
        let found = items.find(|(item, _)| *item == of);
        found.map(|(_, tokens)| tokens.to_owned())
    };
    match (tokens(was), tokens(is)) {
        (Some(was), Some(is)) => difference(&was, &is),
        _ => Vec::new(),
    }
}

fn difference(was: &str, is: &str) -> Vec<Field> {
    let (was, is) = (fields(was), fields(is));
    let (Some(was), Some(is)) = (was, is) else {
        return Vec::new();
    };
    let field = |name: &String, change| Field {
        name: name.clone(),
        change,
    };
    let added = is.keys().filter(|it| !was.contains_key(*it));
    let added = added.map(|name| field(name, FieldChange::Added));
    let others = was.iter().filter_map(|(name, before)| match is.get(name) {
        None => Some(field(name, FieldChange::Removed)),
        Some(now) => (now != before).then(|| field(name, FieldChange::Changed)),
    });
    added.chain(others).collect()
}

/// The fields by name, each with its tokens.
fn fields(item: &str) -> Option<BTreeMap<String, String>> {
    let fields = look_at_file(item, |file| {
        let fields = match &file.items[..] {
            [syn::Item::Struct(item)] => match &item.fields {
                syn::Fields::Named(fields) => fields,
                _ => return None,
            },
            [syn::Item::Union(item)] => &item.fields,
            _ => return None,
        };
        let fields = fields.named.iter().filter_map(|field| {
            let name = field.ident.as_ref()?.to_string();
            Some((name, field.to_token_stream().to_string()))
        });
        Some(fields.collect())
    });
    fields.flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_compared_by_name() {
        use FieldChange::{Added, Changed, Removed};
        for (was, is, expected) in [
            (
                "struct S { a: u8 }",
                "struct S { b: u8, a: u8 }",
                &[("b", Added)][..],
            ),
            (
                "struct S { a: u8 }",
                "struct S { a: u16 }",
                &[("a", Changed)],
            ),
            (
                "struct S { a: u8, b: u8 }",
                "struct S { c: u8, a: u8 }",
                &[("c", Added), ("b", Removed)],
            ),
            (
                "union S { a: u8 }",
                "union S { a: u8, b: u16 }",
                &[("b", Added)],
            ),
            (
                "struct S { a: u8, b: u8 }",
                "struct S { b: u8, a: u8 }",
                &[],
            ),
            ("struct S(u8);", "struct S(u16);", &[]),
            ("enum S { A }", "enum S { A, B }", &[]),
            ("struct S { a: u8 }", "", &[]),
        ] {
            let found = difference(was, is);
            let found: Vec<_> = found.iter().map(|it| (&*it.name, it.change)).collect();
            assert_eq!(found, expected, "{is}");
        }
    }
}

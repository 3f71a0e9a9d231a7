//! The changed fields of a struct or union, by its source.

use serde::Serialize;

use super::item::Item;
use super::shape::Shape;

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
    let (Some(was), Some(is)) = (was.fields(of), is.fields(of)) else {
        return Vec::new();
    };
    let changed = |name: &str, change| Field {
        name: name.to_owned(),
        change,
    };
    let added = is.keys().filter(|it| !was.contains_key(*it));
    let added = added.map(|name| changed(name, FieldChange::Added));
    let others = was.iter().filter_map(|(name, before)| match is.get(name) {
        None => Some(changed(name, FieldChange::Removed)),
        Some(now) => (now != before).then(|| changed(name, FieldChange::Changed)),
    });
    added.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::items::ItemKind;
    use crate::compat::items::reach::Reach;

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
            let [was, now] = [was, is].map(|it| Reach::of_text(it).shape);
            let kinds = [ItemKind::Struct, ItemKind::Union, ItemKind::Enum];
            let found = kinds.map(|kind| changed_fields(&was, &now, &Item::new(kind, "S")));
            let found = found.concat();
            let found: Vec<_> = found.iter().map(|it| (&*it.name, it.change)).collect();
            assert_eq!(found, expected, "{is}");
        }
    }
}

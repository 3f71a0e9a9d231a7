//! Layouts that were read from objects, of which an edit changes only some.

use super::super::compare::{Comparison, Same, compare};
use super::super::objects::Fragments;
use super::super::{Layout, Root};
use super::program::{RUNTIME, compile, read, read_objects};
use super::types::entry;
use crate::report::text::of_layout;

/// A crate with an object for each module. Only `items` describes `Item`, and only the name of a type of another
/// module contains it.
fn source(fields: &str, body: &str) -> String {
    let entry = entry(0);
    format!(
        "pub struct T0 {{ pub call: Box<dyn Fn(&items::Item)> }}\n{entry}\n\
         pub mod items {{ pub struct Item {{ {fields} }} #[used] static A: fn(&Item) = a; fn a(_: &Item) {{}} }}\n\
         pub mod bodies {{ #[used] static B: fn() -> u8 = b; fn b() -> u8 {{ {body} }} }}"
    )
}

fn said(found: &Comparison) -> Vec<String> {
    found.differences.iter().map(of_layout).collect()
}

#[test]
fn objects_describe_the_types_of_their_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut known = Fragments::default();
    let mut layouts = |fields: &str, body: &str| -> (Layout, Layout) {
        let program = compile(folder.path(), RUNTIME, &source(fields, body));
        (read(&program).unwrap(), read_objects(&program, &mut known))
    };
    let (_, first) = layouts("a: u32", "1");
    let (linked, second) = layouts("a: u32", "2 + 3");
    let (retyped, third) = layouts("a: u32, b: u64", "2 + 3");
    // The types in the changed object are the same.
    assert!(first.fragments.len() > 2);
    assert_eq!(first, second);
    let pairs = second.fragments.iter().zip(&third.fragments);
    assert_eq!(pairs.filter(|(one, other)| one != other).count(), 1);

    let root = &first.roots[&Root::EntryPoint("pages::at_0".to_owned())];
    assert_ne!(
        first.in_names["pages::items::Item"].fragment,
        root[0].fragment
    );
    assert_eq!(first.by_name.keys().next(), None);

    let mut same = Same::default();
    for _ in 0..2 {
        let found = compare([(true, &first), (true, &linked)], &second, &mut same);
        assert!(found.differences.is_empty());
    }
    // Objects that did not change refer to the type that did.
    for before in [&first, &linked] {
        let found = compare([(true, before)], &third, &mut same);
        let of_program = compare([(true, &linked)], &retyped, &mut Same::default());
        assert_eq!(said(&found), said(&of_program));
        let changed = "`pages::items::Item`: field `b: u64` added at offset 0";
        assert!(said(&found)[0].starts_with(changed), "{:?}", said(&found));
    }
}

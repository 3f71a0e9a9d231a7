//! Edits of associated items.

use crate::compat::items::associated::*;
use crate::compat::items::reach::Reach;
use crate::report::text::of_changed_impl_item;

fn associated(text: &str) -> AssociatedItems {
    Reach::of_text(text).shape.associated().unwrap().clone()
}

fn changed(was: &str, is: &str, computed: &[&str]) -> Vec<String> {
    let computed = computed.iter().map(|it| (*it).to_owned()).collect();
    let changed = associated(was).changed(&associated(is), &computed);
    changed.iter().map(of_changed_impl_item).collect()
}

#[test]
fn changed_items_are_named_with_type_and_trait() {
    for (was, is, item) in [
        (
            "use s::*; struct A; impl Component for A { const KIND: u8 = 1; }",
            "use s::*; struct A; impl Component for A { const KIND: u8 = 2; }",
            "`const KIND` in `impl Component for A`",
        ),
        (
            "impl s::Component for A {}",
            "impl s::Component for A { const KIND: u8 = 2; }",
            "`const KIND` in `impl Component for A`",
        ),
        (
            "impl s::Component for A { type Storage = Table; }",
            "impl s::Component for A { type Storage = Sparse; }",
            "`type Storage` in `impl Component for A`",
        ),
        (
            "impl<T> s::Component for T { const KIND: u8 = 1; }",
            "impl<T> s::Component for T { const KIND: u8 = 2; }",
            "`const KIND` in `impl Component for *`",
        ),
        (
            "#[derive(Clone, Component)] struct A;",
            "#[derive(Clone, Component)] #[component(storage = \"SparseSet\")] struct A;",
            "`#[component]` on `A`, which `#[derive(Component)]` reads,",
        ),
        (
            "#[derive(s::Component)] struct A { b: B }",
            "#[derive(s::Component)] struct A { #[entities] b: B }",
            "`#[entities]` on `A`, which `#[derive(Component)]` reads,",
        ),
        (
            "#[s::component(table)] enum A {}",
            "#[s::component(sparse)] enum A {}",
            "`#[component]` on `A`",
        ),
        (
            "#[derive(Component, Tag)] struct A;",
            "#[derive(Tag)] struct A; impl Component for A { const KIND: u8 = 1; }",
            "`#[derive(Component)]` on `A`",
        ),
    ] {
        assert_eq!(changed(was, is, &[]), [item], "{is}");
    }
}

#[test]
fn what_computes_an_item_counts() {
    let source = "impl s::Component for A { const KIND: u8 = kind(SPARSE); }";
    assert_eq!(changed(source, source, &["SPARSE"]).len(), 1);
    assert!(changed(source, source, &["OTHER"]).is_empty());
}

#[test]
fn other_edits_are_none() {
    for (was, is) in [
        // Of std.
        (
            "impl Iterator for A { type Item = u8; }",
            "impl Iterator for A { type Item = u16; }",
        ),
        (
            "use std::{fmt, ops::Deref as D}; impl D for A { type Target = u8; }",
            "use std::{fmt, ops::Deref as D}; impl D for A { type Target = u16; }",
        ),
        (
            "impl core::ops::Deref for A { type Target = u8; }",
            "impl core::ops::Deref for A { type Target = u16; }",
        ),
        // Of inherent impls, and code.
        ("impl A { const B: u8 = 1; }", "impl A { const B: u8 = 2; }"),
        (
            "impl s::Component for A { fn f() { 1 } }",
            "impl s::Component for A { fn f() { 2 } }",
        ),
        // Attributes of other macros, and of none.
        (
            "#[derive(Serialize)] struct A { #[serde(rename = \"a\")] b: u8 }",
            "#[derive(Serialize)] struct A { #[serde(rename = \"c\")] b: u8 }",
        ),
        (
            "#[derive(Component)] struct A;",
            "#[derive(Component, Debug)] #[must_use] struct A;",
        ),
        // What is new, or gone with its type.
        (
            "struct A;",
            "#[derive(Component)] #[component(sparse)] struct A;",
        ),
        ("#[derive(Component)] struct A;", ""),
    ] {
        assert!(changed(was, is, &[]).is_empty(), "{is}");
    }
}

#[test]
fn a_source_may_move() {
    let source = "impl s::Component for A { const KIND: u8 = 1; }";
    let mut now = associated("impl s::Component for A { const KIND: u8 = 2; }");
    now.add(&associated(source));
    assert!(
        associated(source)
            .changed(&now, &BTreeSet::new())
            .is_empty()
    );
}

#[test]
fn what_the_groups_own_traits_are_given_does_not_count() {
    let count = |text| {
        let associated = associated(text);
        associated.without_own(|by| by == "Component").all.len()
    };
    assert_eq!(count("use crate::Component; impl Component for A {}"), 0);
    assert_eq!(count("use s::prelude::*; impl Component for A {}"), 0);
    assert_eq!(count("use s::Component; impl Component for A {}"), 1);
    assert_eq!(count("impl s::Component for A {}"), 1);
    assert_eq!(count("impl Tag for A {}"), 1);
}

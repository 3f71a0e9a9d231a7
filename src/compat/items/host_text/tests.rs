//! What is read of texts.

use super::*;

fn read(text: &str) -> HostText {
    let crates = BTreeSet::from(["rules".to_owned()]);
    HostText::of_all(&[text], &crates).remove(0)
}

#[test]
fn paths_into_the_group_are_told_from_others() {
    for (text, name) in [
        ("rules::card()", "card"),
        ("::rules::a::card()", "card"),
        ("rules::Deck::<u8>::card()", "card"),
        ("<rules::Deck as Own>::card()", "card"),
        ("use rules::{a, b::{c, card}};", "card"),
        ("use rules::a::Deck as D; fn f() { D::card() }", "card"),
        ("use rules::a; fn f() { a::card() }", "card"),
        (
            "mod m { use rules::Deck; } fn f() { crate::m::Deck::card() }",
            "card",
        ),
        ("println!(\"{}\", rules::r#card())", "card"),
        ("use rules::*; fn f() { card() }", "card"),
        ("use rules::{x::*}; fn f() { card() }", "card"),
        ("impl rules::Own for X { fn f() { Self::card() } }", "card"),
    ] {
        assert!(read(text).paths.contains(name), "{text}");
    }
    for text in [
        "world::card()",
        "use world::*; fn f() { rules::a(); card() }",
        "rules::a(world::card())",
        "use world::{rules_of, card};",
        "rules::a(); card()",
        "let card = rules::a(); card",
    ] {
        assert!(!read(text).paths.contains("card"), "{text}");
    }
}

#[test]
fn methods_fields_and_impls_are_found() {
    let text =
        read("impl rules::Own<u8> for X {} fn f() { x.card(1..n, 2.0).shown; for y in Z {} }");
    assert_eq!(
        text.members,
        BTreeSet::from(["card".to_owned(), "shown".to_owned()])
    );
    assert!(text.implemented.contains("Own"));
    assert!(!text.has_arms);
    assert!(read("fn f() -> u8 { match x { _ => 1 } }").has_arms);
}

#[test]
fn a_text_that_is_no_code_may_mention_anything() {
    assert!(read("unbalanced ( card").uses("card"));
}

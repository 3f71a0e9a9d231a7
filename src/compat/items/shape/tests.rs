//! Which changes of a source are found.

use crate::compat::items::reach::Reach;
use crate::compat::items::shape::*;
use crate::report::text::of_item;

fn shape(source: &str) -> Shape {
    Reach::of_text(source).shape
}

fn difference(was: &str, is: &str) -> Option<String> {
    shape(was).difference(&shape(is)).as_ref().map(of_item)
}

#[test]
fn bodies_docs_derives_and_new_items_are_no_difference() {
    let was = "/// a\nstruct S { /** b */ a: u8 } fn f() { 1 } trait T { fn d() { 1 } }";
    let is = "/// c\n#[derive(Debug)] pub struct S { pub(crate) a: u8 } struct New; fn f() { 2 } \
              trait T { fn d() { 2 } }";
    assert_eq!(difference(was, is), None);
}

#[test]
fn an_item_that_changed_or_is_gone_is_named() {
    for (was, is, name) in [
        (
            "struct S { a: u8 }",
            "struct S { a: u8, b: u8 }",
            "struct S",
        ),
        ("struct S;", "#[repr(C)] struct S;", "struct S"),
        ("enum E { A, B }", "enum E { B, A }", "enum E"),
        ("union U { a: u8 }", "union U { a: u16 }", "union U"),
        ("type T = u8;", "type T = u16;", "type T"),
        ("trait T { fn a(); }", "trait T { fn a(x: u8); }", "trait T"),
        (
            "mod m { pub struct S(u8); }",
            "mod m { pub struct S(u9); }",
            "struct m::S",
        ),
        (
            "fn f() { struct S(u8); }",
            "fn f() { struct S(u16); }",
            "struct f::S",
        ),
        ("struct S;", "", "struct S"),
        ("make!(S { a: u8 });", "make!(S { a: u16 });", "make!"),
        ("use a::T; struct S(T);", "use b::T; struct S(T);", "use T"),
        (
            "use a::{X as T}; fn f(t: T) {}",
            "use a::{Y as T}; fn f(t: T) {}",
            "use T",
        ),
        (
            "impl I for S { type O = u8; }",
            "impl I for S { type O = u16; }",
            "impl type O",
        ),
    ] {
        assert_eq!(difference(was, is).as_deref(), Some(name), "{is}");
    }
}

#[test]
fn lifetimes_count_and_their_names_do_not() {
    let was = "struct S<'a, 'b> { a: &'a u8, b: &'b u8 }";
    for (is, item) in [
        ("struct S<'x, 'y> { a: &'x u8, b: &'y u8 }", None),
        (
            "struct S<'a, 'b> { a: &'a u8, b: &'a u8 }",
            Some("struct S"),
        ),
        (
            "struct S<'a, 'b> { a: &'static u8, b: &'b u8 }",
            Some("struct S"),
        ),
        // Layouts tell that.
        ("struct S<'a, 'b> { a: &'b u16, b: &'b u8 }", None),
    ] {
        let found = shape(was).other_lifetimes(&shape(is));
        assert_eq!(found.as_ref().map(of_item).as_deref(), item, "{is}");
    }
}

#[test]
fn what_does_not_parse_is_left_to_the_compiler() {
    assert_eq!(difference("struct S;", "struct"), None);
}

#[test]
fn imports_that_no_type_has_in_it_are_no_difference() {
    let (was, is) = (
        "use a::b; use c::d; fn f() { b() }",
        "use e::b; fn f() { b() }",
    );
    assert_eq!(difference(was, is), None);
}

#[test]
fn names_in_types_and_signatures_are_mentioned() {
    let shape = shape("struct S([u8; N]); fn f() -> [u8; M] { K }");
    assert!(shape.mentions("N") && shape.mentions("M") && !shape.mentions("K"));
}

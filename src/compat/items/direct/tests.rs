//! Which items are found, and which changes of them.

use crate::compat::items::Item;
use crate::compat::items::direct::*;
use crate::compat::items::reach::Reach;
use crate::report::text::of_item;

fn changed(was: &str, now: &str) -> Vec<String> {
    let (was, now) = (direct(was), direct(now));
    was.changed(&now)
        .map(|(kind, name)| of_item(&Item::new(kind, name)))
        .collect()
}

fn direct(source: &str) -> Direct {
    Reach::of_text(source).direct
}

fn changed_code(was: &str, now: &str) -> Vec<String> {
    let (was, now) = (direct(was), direct(now));
    let changed = was.changed_code(&now);
    changed.map(|(key, _)| key.to_owned()).collect()
}

#[test]
fn what_no_symbol_shows_is_named() {
    for (was, now, name) in [
        ("const N: u8 = 1;", "const N: u8 = 2;", "const N"),
        ("pub fn f<T>() { 1 }", "pub fn f<T>() { 2 }", "fn f"),
        (
            "pub fn f(a: impl A) { 1 }",
            "pub fn f(a: impl A) { 2 }",
            "fn f",
        ),
        (
            "#[inline] pub fn f() { 1 }",
            "#[inline] pub fn f() { 2 }",
            "fn f",
        ),
        (
            "macro_rules! m { () => { 1 } }",
            "macro_rules! m { () => { 2 } }",
            "macro m",
        ),
        (
            "pub mod m { pub const N: u8 = 1; }",
            "pub mod m { pub const N: u8 = 2; }",
            "const N",
        ),
        ("const fn f() { 1 }", "const fn f() { 2 }", "const fn f"),
        (
            "impl S { const fn f() { 1 } }",
            "impl S { const fn f() { 2 } }",
            "const fn f",
        ),
        // A type may be computed with it, whatever else has its name.
        (
            "const N: u8 = 1; mod m { #[inline] pub fn N() {} }",
            "const N: u8 = 2; mod m { #[inline] pub fn N() {} }",
            "const N",
        ),
    ] {
        assert_eq!(changed(was, now), [name], "{now}");
    }
}

#[test]
fn what_has_a_symbol_has_a_key() {
    for (was, now, key) in [
        ("fn f() { 1 }", "fn f() { 2 }", "f"),
        ("fn f() { 1 }", "", "f"),
        ("mod m { fn f() { 1 } }", "mod m { fn f() { 2 } }", "f"),
        ("static S: u8 = 1;", "static S: u8 = 2;", "S"),
        ("impl S { fn f() { 1 } }", "impl S { fn f() { 2 } }", "S::f"),
        (
            "impl<T> a::S<T> { fn f() { 1 } }",
            "impl<T> a::S<T> { fn f() { 2 } }",
            "S::f",
        ),
        (
            "impl a::Drop for b::S<u8> { fn drop() { 1 } }",
            "impl a::Drop for b::S<u8> { fn drop() { 2 } }",
            "<S as Drop>::drop",
        ),
        (
            "impl T for &[u8] { fn f() { 1 } }",
            "impl T for &[u8] { fn f() { 2 } }",
            "<_ as T>::f",
        ),
        (
            "trait T { fn f() { 1 } }",
            "trait T { fn f() { 2 } }",
            "T::f",
        ),
        ("fn f<T>() { 1 }", "fn f<T>() { 2 }", "f"),
        ("fn f() { 1 }", "#[hotmod::hot] fn f() { 1 }", "f"),
    ] {
        assert_eq!(changed_code(was, now), [key], "{now}");
    }
}

#[test]
fn entry_points_tests_and_what_only_moved_are_not() {
    for (was, now) in [
        (
            "#[hotmod::hot] pub fn f() { 1 }",
            "#[hotmod::hot] pub fn f() { 2 }",
        ),
        (
            "impl S { #[hot] fn f() { 1 } }",
            "impl S { #[hot] fn f() { 2 } }",
        ),
        (
            "#[hot] impl S { fn f() { 1 } }",
            "#[hot] impl S { fn f() { 2 } }",
        ),
        (
            "#[cfg(test)] mod tests { fn f() { 1 } }",
            "#[cfg(test)] mod tests { fn f() { 2 } }",
        ),
        ("pub fn f() { 1 } // a", "// b\npub fn f() { 1 }"),
        ("pub fn f() {} fn g() {}", "fn g() {} pub fn f() {}"),
        ("/// a\npub fn f() { 1 }", "/// b\npub fn f() { 1 }"),
        ("trait T { fn f(); }", "trait T { fn f(); fn g(); }"),
        ("", "pub fn new() {}"),
        (
            "struct S; fn f() -> S { S }",
            "struct S(fn()); fn f() -> S { S }",
        ),
    ] {
        assert!(changed(was, now).is_empty(), "{now}");
        assert!(changed_code(was, now).is_empty(), "{now}");
    }
}

#[test]
fn imports_that_stand_for_something_else_are_named() {
    let (was, now) = (
        direct("use a::{b, c as d}; pub use e::f; use g::h;"),
        direct("use a::{x::b, e as d}; use g::h;"),
    );
    let changed: Vec<_> = was.changed_imports(&now).collect();
    assert_eq!(changed, [("b", false), ("d", false), ("f", true)]);
}

#[test]
fn names_are_whole_words() {
    assert!(mentions("a(card, b)", "card"));
    assert!(mentions("card", "card"));
    assert!(!mentions("cards discard _card", "card"));
}

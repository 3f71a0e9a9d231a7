//! Which macros are closed.

use super::*;

fn macros(text: &str) -> Macros {
    let mut macros = Macros::default();
    assert!(macros.add(text), "{text}");
    macros
}

/// The closed macros of a crate, with those of `other` that it takes.
fn closed(text: &str, other: Option<&str>) -> Vec<String> {
    let other = other.map(|text| {
        let other = macros(text);
        other.exported(&other.known(&|_| None).unwrap())
    });
    let known = macros(text).known(&|name| other.clone().filter(|_| name == "other"));
    known.map_or_else(Vec::new, |it| it.closed.into_iter().collect())
}

#[test]
fn macros_without_items_and_unknown_calls_are_closed() {
    for (definition, expected) in [
        ("($a:expr) => { &$a.b[0] };", true),
        ("($a:expr) => {{ let x = $a; format!(\"{x}\") }};", true),
        ("($a:item) => { $a };", true),
        ("($m:ident) => { if !($m) { a!() } };", true),
        ("() => { r#a!() };", true),
        ("() => { a!(1) };", true),
        ("() => { $crate::a!(1) };", true),
        ("() => { std::println!() };", true),
        ("() => { #[allow(unused)] let x = 1; };", true),
        ("() => { 'fn: loop { break 'fn } };", true),
        ("() => { impl A for B {} };", false),
        ("() => { fn f() {} };", false),
        ("() => { { static A: u8 = 1; } };", false),
        ("($m:ident) => { $m!() };", false),
        ("() => { unknown!() };", false),
        ("() => { other::a!() };", false),
        ("() => { ::std::println!() };", true),
        ("() => { crate::a!() };", false),
        ("() => { $crate::b::a!() };", false),
        ("() => { std::a!() };", false),
        ("() => { #[derive(A)] let x = 1; };", false),
        ("() => { union A { a: u8 } };", false),
        ("($m:ident, $t:tt) => { $m!$t };", false),
        ("($t:tt) => { unknown!$t };", false),
        ("($($t:tt)*) => { unknown! $($t)* };", false),
        ("() => { b!{ $fn f() {} } };", false),
        ("() => {{ use other::b as info; info!() }};", false),
        ("() => { other::log::info!() };", false),
        ("() => { $crate::core::panic!() };", false),
        ("() => { #![cfg(x)] };", false),
    ] {
        let found = closed(&format!("macro_rules! a {{ {definition} }}"), None);
        assert_eq!(!found.is_empty(), expected, "{definition}");
    }
}

#[test]
fn all_definitions_of_a_name_and_all_that_they_call_are_closed() {
    let open = "() => { fn f() {} };";
    for (text, expected) in [
        (
            "macro_rules! a { () => { b!() }; } macro_rules! b { () => { 1 }; }",
            "a b",
        ),
        (
            &*format!("macro_rules! a {{ () => {{ b!() }}; }} macro_rules! b {{ {open} }}"),
            "",
        ),
        (
            &*format!("macro_rules! a {{ () => {{}}; }} mod m {{ macro_rules! a {{ {open} }} }}"),
            "",
        ),
        ("fn f() { macro_rules! a { () => { 1 }; } }", "a"),
        ("macro_rules! a { () => { core::panic!() }; }", "a"),
        (
            "use b as core; macro_rules! a { () => { core::panic!() }; }",
            "",
        ),
    ] {
        assert_eq!(closed(text, None).join(" "), expected, "{text}");
    }
}

#[test]
fn macros_of_other_crates_are_known_if_they_are_taken() {
    let other = "/// A macro.\n#[macro_export]\nmacro_rules! a { () => { $crate::b!() }; }\n\
                 #[macro_export] #[doc(hidden)] macro_rules! b { () => { 1 }; }\n\
                 #[macro_export] macro_rules! open { () => { fn f() {} }; }\n\
                 macro_rules! private { () => { 1 }; }";
    let taken = "#[macro_use]\nextern crate other;";
    assert_eq!(closed(taken, Some(other)), ["a", "b"]);
    assert_eq!(closed("extern crate other;", Some(other)), [""; 0]);
    let calls = format!("{taken} macro_rules! c {{ () => {{ a!() }}; }}");
    assert_eq!(closed(&calls, Some(other)), ["a", "b", "c"]);
    let hides = format!("{taken} macro_rules! a {{ () => {{ fn f() {{}} }}; }}");
    assert_eq!(closed(&hides, Some(other)), ["b"]);
    assert_eq!(closed(taken, None), [""; 0]);
    assert!(macros(taken).known(&|_| None).unwrap().crates.is_empty());
    let public = "#[macro_use] pub extern crate other;";
    assert_eq!(closed(public, Some(other)), ["a", "b"]);
    let imports = format!("{taken} use other::a; use other::unknown as b;");
    assert_eq!(closed(&imports, Some(other)), ["a"]);
}

/// The names in a macro's definition can be those of other macros where it is called.
#[test]
fn an_exported_macro_calls_macros_of_its_crate_by_their_path() {
    let taken = "#[macro_use]\nextern crate other;";
    for (call, expected) in [
        ("$crate::b!()", "a b"),
        ("std::vec![]", "b"),
        ("format!(\"\")", "a b"),
        ("info!()", "b"),
        ("b!()", "b"),
        ("$crate::c!()", "b"),
    ] {
        let other = format!(
            "#[macro_export] macro_rules! a {{ () => {{ {call} }}; }} \
             #[macro_export] macro_rules! b {{ () => {{ 1 }}; }} \
             #[macro_export] macro_rules! c {{ () => {{ b!() }}; }}"
        );
        assert_eq!(closed(taken, Some(&other)).join(" "), expected, "{call}");
    }
}

#[test]
fn glob_imports_of_modules_are_found() {
    for (text, expected) in [
        ("use other::*;", true),
        ("mod m { use other::{a, b::*}; }", true),
        ("use super::*; use crate::a::*; use std::fmt::*;", false),
        ("fn f() { use other::*; }", false),
        ("#[cfg(test)] mod m { use other::*; }", false),
    ] {
        let known = macros(text).known(&|_| None).unwrap();
        assert_eq!(known.has_foreign_globs, expected, "{text}");
    }
}

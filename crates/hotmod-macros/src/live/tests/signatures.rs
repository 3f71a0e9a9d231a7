//! How signatures are written, and what tells a method from a free function.

use super::super::grammar::{self, Item};
use super::super::place::Place;
use super::super::session::{Flavour, Session};
use super::super::{expand_main, signature};
use super::tokens;

#[test]
fn signatures_are_written_as_rustfmt_would() {
    for (function, expected) in [
        ("fn f() {}", "fn()"),
        (
            "fn f ( & self , ( a , b ) : ( u32 , u32 ) , ) -> R {}",
            "fn(&self, (u32, u32)) -> R",
        ),
        (
            "async fn f(&'a mut self, x: &'a mut [u8]) {}",
            "async fn(&'_1 mut self, &'_1 mut [u8])",
        ),
        (
            "fn f<'long, 'x>(&'x self, z: T, y: V<'long, 'static, '_>) -> &'x str {}",
            "fn(&'1 self, T, V<'2, 'static, '_>) -> &'1 str",
        ),
        (
            "fn f(x: [u8; {'a' as usize}]) {}",
            "fn([u8; {'a' as usize}])",
        ),
        (
            "unsafe fn f(mut self, x: *const T) {}",
            "unsafe fn(self, *const T)",
        ),
        ("fn f(self: Arc<Self>) -> ! {}", "fn(self: Arc<Self>) -> !"),
        ("fn f(self: &mut Self) {}", "fn(self: &mut Self)"),
        ("fn f(x: [u8;4], y: (u8,)) {}", "fn([u8; 4], (u8,))"),
        ("fn f(mut self: Box<Self>) {}", "fn(self: Box<Self>)"),
        (
            "fn f(x:&u8,y:fn(a:&u8,b: ::m::B)->u8)->&u8 {}",
            "fn(&u8, fn(a: &u8, b: ::m::B) -> u8) -> &u8",
        ),
        (
            "fn f(x: Box<dyn for<'a> Fn(&'a str)->&'a str+Send+'static>) {}",
            "fn(Box<dyn for<'_1> Fn(&'_1 str) -> &'_1 str + Send + 'static>)",
        ),
        (
            "fn f(x: &dyn ::core::Iterator<Item=<T as Tr>::Out>, y: ::std::vec::Vec<&'_ (A, B)>) {}",
            "fn(&dyn ::core::Iterator<Item = <T as Tr>::Out>, ::std::vec::Vec<&'_ (A, B)>)",
        ),
        (
            "fn f(x: unsafe extern \"C\" fn(n: i32)->i32, y: *mut (dyn Any)) {}",
            "fn(unsafe extern \"C\" fn(n: i32) -> i32, *mut (dyn Any))",
        ),
        (
            "fn f(x: Option<r#type::T<-1, {N+1}>>) {}",
            "fn(Option<r#type::T<-1, {N + 1}>>)",
        ),
    ] {
        let Ok(Item::Function(parsed)) = grammar::parse(tokens(function)) else {
            panic!("not a function: {function}");
        };
        assert_eq!(signature::text(&parsed.signature), expected);
    }
}

#[test]
fn self_in_an_item_of_the_body_is_not_the_methods() {
    for (function, is_lone) in [
        ("fn f() { g(vec![Self::N]) }", true),
        ("fn f(x: &Self) {}", true),
        ("fn f(&self) {}", true),
        (
            "fn f() { struct S(Box<Self>); impl S { fn new() -> Self { Self } } S::new() }",
            false,
        ),
        (
            "fn f() { enum E { A } impl E { fn g(self) -> Self {} } Self::N }",
            true,
        ),
    ] {
        let Ok(Item::Function(parsed)) = grammar::parse(tokens(function)) else {
            panic!("not a function: {function}");
        };
        assert_eq!(
            matches!(Place::of(&parsed), Place::Lone),
            is_lone,
            "{function}"
        );
    }
}

#[test]
fn paths_follow_a_renamed_runtime() {
    for (name, expected) in [("hot-reload", "::hot_reload::"), ("", "::hotmod::")] {
        let session = Session::new(Flavour::Host, name);
        let expansion = expand_main(tokens(""), tokens("fn main() {}"), &session).to_string();
        assert!(expansion.replace(' ', "").contains(expected), "{expansion}");
    }
}

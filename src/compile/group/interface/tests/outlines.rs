//! Edits that keep what other crates may have of a file, and edits that do not.

use crate::base::parse::look_at_file;
use crate::compile::group::interface::macros::KnownMacros;
use crate::compile::group::interface::outline;

/// Whether dependants may stay as they are when the first source becomes the second.
fn keeps(was: &str, now: &str) -> bool {
    let outline = |source| {
        let macros = &KnownMacros::default();
        let outline = look_at_file(source, |file| outline::outline(file, "hotmod", macros));
        let outline = outline.flatten();
        outline.map(|it| it.digest)
    };
    let (was, now) = (outline(was), outline(now));
    was.is_some() && was == now
}

#[test]
fn bodies_of_plain_functions_keep_it() {
    for (was, now) in [
        ("fn f() { 1 }", "fn f() { 2 }"),
        ("fn f() { 1 }", "fn f() {\n    2;\n    3\n}"),
        ("fn f() { 1 } // a", "fn f() { 1 }\n\n// b"),
        (
            "pub fn f<'a>(s: &'a str) -> &'a str { s }",
            "pub fn f<'a>(s: &'a str) -> &'a str { &s[1..] }",
        ),
        (
            "fn f() { let s: &'static str = \"a\"; }",
            "fn f() { let s: &'static str = \"b\"; }",
        ),
        (
            "struct S; impl S { fn f(&self) { 1 } }",
            "struct S; impl S { fn f(&self) { 2 } }",
        ),
        (
            "impl<'a> S<'a> { fn f(&self) { 1 } }",
            "impl<'a> S<'a> { fn f(&self) { 2 } }",
        ),
        (
            "impl Drop for S { fn drop(&mut self) { 1 } }",
            "impl Drop for S { fn drop(&mut self) {} }",
        ),
        ("mod m { fn f() { 1 } }", "mod m { fn f() { 2 } }"),
        (
            "#[must_use] #[inline(never)] fn f() { 1 }",
            "#[must_use] #[inline(never)] fn f() { 2 }",
        ),
        ("#[hotmod::hot] fn f() { 1 }", "#[hotmod::hot] fn f() { 2 }"),
        (
            "fn f() { println!(\"{}\", 1) }",
            "fn f() { println!(\"{}\", 2); vec![1]; }",
        ),
        (
            "fn f() { tracing::info!(1) }",
            "fn f() { tracing::info!(2) }",
        ),
        ("fn f() { S { a: vec![1] } }", "fn f() { S { a: vec![2] } }"),
        ("fn f() { |x| x }", "fn f() { |x| { x + 1 } }"),
        ("fn f() { use a::b; b() }", "fn f() { use a::c; c() }"),
        ("fn f() { a.union(b) }", "fn f() { b.union(a) }"),
        // Lines move where no code is that others compile.
        (
            "fn f() { 1 }\n#[repr(C)] struct S { a: [u8; 2 * N] }\nconst N: u8 = 1;\nstatic T: &[u8] = &[2];",
            "fn f() {\n    1;\n    2\n}\n#[repr(C)] struct S { a: [u8; 2 * N] }\nconst N: u8 = 1;\nstatic T: &[u8] = &[2];",
        ),
        (
            "fn f() { 1 }\nmacro_rules! m { () => { 1 } }\ntrait T { fn t(); }",
            "fn f() {\n    2\n}\nmacro_rules! m { () => { 1 } }\ntrait T { fn t(); }",
        ),
        // Nobody compiles tests.
        (
            "#[cfg(test)] mod tests { fn f() { 1 } }",
            "#[cfg(test)] mod tests { fn g() { 2 } }",
        ),
        (
            "const A: &str = include_str!(\"a.txt\"); fn f() { 1 }",
            "const A: &str = include_str!(\"a.txt\"); fn f() { 2 }",
        ),
        (
            "use crate::error; fn f() { 1 }",
            "use crate::error; fn f() { 2 }",
        ),
        (
            "use tracing::{info, warn}; fn f() { info!(1) }",
            "use tracing::{info, warn}; fn f() { info!(2) }",
        ),
    ] {
        assert!(keeps(was, now), "{was}\n---\n{now}");
    }
}

#[test]
fn whatever_else_changed_does_not() {
    for (was, now) in [
        // Code that dependants compile.
        ("fn f<T>() { 1 }", "fn f<T>() { 2 }"),
        (
            "fn f<const N: usize>() { 1 }",
            "fn f<const N: usize>() { 2 }",
        ),
        ("fn f(x: impl Copy) { 1 }", "fn f(x: impl Copy) { 2 }"),
        ("fn f() -> impl Copy { 1 }", "fn f() -> impl Copy { 2 }"),
        (
            "fn f() -> Option<impl Fn()> { 1 }",
            "fn f() -> Option<impl Fn()> { 2 }",
        ),
        ("const fn f() { 1 }", "const fn f() { 2 }"),
        ("async fn f() { 1 }", "async fn f() { 2 }"),
        ("#[inline] fn f() { 1 }", "#[inline] fn f() { 2 }"),
        (
            "#[inline(always)] fn f() { 1 }",
            "#[inline(always)] fn f() { 2 }",
        ),
        (
            "#[track_caller] fn f() { 1 }",
            "#[track_caller] fn f() { 2 }",
        ),
        (
            "#[tracing::instrument] fn f() { 1 }",
            "#[tracing::instrument] fn f() { 2 }",
        ),
        (
            "#[cfg_attr(a, inline)] fn f() { 1 }",
            "#[cfg_attr(a, inline)] fn f() { 2 }",
        ),
        (
            "impl<T> S<T> { fn f() { 1 } }",
            "impl<T> S<T> { fn f() { 2 } }",
        ),
        (
            "#[other] impl S { fn f() { 1 } }",
            "#[other] impl S { fn f() { 2 } }",
        ),
        (
            "#[other] mod m { fn f() { 1 } }",
            "#[other] mod m { fn f() { 2 } }",
        ),
        ("trait T { fn f() { 1 } }", "trait T { fn f() { 2 } }"),
        ("const N: u8 = 1;", "const N: u8 = 2;"),
        ("impl S { const N: u8 = 1; }", "impl S { const N: u8 = 2; }"),
        ("static N: u8 = 1;", "static N: u8 = 2;"),
        (
            "macro_rules! m { () => { 1 } }",
            "macro_rules! m { () => { 2 } }",
        ),
        ("make!(1);", "make!(2);"),
        ("#[other::hot] fn f() { 1 }", "#[other::hot] fn f() { 2 }"),
        ("#[hot] fn f() { 1 }", "#[hot] fn f() { 2 }"),
        ("fn f() -> handler!() { 1 }", "fn f() -> handler!() { 2 }"),
        ("fn f(a: arg!()) { 1 }", "fn f(a: arg!()) { 2 }"),
        ("impl of!() { fn f() { 1 } }", "impl of!() { fn f() { 2 } }"),
        // What is declared.
        ("fn f() { 1 }", "pub fn f() { 1 }"),
        ("fn f() { 1 }", "fn f() { 1 } fn g() {}"),
        ("fn f(x: u8) { 1 }", "fn f(x: u16) { 1 }"),
        ("fn f() { 1 }", "unsafe fn f() { 1 }"),
        ("fn f() { 1 }", "#[inline] fn f() { 1 }"),
        ("#[cold] fn f() { 1 }", "fn f() { 1 }"),
        ("fn f() { 1 }", "#[cfg(a)] fn f() { 1 }"),
        ("/// a\nfn f() { 1 }", "/// b\nfn f() { 1 }"),
        ("struct S { a: u8 }", "struct S { a: u8, b: u8 }"),
        ("#[derive(Clone)] struct S;", "#[derive(Copy)] struct S;"),
        ("use a::b;", "use a::c;"),
        ("type O = u8;", "type O = u16;"),
        (
            "impl T for S { type O = u8; }",
            "impl T for S { type O = u16; }",
        ),
        ("impl T for S {}", "impl T for R {}"),
        ("mod a;", "mod b;"),
        ("extern \"C\" { fn f(); }", "extern \"C\" { fn g(); }"),
        ("#![allow(a)] fn f() {}", "#![deny(a)] fn f() {}"),
        ("#[cfg(test)] mod tests {}", "mod tests {}"),
        // Items in a body are everywhere.
        ("fn f() { 1 }", "fn f() { impl T for S {} 1 }"),
        (
            "fn f() { impl T for S { fn t() { 1 } } }",
            "fn f() { impl T for S { fn t() { 2 } } }",
        ),
        (
            "fn f() { macro_rules! m { () => { 1 } } }",
            "fn f() { macro_rules! m { () => { 2 } } }",
        ),
        ("fn f() { fn g() { 1 } g() }", "fn f() { fn g() { 2 } g() }"),
        ("fn f() { struct S; }", "fn f() {}"),
        ("fn f() { union U { a: u8 } }", "fn f() {}"),
        (
            "fn f() { if a { { impl T for S {} } } }",
            "fn f() { if a { } }",
        ),
        (
            "fn f() { println!(\"\", { impl T for S {} 1 }) }",
            "fn f() { println!(\"\", 1) }",
        ),
        (
            "fn f() { #[other] type T = u8; }",
            "fn f() { #[other] type T = u16; }",
        ),
        (
            "fn f() { use a::mk; mk!(U) }",
            "fn f() { use b::mk; mk!(U) }",
        ),
        ("fn f() { a::mk!(U) }", "fn f() { b::mk!(U) }"),
        (
            "fn f() { const K: u8 = 1; mk!(K) }",
            "fn f() { const K: u8 = 2; mk!(K) }",
        ),
        (
            "use a::*; fn f() { event!(1) }",
            "use a::*; fn f() { event!(2) }",
        ),
        ("fn f() { my!(1); 1 }", "fn f() { my!(1); 2 }"),
        // Macros may make any.
        ("fn f() { my!(1) }", "fn f() { my!(2) }"),
        ("fn f() { other::info!(1) }", "fn f() { other::info!(2) }"),
        (
            "fn f() { println!(\"{}\", my!(1)) }",
            "fn f() { println!(\"{}\", my!(2)) }",
        ),
        (
            "fn f() { global_asm!(\"1\") }",
            "fn f() { global_asm!(\"2\") }",
        ),
        // Lines move where code is that others compile.
        (
            "fn f() { 1 }\nfn g<T>() { 1 }",
            "fn f() {\n 1 }\nfn g<T>() { 1 }",
        ),
        (
            "fn f() { 1 } fn g<T>() { 1 }",
            "fn f() { 10 } fn g<T>() { 1 }",
        ),
        ("fn f() { 1 }\nmake!();", "fn f() {\n 1 }\nmake!();"),
        (
            "fn f() { 1 }\nfn g() { make!() }",
            "fn f() {\n 1 }\nfn g() { make!() }",
        ),
        (
            "fn f() { 1 }\nconst F: fn() = || 1;",
            "fn f() {\n 1 }\nconst F: fn() = || 1;",
        ),
        (
            "fn f() { 1 }\ntrait T { fn t() {} }",
            "fn f() {\n 1 }\ntrait T { fn t() {} }",
        ),
    ] {
        assert!(!keeps(was, now), "{was}\n---\n{now}");
        assert!(!keeps(now, was), "{now}\n---\n{was}");
    }
}

#[test]
fn lines_that_move_what_is_computed_do_not() {
    for below in [
        "#[derive(Clone)] struct S { a: RefCell<u8> }",
        "#[other] struct S;",
        "#[other] static S: u8 = 1;",
        "static S: u32 = line!();",
        "static S: LazyLock<u8> = LazyLock::new(|| 1);",
        "const S: &Location = Location::caller();",
        "const S: u32 = here();",
        "const S: u8 = { 3 };",
        "enum E { A = here() as isize }",
        "struct S { a: [u8; line!() as usize] }",
        "type T = [u8; line!() as usize];",
        "trait T { const N: u32 = line!(); }",
        "impl T for S { type O = [u8; line!() as usize]; }",
        "impl T<{ here() }> for S {}",
        "fn g(a: [u8; line!() as usize]) {}",
        "#[other] use a::b;",
    ] {
        let was = format!("fn f() {{ 1 }}\n{below}");
        let now = format!("fn f() {{\n 1 }}\n{below}");
        assert!(!keeps(&was, &now), "{below}");
        // A change that moves no line does not affect them.
        assert!(keeps(&was, &was.replace("{ 1 }", "{ 2 }")), "{below}");
    }
}

#[test]
fn nothing_is_kept_where_names_may_mean_something_else() {
    for prelude in [
        "macro_rules! println { () => {} }",
        "mod m { macro_rules! vec { () => {} } }",
        "use defmt::info;",
        "use other::{self, nested::{format as f, warn}};",
        "use other::make as format;",
        "include!(\"part.rs\");",
        "const S: &str = include_str!(\"lib.rs\");",
        "const S: &str = include_str!(concat!(\"li\", \"b.rs\"));",
        "fn g() { use other::write; }",
        "pub use other::*;",
        "mod other; pub use ::other::*;",
        "#[macro_use] extern crate other;",
    ] {
        let with = |body: u8| format!("{prelude}\nfn f() {{ {body} }}");
        assert!(!keeps(&with(1), &with(2)), "{prelude}");
    }
    for prelude in [
        "mod a; pub use a::*;",
        "enum E { A } use E::*;",
        "pub use crate::a::*;",
    ] {
        let with = |body: u8| format!("{prelude}\nfn f() {{ {body} }}");
        assert!(keeps(&with(1), &with(2)), "{prelude}");
    }
    let made = "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));";
    assert!(keeps(
        &format!("{made} fn f() {{ 1 }}"),
        &format!("{made} fn f() {{ 2 }}")
    ));
}

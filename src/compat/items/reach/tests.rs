//! What is found in a version is the same with an earlier version and without.

use std::fmt::Write as _;
use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::base::parse::look_at_file;
use crate::compat::items::reach::*;

/// Parts of sources that parse.
const ITEMS: [&str; 32] = [
    "\n",
    "/* a */",
    "// fn é() {}\n",
    "#[cfg(test)]\nfn f(app: &App) { 1 }\n",
    "#[hotmod::hot]\nfn f() { 1 }\n",
    "/// Words.\n#[inline]\npub fn k() { 1 }\n",
    "#[hotmod::hot]\nmod n { fn f() { 1 } impl S { fn g(self) {} } }\n",
    "#[derive(Debug, Other)]\nstruct App { on: fn() }\n",
    "fn f() { 1 }\n",
    "fn f() { g!(a,\n  b) }",
    "fn g() -> S { \"é\" }\n",
    "pub fn g(of: &T) -> u8 { line!() }\n",
    "pub fn h<T>(x: impl Fn()) { 2 }\n",
    "    fn i(s: S) -> App { f(s) }\n",
    "struct S;\n",
    "pub struct S { a: u8, pub b: Box<dyn Fn()> }\n",
    "struct T(u8);",
    "enum E { A, B = 4, C }\n",
    "impl S { fn f(&self) { 1 }\n fn g(s: T) {} }\n",
    "impl Trait for S { const N: u8 = 1; type T = u8; }\n",
    "impl Display for S { const N: u8 = 1; }\n",
    "trait Trait { fn f() { 1 } }\n",
    "use std::fmt::Display;\n",
    "use other::{Trait, x as T};\n",
    "use other::*;\n",
    "extern crate other as T;\n",
    "const N: u8 = 1;\n",
    "static N: u8 = { 1 };\n",
    "mod m { fn f() { 1 }\n struct S; }\n",
    "macro_rules! m { () => { 1 } }\n",
    "m! { a b }\n",
    "include!(concat!(\"a\", \"m.rs\"));\n",
];

/// Others.
const TEXTS: [&str; 20] = [
    "//! Words.\n",
    "#![allow(dead_code)]\n",
    "#!/bin/sh\n",
    "\u{feff}",
    " ",
    "\t\n",
    "//",
    "///",
    "/*",
    "*/",
    "\"",
    "r#\"",
    "\"#;",
    "'",
    "}",
    "{",
    ";",
    "pub ",
    "unsafe ",
    "#[cfg(test)]\n",
];

fn found(reach: &Reach) -> String {
    let Reach {
        shape,
        direct,
        skeleton,
        interface,
        tokens,
        parts,
    } = reach;
    let mut found = format!("{shape:#?}{direct:#?}{skeleton:?}{interface:#?}{tokens:#?}");
    let lines = parts.iter().flat_map(Parts::found).map(|(_, line)| line);
    let _ = write!(found, "{:?}", lines.collect::<Vec<usize>>());
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_earlier_version_makes_no_difference(
        head in vec(select(&TEXTS[..]), 0..2),
        before in items(0..5),
        versions in vec(prop_oneof![items(0..3), vec(select(&TEXTS[..]), 1..3)], 1..5),
        after in items(0..5),
    ) {
        let mut last = None;
        for version in versions {
            let all = [&head, &before, &version, &after];
            let text = all.map(|it| it.concat()).concat();
            let now = Reach::of_version(&text, last.as_ref());
            prop_assert_eq!(found(&now), found(&Reach::of_text(&text)), "{}", text);
            last = Some(now);
        }
    }

    #[test]
    fn the_parts_have_what_the_whole_has(all in items(0..8)) {
        let text = all.concat();
        let parts = Reach::of_text(&text);
        let whole = look_at_file(&text, |file| {
            let mut file = file.clone();
            mark_functions_of_modules(&mut file);
            let mut interface = Interface::of(&file);
            interface.sort();
            let shape = Shape::of(&file, &names_of_std(&file));
            let direct = Direct::of(&file, &Types::of(&file));
            format!("{shape:#?}{direct:#?}{interface:#?}")
        });
        let Reach { shape, direct, interface, .. } = parts;
        prop_assert_eq!(Some(format!("{shape:#?}{direct:#?}{interface:#?}")), whole, "{}", text);
    }
}

fn items(count: Range<usize>) -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(&ITEMS[..]), count)
}

#[test]
fn only_the_item_that_changed_is_parsed() {
    let source = |number: u8| format!("fn f() {{}}\n\nfn g() {{ {number} }}\n\nfn h() {{}}\n");
    let was = Reach::of_text(&source(1));
    let now = Reach::of_version(&source(2), Some(&was));
    let parts = |reach: &Reach| -> Vec<*const Part> {
        let parts = reach.parts.iter().flat_map(Parts::found);
        parts.map(|(part, _)| Arc::as_ptr(part)).collect()
    };
    let (was, now) = (parts(&was), parts(&now));
    let is_same: Vec<bool> = was.iter().zip(&now).map(|(was, now)| was == now).collect();
    assert_eq!(is_same, [true, true, false, true]);
}

#[test]
fn versions_with_the_same_names_share_them() {
    let mut last = Reach::of_text("fn f() { 1 }\npub struct S;\n");
    for (text, is_shared) in [
        ("fn f() { 2 }\npub struct S;\n", true),
        ("fn f() { 2 }\npub struct S(u8);\n", false),
        ("fn f() { 3 }\npub struct S(u8);\n", true),
    ] {
        let next = Reach::of_version(text, Some(&last));
        let shares = Arc::ptr_eq(&next.interface, &last.interface);
        assert_eq!(shares, is_shared, "{text}");
        last = next;
    }
}

//! The keys of sources, and those of the symbols that rustc makes of them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use object::{Object as _, ObjectSymbol as _};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::compat::items::Reach;
use crate::compat::symbols::name::Crates;

/// Names that types, modules and functions may have, whatever their case.
const NAMES: [&str; 7] = [
    "Card", "uid_t", "r#match", "r#type", "get", "Δelta", "r#async",
];

/// Items, with `A`, `B` and `C` for names.
const ITEMS: [&str; 16] = [
    "pub fn C() -> usize { 1 }",
    "pub mod A { pub fn C() -> usize { 1 } }",
    "pub mod A { pub mod B { pub fn C() -> usize { 1 } } }",
    "pub static C: usize = 1;",
    "pub struct A; impl A { pub fn C() -> usize { 1 } }",
    "pub struct A; pub mod inner { impl super::A { pub fn C() -> usize { 1 } } }",
    "pub enum A { One } const _: () = { impl A { pub fn C() -> usize { 1 } } };",
    "pub struct A<T>(T); impl A<u8> { pub fn C() -> usize { 1 } }",
    "pub trait B { fn C(); } pub struct A; impl B for A { fn C() {} }",
    "pub trait B { fn C(); } pub struct A; pub fn held() { impl B for A { fn C() {} } }",
    "pub trait B<T> { fn C(); } pub struct A<T>(T); impl B<u8> for A<u16> { fn C() {} }",
    "pub trait B { fn C(); } pub struct A; impl B for [A] { fn C() {} }",
    "pub trait B { fn C(); } pub struct A; impl B for &(A, u8) { fn C() {} }",
    "pub trait B { fn C(&self); } pub trait A { fn a(&self); } impl B for dyn A { fn C(&self) {} }",
    "pub trait A { fn a(&self); } impl dyn A + Send { pub fn C(&self) {} }",
    "pub trait B { fn C(&self) {} } pub struct A; impl B for A {} pub static S: fn(&A) = A::C;",
];

fn program() -> impl Strategy<Value = String> {
    let item = (
        select(&ITEMS[..]),
        select(&NAMES[..]),
        select(&NAMES[..]),
        select(&NAMES[..]),
    );
    let item = item.prop_filter("a type and its trait have one namespace", |(_, a, b, _)| {
        a != b
    });
    vec(item, 1..30).prop_map(|items| {
        let mut source = "#![allow(warnings)]\n".to_owned();
        for (number, (item, a, b, c)) in items.into_iter().enumerate() {
            let mut item = item.to_owned();
            for (from, to) in [('A', a), ('B', b), ('C', c)] {
                let is_alone = |at: usize, text: &str| {
                    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '#';
                    !text[..at].ends_with(is_part) && !text[at + 1..].starts_with(is_part)
                };
                while let Some((at, _)) = item
                    .match_indices(from)
                    .find(|(at, _)| is_alone(*at, &item))
                {
                    item.replace_range(at..=at, &format!("{to}\u{200b}"));
                }
            }
            let item = item.replace('\u{200b}', "");
            source += &format!("pub mod m{number} {{ {item} }}\n");
        }
        source
    })
}

/// The paths of what rustc makes of a crate `pages`.
fn paths(source: &str, mangling: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pages.rs"), source).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.current_dir(folder.path());
    rustc.args([
        "pages.rs",
        "--crate-type=lib",
        "--emit=obj",
        "--edition=2024",
    ]);
    rustc.arg(format!("-Csymbol-mangling-version={mangling}"));
    // The older mangling is on its way out, and so asks for this.
    rustc.arg("-Zunstable-options").env("RUSTC_BOOTSTRAP", "1");
    let output = rustc.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{source}\n{errors}");
    let bytes = fs::read(folder.path().join("pages.o")).unwrap();
    let object = object::File::parse(&*bytes).unwrap();
    let crates = Crates {
        group: ["pages".to_owned()].into(),
        outside: BTreeSet::new(),
    };
    let names = object.symbols().filter(|it| it.is_definition());
    let paths = names.filter_map(|it| crates.item(it.name_bytes().unwrap()).unwrap());
    paths.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn symbols_of_both_manglings_have_the_keys_of_their_sources(source in program()) {
        let direct = Reach::of_text(&source).direct;
        let nothing = Reach::default().direct;
        let of_source: BTreeSet<String> = direct.changed_code(&nothing).map(|(key, _)| key.to_owned()).collect();
        let is_type = |it: &str| direct.declares(it) && !direct.has_module(it);
        for mangling in ["legacy", "v0"] {
            let mut found = BTreeSet::new();
            for path in paths(&source, mangling) {
                let keys = keys(&path, is_type);
                let known: Vec<String> = keys.into_iter().filter(|it| of_source.contains(it)).collect();
                prop_assert!(!known.is_empty(), "{mangling}: `{path}` is none of {of_source:?}");
                found.extend(known);
            }
            prop_assert_eq!(&found, &of_source, "{}", mangling);
        }
    }
}

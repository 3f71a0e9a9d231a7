//! Modules.

use super::super::session::Flavour;
use super::*;

#[test]
fn the_functions_of_a_module_that_can_be_entry_points_are() {
    let text = r#"
pub(crate) mod handlers {
    //! Pages.
    use std::{fmt, io::Write as _};
    extern crate alloc;
    pub const fn width() -> usize { 80 }
    const TEXT: &str = { "a;b" };
    static COUNT: [u8; { 1 + 2 }] = [0; 3];
    pub struct Page<const N: usize = { 3 }> { pub text: String, }
    struct Unit;
    struct Pair(u8, u8);
    macro_rules! page { () => { fn no() {} } }
    page!();
    std::thread_local! { static A: u8 = 1; }
    extern "C" { fn getpid() -> i32; }
    pub trait Show { fn show(&self) { } }
    type Line = [u8; { width() }];
    #[doc = "Index."]
    pub async fn index() -> String { String::new() }
    fn helper(into: impl Into<String>) {}
    fn generic<T>() {}
    #[hotmod::setup]
    fn prepare() {}
    impl Show for Page { fn show(&self) { Self::draw() } }
    impl<T> Show for Vec<T> { fn show(&self) {} }
    impl Drop for Unit { fn drop(&mut self) {} }
    impl Page {
        const N: u8 = 1;
        fn draw() {}
        fn with(self, into: impl Into<String>) {}
    }
    mod inner { pub(super) fn below() {} mod file; }
}
"#;
    let expansion = hot(Flavour::Group, text);
    let registered: Vec<&str> = expansion
        .lines()
        .filter(|line| line.contains(" as *const ()"))
        .map(str::trim)
        .collect();
    assert_eq!(
        registered,
        [
            "<Page as Show>::show as *const (),",
            "<Page>::draw as *const (),",
            "below as *const (),",
        ],
        "{expansion}"
    );
    assert!(
        expansion.contains("of_async(\n                    index,"),
        "{expansion}"
    );
    // Nothing else is changed.
    let tokens = |text: &str| tokens(text).to_string();
    let kept = [
        "fn helper(into: impl Into<String>) {}",
        "fn generic<T>() {}",
        "fn prepare() {}",
        "fn show(&self) {}",
        "fn with(self, into: impl Into<String>) {}",
        "mod file;",
        "pub struct Page<const N: usize = { 3 }> { pub text: String, }",
        "use std::{fmt, io::Write as _};",
    ];
    let plain = hot(Flavour::Host, text);
    for each in kept {
        let each = tokens(each);
        for code in [&expansion, &plain] {
            assert!(
                self::tokens(code).to_string().contains(&each),
                "{each} in {code}"
            );
        }
    }
    let items = |code: &str| syn::parse_file(code).unwrap().items;
    let [syn::Item::Mod(was), syn::Item::Mod(now)] = [&items(&plain)[0], &items(&expansion)[0]]
    else {
        panic!("{expansion}");
    };
    let count = |module: &syn::ItemMod| module.content.as_ref().unwrap().1.len();
    // Beside `index`, and none beside those in blocks, stands the guard.
    assert_eq!(count(now), count(was) + 1, "{expansion}");
}

/// The tool, which reads the same table in `compat/items/hot_modules.rs`, has the same rule.
#[test]
fn each_kind_of_function_is_an_entry_point_or_is_not() {
    for row in include_str!("modules.txt").lines() {
        let (expected, item) = row.split_once(": ").unwrap();
        let module = format!("mod pages {{ {item} }}");
        for flavour in [Flavour::Group, Flavour::Baseline] {
            let is_registered = hot(flavour, &module).contains("register!");
            assert_eq!(is_registered, expected == "yes", "{item}");
        }
    }
}

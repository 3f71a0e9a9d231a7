//! Symbols of both manglings, and the names in them.

use crate::compat::symbols::key::keys;
use crate::compat::symbols::name::*;

/// Names as `rustc-demangle` prints them, the paths that they stand for, and their keys.
const NAMES: &[(&str, &str, &str)] = &[
    ("pages::footer", "pages::footer", "footer"),
    (
        "pages::m::footer::{{closure}}",
        "pages::m::footer",
        "footer",
    ),
    ("pages::footer::{closure#0}", "pages::footer", "footer"),
    (
        "pages::list::<alloc::string::String>",
        "pages::list",
        "list",
    ),
    ("pages::Guard::new", "pages::Guard::new", "Guard::new"),
    ("<pages::Guard>::new", "pages::Guard::new", "Guard::new"),
    ("<pages::Wrap<_>>::new", "pages::Wrap::new", "Wrap::new"),
    ("pages::Wrap<T>::new", "pages::Wrap::new", "Wrap::new"),
    (
        "pages::m::<impl pages::Guard>::new",
        "pages::Guard::new",
        "Guard::new",
    ),
    (
        "<pages::Guard as core::ops::drop::Drop>::drop",
        "<pages::Guard as core::ops::drop::Drop>::drop",
        "<Guard as Drop>::drop",
    ),
    (
        "<pages::Wrap<alloc::vec::Vec<u8>> as core::ops::Fn<(u8,)>>::call",
        "<pages::Wrap as core::ops::Fn>::call",
        "<Wrap as Fn>::call",
    ),
    (
        "pages::m::<impl pages::Shown for u8>::show::{{closure}}",
        "<u8 as pages::Shown>::show",
        "<u8 as Shown>::show",
    ),
    (
        "<[pages::Guard] as pages::Shown>::show",
        "<[pages::Guard] as pages::Shown>::show",
        "<_ as Shown>::show",
    ),
    (
        "pages::LOCAL::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL",
        "pages::LOCAL",
        "LOCAL",
    ),
    (
        "pages::Guard::new::inner",
        "pages::Guard::new::inner",
        "inner",
    ),
    (
        "pages::call::<fn(u8) -> u8>::{closure#1}",
        "pages::call",
        "call",
    ),
    (
        "core::ptr::drop_in_place::<pages::Guard>",
        "core::ptr::drop_in_place",
        "drop_in_place",
    ),
];

#[test]
fn a_name_is_reduced_to_its_item() {
    for (name, expected, expected_key) in NAMES {
        let path = path(name, false).unwrap();
        assert_eq!(path, *expected, "{name}");
        assert!(
            keys(&path, |_| false).contains(&expected_key.to_string()),
            "{name}"
        );
    }
}

#[test]
fn what_a_trait_provides_is_the_traits() {
    let name = "<app::Home as pages::Screen>::title";
    assert_eq!(path(name, true).as_deref(), Some("pages::Screen::title"));
}

#[test]
fn symbols_of_both_manglings_are_told_apart_by_their_crate() {
    let set = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
    let crates = Crates {
        group: set(&["pages", "widgets"]),
        outside: set(&["app"]),
    };
    for (symbol, expected) in [
        ("_ZN5pages5plain17h21b15cc5105ebd67E", Some("pages::plain")),
        ("_RNvCs1234_5pages5plain", Some("pages::plain")),
        ("_RINvCs1234_5pages7genericlEB2_", Some("pages::generic")),
        (
            "_ZN54_$LT$pages..Guard$u20$as$u20$core..ops..drop..Drop$GT$4drop17h4cec1a965b46a677E",
            Some("<pages::Guard as core::ops::drop::Drop>::drop"),
        ),
        // The host's own impls, of a trait of the group and for a type of the group.
        (
            "_ZN43_$LT$app..Home$u20$as$u20$pages..Screen$GT$4draw17hdca44e6595f4f46aE",
            None,
        ),
        (
            "_ZN43_$LT$pages..Home$u20$as$u20$app..Screen$GT$4draw17hdca44e6595f4f46aE",
            None,
        ),
        // A module of the host's that is named like a crate of the group.
        ("_ZN3app5pages5plain17h21b15cc5105ebd67E", None),
        ("pages_of_a_c_library", None),
        // Those that mold adds for its tables.
        ("_RNvCs4W3j89nDiLO_5pages4page$got", None),
        ("_ZN5pages4page17h4cec1a965b46a677E$plt", None),
        // Impls for types of other crates, and of traits of those: where they stand says whose they are.
        (
            "_ZN5pages1m71_$LT$impl$u20$core..convert..From$LT$pages..Rgb$GT$$u20$for$u20$u32$GT$4from17h707b1ccb9ad1c559E",
            Some("pages::<u32 as core::convert::From>::from"),
        ),
        (
            "_RNvXCsdzN145rPtzV_5pagesmINtNtCsgEmfK2I1SDS_4core7convert4FromNtB2_3RgbE4from",
            Some("pages::<u32 as core::convert::From>::from"),
        ),
        (
            "_RNCNvXs_NtCs4W3j89nDiLO_5pages1mINtNtCsgEmfK2I1SDS_4core6option6OptionINtNtCslNYArtu3iFV_5alloc5boxed3BoxhEEINtNtBz_3cmp9PartialEqNtB8_3RgbE2eq0B8_",
            Some("pages::<core::option::Option as core::cmp::PartialEq>::eq"),
        ),
        // Instances of impls of the standard library, two of them for all types.
        (
            "_RNvXNtCsgEmfK2I1SDS_4core3anyNtCs4W3j89nDiLO_5pages4MarkNtB2_3Any7type_idBt_",
            None,
        ),
        (
            "_RNvXs1_NtCsgEmfK2I1SDS_4core7convertNtCs4W3j89nDiLO_5pages4MarkINtB5_4IntoNtNtCslNYArtu3iFV_5alloc6string6StringE4intoBA_",
            None,
        ),
        (
            "_RINvXse_NtCslNYArtu3iFV_5alloc3vecINtB6_3VecNtCs4W3j89nDiLO_5pages3RgbEINtNtNtNtCsgEmfK2I1SDS_4core4iter6traits7collect12FromIteratorBG_E9from_iterINtNtNtB1e_8adapters3map3MapINtNtNtB1g_5array4iter8IntoIterhKj1_ENcBG_0EEBI_",
            None,
        ),
    ] {
        assert_eq!(
            crates.item(symbol.as_bytes()).unwrap().as_deref(),
            expected,
            "{symbol}"
        );
    }
    let error = crates.item(b"_R2new_5pages5plain").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the symbol `_R2new_5pages5plain` has no name")
    );
    assert!(is_of(
        "<pages::Guard as core::ops::drop::Drop>::drop",
        "pages"
    ));
    assert!(!is_of("pages::footer", "page"));
    let by_argument = "pages::<u32 as core::convert::From>::from";
    assert!(is_of(by_argument, "pages"));
    assert_eq!(keys(by_argument, |_| true), ["<u32 as From>::from"]);
}

#[test]
fn people_are_spared_the_modules_of_a_trait() {
    assert_eq!(
        shown("<pages::Guard as core::ops::drop::Drop>::drop"),
        "<pages::Guard as Drop>::drop"
    );
    assert_eq!(shown("pages::m::footer"), "pages::m::footer");
}

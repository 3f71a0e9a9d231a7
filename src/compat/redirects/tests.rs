//! Which functions are plain, by their symbols and their sources.

use super::*;

#[test]
fn plain_functions_are_told_by_their_symbols() {
    for (symbol, expected) in [
        ("_RNvCs4Q2Qx8jI5j6_1a1f", true),
        ("_RNvNtCs4Q2Qx8jI5j6_1a1m1f", true),
        ("_RNvMCs4Q2Qx8jI5j6_1aNtB2_1S4meth", true),
        ("_RNvXs_Cs4Q2Qx8jI5j6_1aNtB4_1SNtB4_1T3req", true),
        // A provided method, a closure, a generic function, a method of a type with arguments.
        ("_RNvYNtCs4Q2Qx8jI5j6_1a1SNtB4_1T4provB4_", false),
        ("_RNCNvCs4Q2Qx8jI5j6_1a1g0B3_", false),
        ("_RINvCs4Q2Qx8jI5j6_1a1fhEB2_", false),
        ("_RNvMsF_NtCslNYArtu3iFV_5alloc3vecINtB5_3VechE4push", false),
        // A function in a function.
        ("_RNvNvCs4Q2Qx8jI5j6_1a1f1g", false),
        ("_ZN1a1f17h0123456789abcdefE", false),
        ("malloc", false),
    ] {
        assert_eq!(is_plain(symbol.as_bytes()), expected, "{symbol}");
    }
}

#[test]
fn functions_with_opaque_results_are_found_in_sources() {
    let mut opaque = Opaque::default();
    opaque.add(
        "fn a() -> impl Fn() -> u8 { || 1 }\n\
         fn b(f: fn(u8) -> u8) -> Option<Box<impl T>> where u8: Copy { f }\n\
         fn c() -> u8 { impl T for S {} }\n\
         fn simple() -> implied::T;",
    );
    assert!(!opaque.is_anything_unknown());
    let names = |symbol: &str| opaque.may_be(symbol);
    assert!(names("_RNvCs4Q2Qx8jI5j6_1m1a"));
    assert!(names("_RNvCs4Q2Qx8jI5j6_1m1b"));
    assert!(!names("_RNvCs4Q2Qx8jI5j6_1m1c"));
    assert!(!names("_RNvCs4Q2Qx8jI5j6_1m6simple"));
    opaque.add("macro_rules! m { ($n:ident) => { fn $n() -> impl T { S } } }");
    assert!(opaque.is_anything_unknown());
}

//! What a name leads to.

use super::*;
use crate::compat::items::reach::Reach;
use crate::report::text::{of_item, of_unseen};

/// Sources of the crates `p` and `q`, before and now.
type Edit<'a> = &'a [(&'a str, &'a str, &'a str)];

fn unseen(dyn_type: &str, sources: Edit<'_>, files: &[&str]) -> Option<Unseen> {
    let parsed = |source| {
        let reach = Reach::of_text(source);
        (reach.shape, reach.direct)
    };
    let all: Vec<_> = sources
        .iter()
        .map(|(path, was, is)| (Path::new(*path), parsed(was), parsed(is)))
        .collect();
    let pairs: Vec<Pair<'_>> = all
        .iter()
        .map(|(path, was, is)| Pair {
            path,
            was: &was.0,
            is: &is.0,
            direct: Some((&was.1, &is.1)),
        })
        .collect();
    let named = |name: &str| name.to_owned();
    let crates = Crates {
        of_sources: ["p/src/lib.rs", "p/src/m.rs", "q/src/lib.rs"]
            .map(|path| (path.into(), [path[..1].to_owned()].into()))
            .into(),
        // `p` depends on `q` under two names.
        aliases: [(
            named("p"),
            [("q", "q"), ("renamed", "q")]
                .map(|(alias, of)| (named(alias), named(of)))
                .into(),
        )]
        .into(),
    };
    let paths = [(named(dyn_type), format!("dyn {dyn_type}"))].into();
    changed(&paths, &pairs, files, &crates)
}

fn changed_by(was: &str, is: &str) -> Option<String> {
    let found = unseen("p::m::T", &[("p/src/m.rs", was, is)], &["n.in"]);
    found.map(|it| of_item(&it.item))
}

#[test]
fn what_a_name_leads_to_counts() {
    for (was, is, item) in [
        (
            "trait T { fn a(); fn b(); }",
            "trait T { fn b(); fn a(); }",
            "trait T",
        ),
        (
            "trait T: U {} trait U { fn a(); fn b(); }",
            "trait T: U {} trait U { fn b(); fn a(); }",
            "trait U",
        ),
        (
            "trait T { fn a(x: A); } type A = B; struct B(u8);",
            "trait T { fn a(x: A); } type A = B; struct B(u16);",
            "struct B",
        ),
        (
            "trait T { fn a(x: [u8; N]); } const N: usize = 1;",
            "trait T { fn a(x: [u8; N]); } const N: usize = 2;",
            "const N",
        ),
        ("make!(T);", "make!(U);", "make!"),
        (
            "use a::B; trait T { fn a(x: B); }",
            "use c::B; trait T { fn a(x: B); }",
            "use B",
        ),
        (
            "macro_rules! mk { ($n:ident) => { trait $n { fn a(); } } } mk!(T);",
            "macro_rules! mk { ($n:ident) => { trait $n { fn b(); } } } mk!(T);",
            "macro mk",
        ),
        (
            "trait T { fn a(x: [u8; N]); } const N: usize = M; const M: usize = 1;",
            "trait T { fn a(x: [u8; N]); } const N: usize = M; const M: usize = 2;",
            "const M",
        ),
        (
            "use a::*; trait T { fn a(x: B); }",
            "use c::*; trait T { fn a(x: B); }",
            "use a::*",
        ),
        (
            "trait T { fn a(x: <D as C>::E); } impl C for F { type E = u8; }",
            "trait T { fn a(x: <D as C>::E); } impl C for F { type E = u16; }",
            "impl type E",
        ),
        // A type of another crate may have a field of it.
        (
            "trait T { fn a(x: Wrapped<D>); } struct D; impl C for D { type E = u8; }",
            "trait T { fn a(x: Wrapped<D>); } struct D; impl C for D { type E = u16; }",
            "impl type E",
        ),
        (
            "trait T { fn a(x: Wrapped<D>); } impl<X> C for X { type E = u8; }",
            "trait T { fn a(x: Wrapped<D>); } impl<X> C for X { type E = u16; }",
            "impl type E",
        ),
        (
            "trait r#T { fn a(); fn b(); }",
            "trait r#T { fn b(); fn a(); }",
            "trait r#T",
        ),
        (
            "trait T { fn a(x: inner::B); } mod inner { struct B(u8); }",
            "trait T { fn a(x: inner::B); } mod inner { struct B(u16); }",
            "struct inner::B",
        ),
        ("mod m { trait T { fn a(); } }", "mod m {}", "trait m::T"),
        ("trait T { fn a(); }", "", "trait T"),
    ] {
        assert_eq!(changed_by(was, is).as_deref(), Some(item), "{is}");
    }
}

#[test]
fn what_no_name_leads_to_does_not() {
    for (was, is) in [
        (
            "trait T { fn a(x: A); } struct A; struct B(u8); fn f() { 1 }",
            "trait T { fn a(x: A); } struct A; struct B(u16); fn f() { 2 }",
        ),
        // Names of other things.
        (
            "trait T { fn B(B: A); } struct A { B: u8 } struct B(u8);",
            "trait T { fn B(B: A); } struct A { B: u8 } struct B(u16);",
        ),
        // A type of another crate has the same name.
        (
            "trait T { fn a(x: other::B); } mod inner { struct B(u8); }",
            "trait T { fn a(x: other::B); } mod inner { struct B(u16); }",
        ),
        (
            "trait T { fn a(x: A); } struct A; impl C for B { type E = u8; }",
            "trait T { fn a(x: A); } struct A; impl C for B { type E = u16; }",
        ),
        // All that the trait needs is known: neither a glob nor a macro brings it.
        (
            "trait T { fn a(x: A) -> Option<u8>; } struct A; use a::*; thread_local! { X }",
            "trait T { fn a(x: A) -> Option<u8>; } struct A; use b::*; thread_local! { Y }",
        ),
        (
            "trait T { fn a(x: B); } struct B; #[cfg(test)] mod tests { struct B(u8); }",
            "trait T { fn a(x: B); } struct B; #[cfg(test)] mod tests { struct B(u16); }",
        ),
    ] {
        assert_eq!(changed_by(was, is), None, "{is}");
    }
    let other = &[("p/src/m.rs", "trait U { fn a(); }", "trait U { fn b(); }")];
    assert_eq!(unseen("p::m::T", other, &[]), None);
}

#[test]
fn names_are_those_of_their_crate() {
    let of_p = "pub struct B(u8);";
    for (uses, is_used) in [
        ("use crate::m::B; pub trait T { fn a(x: B); }", false),
        ("use q::B; pub trait T { fn a(x: B); }", true),
        ("use renamed::{C as B}; pub trait T { fn a(x: B); }", false),
        ("use renamed::{B as C}; pub trait T { fn a(x: C); }", true),
        ("use q; pub trait T { fn a(x: q::B); }", true),
        ("pub trait T { fn a(x: ::q::inner::B); }", true),
        ("pub trait T { fn a(x: other::B); }", false),
        ("use other::q::B; pub trait T { fn a(x: B); }", false),
        ("use q::*; pub trait T { fn a(x: B); }", true),
        ("use other::*; pub trait T { fn a(x: B); }", false),
        ("use std::q::B; pub trait T { fn a(x: B); }", false),
        (
            "pub use q as again; pub trait T { fn a(x: again::B); }",
            true,
        ),
    ] {
        let sources = &[
            ("p/src/lib.rs", uses, uses),
            ("p/src/m.rs", of_p, of_p),
            ("q/src/lib.rs", "pub struct B(u8);", "pub struct B(u16);"),
        ];
        let found = unseen("p::T", sources, &[]);
        assert_eq!(found.is_some(), is_used, "{uses}");
    }
}

#[test]
fn a_trait_is_the_one_of_its_module() {
    let (was, is) = ("pub trait T { fn a(); }", "pub trait T { fn b(); }");
    let moved = "#[path = \"m.rs\"] mod other;";
    for (lib, dyn_type, expected) in [
        ("", "p::m::T", true),
        ("", "p::T", false),
        (moved, "p::T", true),
        ("include!(\"m.rs\");", "p::T", true),
    ] {
        let lib = format!("{lib} pub trait T {{}}");
        let sources = &[("p/src/lib.rs", &*lib, &*lib), ("p/src/m.rs", was, is)];
        assert_eq!(unseen(dyn_type, sources, &[]).is_some(), expected, "{lib}");
    }
}

#[test]
fn the_dyn_type_is_named_with_the_way_to_the_item() {
    for (was, is, expected) in [
        (
            "trait T { fn a(); }",
            "trait T { fn b(); }",
            "`trait T` changed in a way that type layouts don't record, via `dyn p::m::T`",
        ),
        (
            "trait T { fn a(x: A); } struct A { b: B } struct B(u8);",
            "trait T { fn a(x: A); } struct A { b: B } struct B(u16);",
            "`struct B` changed in a way that type layouts don't record, via `dyn p::m::T` -> `A`",
        ),
        // The nearest of two.
        (
            "trait T { fn a(x: A); } struct A { b: B } struct B(u8);",
            "trait T { fn a(x: A); } struct A { b: B, c: u8 } struct B(u16);",
            "`struct A` changed in a way that type layouts don't record, via `dyn p::m::T`",
        ),
    ] {
        let found = unseen("p::m::T", &[("p/src/m.rs", was, is)], &[]);
        assert_eq!(found.as_ref().map(of_unseen).as_deref(), Some(expected));
    }
}

#[test]
fn a_file_counts_where_a_macro_reads_it_for_what_is_reached() {
    let array = "trait T { fn a(x: [u8; N]); }";
    for (source, expected) in [
        (
            format!("{array} const N: usize = include!(\"n.in\");"),
            true,
        ),
        (
            format!("{array} const N: usize = include!(\"a/n.in\");"),
            true,
        ),
        (
            format!("{array} const N: usize = include_str!(\"n.in\").len();"),
            true,
        ),
        (
            format!("{array} const N: usize = include!(concat!(env!(\"D\"), \"/n.in\"));"),
            true,
        ),
        (
            format!("{array} const N: usize = include!(env!(\"N\"));"),
            true,
        ),
        (
            format!("{array} const N: usize = include!(\"other.in\");"),
            false,
        ),
        (
            format!("{array} const N: usize = 1; const M: &str = include_str!(\"n.in\");"),
            false,
        ),
        (
            format!("{array} const N: usize = 1; fn f() {{ include_str!(\"n.in\") }}"),
            false,
        ),
        ("include!(\"n.in\");".to_owned(), true),
        ("table!(\"n.in\");".to_owned(), true),
        (
            "trait T { fn a(x: A); } struct A { include: bool, included: u8 }".to_owned(),
            false,
        ),
    ] {
        let found = unseen("p::m::T", &[("p/src/m.rs", &source, &source)], &["n.in"]);
        let found = found.map(|it| of_item(&it.item));
        assert_eq!(
            found.as_deref(),
            expected.then_some("file n.in"),
            "{source}"
        );
    }
}

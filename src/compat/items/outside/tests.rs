//! Edits that can't reach a host, and edits that can.

use crate::compat::items::outside::*;
use crate::compat::items::reach::Reach;
use crate::compat::symbols::{Redirect, Use};
use crate::decide::Reason;
use crate::report::text::{self, of_item, of_unreachable};

const PAGES: &str = "pages/src/lib.rs";

/// A host, and what the group was when it was built.
#[derive(Default)]
struct Host {
    /// Paths of functions that it has.
    uses: &'static [&'static str],
    /// Paths of functions that it calls through trampolines.
    redirects: &'static [&'static str],
    /// Its source.
    text: &'static str,
    is_inlined: bool,
}

impl Host {
    fn unreachable(&self, was: &str, now: &str) -> Option<String> {
        self.unreachable_in(PAGES, was, now)
    }

    fn unreachable_in(&self, path: &str, was: &str, now: &str) -> Option<String> {
        let its = Use {
            is_data: false,
            user: "app".to_owned(),
            is_program: false,
            by_way_of: None,
        };
        let uses = self.uses.iter();
        let redirects = self.redirects.iter().map(|it| Redirect {
            symbol: String::new(),
            path: (*it).to_owned(),
            of_crate: "pages".to_owned(),
            user: "app".to_owned(),
        });
        let path = Path::new(path);
        let outside = Outside {
            symbols: HostSymbols {
                uses: uses.map(|it| ((*it).to_owned(), its.clone())).collect(),
                redirects: redirects.collect(),
                ..HostSymbols::default()
            },
            crates: Crates {
                of_sources: [PAGES, "pages/card.txt"]
                    .map(|it| (PathBuf::from(it), BTreeSet::from(["pages".to_owned()])))
                    .into(),
                ..Crates::default()
            },
            is_inlined: self.is_inlined,
        };
        let of = |text: &str| Reach::of_text(text).direct;
        let (was, now) = (of(was), of(now));
        let file = Direct::default();
        let baseline = vec![
            (Path::new(PAGES), &was),
            (Path::new("pages/card.txt"), &file),
        ];
        let user = PathBuf::from("app/src/main.rs");
        let texts = || vec![(&user, self.text.to_owned())];
        let found = outside.unreachable(path, &now, &baseline, texts)?;
        Some(match found {
            Unreachable::Named { item, .. } => of_item(&item),
            found => {
                let sentence = of_unreachable(&found, PAGES);
                let reason = Reason::Direct {
                    path: PAGES.to_owned(),
                    found: Box::new(found),
                };
                let help = text::help(&reason).map(|help| format!("\nhelp: {help}"));
                sentence + &help.unwrap_or_default()
            }
        })
    }
}

#[test]
fn what_the_host_has_is_named_with_what_to_do() {
    let host = Host {
        uses: &[
            "pages::f",
            "pages::m::S::new",
            "pages::uid_t::get",
            "pages::match",
            "<pages::S as core::ops::drop::Drop>::drop",
            "<pages::Real as pages::T>::shown",
        ],
        ..Host::default()
    };
    let says = |item: &str, marked: &str| {
        let help = match marked {
            "" => String::new(),
            marked => format!(
                "\nhelp: to make it reloadable, mark {marked} with `#[hotmod::hot]`: `cargo hotmod init --mark \
                 pages/src/lib.rs:1`"
            ),
        };
        format!("`{item}` changed, and `app` calls it directly{help}")
    };
    for (was, now, expected) in [
        (
            "fn f() { 1 }",
            "fn f() { 2 }",
            says("pages::f", "`pages::f`"),
        ),
        (
            "fn f() { 1 }",
            "",
            says("pages::f", ""),
        ),
        (
            "fn f<T>() { 1 }",
            "fn f<T>() { 2 }",
            says("pages::f", ""),
        ),
        (
            "fn f() { 1 }",
            "#[hot] fn f() { 1 }",
            "`pages::f` changed, and `app` calls it directly; its `#[hotmod::hot]` takes effect with this restart"
                .to_owned(),
        ),
        (
            "struct S; impl S { fn new() { 1 } }",
            "struct S; impl S { fn new() { 2 } }",
            says("pages::m::S::new", "the impl block of `pages::m::S::new`"),
        ),
        (
            "struct uid_t; impl uid_t { fn get() { 1 } }",
            "struct uid_t; impl uid_t { fn get() { 2 } }",
            says("pages::uid_t::get", "the impl block of `pages::uid_t::get`"),
        ),
        (
            "mod uid_t { fn get() { 1 } }",
            "mod uid_t { fn get() { 2 } }",
            says("pages::uid_t::get", "`pages::uid_t::get`"),
        ),
        (
            "fn r#match() { 1 }",
            "fn r#match() { 2 }",
            says("pages::match", "`pages::match`"),
        ),
        (
            "struct S; impl Drop for S { fn drop() { 1 } }",
            "struct S; impl Drop for S { fn drop() { 2 } }",
            says("<pages::S as Drop>::drop", ""),
        ),
        // An alias, or a name that a macro made, is not the name that symbols have.
        (
            "impl T for Alias { fn shown() { 1 } }",
            "impl T for Alias { fn shown() { 2 } }",
            says("<pages::Real as T>::shown", "the impl block of `<pages::Real as T>::shown`"),
        ),
    ] {
        let found = host.unreachable(was, now);
        assert_eq!(found.as_ref(), Some(&expected), "{now}");
    }
}

#[test]
fn what_is_compiled_into_that_is_found() {
    let host = Host {
        uses: &["pages::f"],
        ..Host::default()
    };
    for (was, now) in [
        (
            "const N: u8 = 1; fn f() { N }",
            "const N: u8 = 2; fn f() { N }",
        ),
        (
            "const N: u8 = 1; const M: u8 = N; fn f() { M }",
            "const N: u8 = 2; const M: u8 = N; fn f() { M }",
        ),
        (
            "macro_rules! m { () => { 1 } } fn f() { m!() }",
            "macro_rules! m { () => { 2 } } fn f() { m!() }",
        ),
        ("use a::g; fn f() { g() }", "use b::g; fn f() { g() }"),
        (
            "#[inline(always)] fn g() { 1 } fn f() { g() }",
            "#[inline(always)] fn g() { 2 } fn f() { g() }",
        ),
    ] {
        let found = host.unreachable(was, now).unwrap_or_default();
        assert!(
            found.contains(" changed; it is compiled into `pages::f`, which `app` calls directly"),
            "{now}: {found}"
        );
    }
    let with_file = "fn f() { include_str!(\"../card.txt\") }";
    let found = host.unreachable_in("pages/card.txt", with_file, with_file);
    assert!(found.is_some_and(|it| it.starts_with("`file card.txt` changed")));
}

#[test]
fn a_redirected_function_keeps_its_signature() {
    let host = Host {
        redirects: &["pages::f", "pages::S::of"],
        ..Host::default()
    };
    for (was, now, reason) in [
        ("fn f() { 1 }", "fn f() { 2 }", None),
        (
            "fn f(a: u8) {}",
            "fn f(a: u16) {}",
            Some("the signature of `pages::f` changed, and `app` calls it directly"),
        ),
        (
            "#[track_caller] fn f() {}",
            "fn f() {}",
            Some("the signature of `pages::f` changed, and `app` calls it directly"),
        ),
        (
            "impl S { fn of() {} }",
            "impl S {}",
            Some("`pages::S::of` was removed or moved, and `app` calls it directly"),
        ),
        (
            "fn f() {}",
            "#[hotmod::hot] fn f() {}",
            Some(
                "`pages::f` changed, and `app` calls it directly; its `#[hotmod::hot]` takes effect with this restart",
            ),
        ),
    ] {
        assert_eq!(host.unreachable(was, now).as_deref(), reason, "{now}");
    }
}

#[test]
fn what_has_no_symbol_counts_by_its_name() {
    let host = Host {
        text: "fn main() { pages::N; pages::m!(); pages::g::<u8>(); pages::h(); a.k() }",
        ..Host::default()
    };
    for (was, now, item) in [
        ("const N: u8 = 1;", "const N: u8 = 2;", Some("const N")),
        (
            "const A: u8 = 1; pub const N: u8 = A;",
            "const A: u8 = 2; pub const N: u8 = A;",
            Some("const A"),
        ),
        ("pub fn g<T>() { 1 }", "pub fn g<T>() { 2 }", Some("fn g")),
        (
            "#[inline] pub fn h() { 1 }",
            "#[inline] pub fn h() { 2 }",
            Some("fn h"),
        ),
        ("pub use a::h;", "pub use b::h;", Some("use h")),
        (
            "impl S { const fn k() { 1 } }",
            "impl S { const fn k() { 2 } }",
            Some("fn k"),
        ),
        ("use a::h;", "use b::h;", None),
        ("const OTHER: u8 = 1;", "const OTHER: u8 = 2;", None),
        // Symbols would show it.
        ("pub fn h() { 1 }", "pub fn h() { 2 }", None),
        (
            "#[inline(never)] pub fn h() { 1 }",
            "#[inline(never)] pub fn h() { 2 }",
            None,
        ),
        (
            "impl S { pub fn k() { 1 } }",
            "impl S { pub fn k() { 2 } }",
            None,
        ),
    ] {
        assert_eq!(host.unreachable(was, now).as_deref(), item, "{now}");
    }
}

#[test]
fn optimised_code_counts_by_its_name_too() {
    let host = Host {
        uses: &["pages::f"],
        text: "fn main() { pages::f(); pages::h(); a.k() }",
        is_inlined: true,
        ..Host::default()
    };
    for (was, now, is_found) in [
        ("pub fn h() { 1 }", "pub fn h() { 2 }", true),
        (
            "fn g() { 1 } fn h() { g() }",
            "fn g() { 2 } fn h() { g() }",
            true,
        ),
        (
            "fn g() { 1 } fn f() { g() }",
            "fn g() { 2 } fn f() { g() }",
            true,
        ),
        (
            "impl S { pub fn k() { 1 } }",
            "impl S { pub fn k() { 2 } }",
            true,
        ),
        (
            "struct S; impl Drop for S { fn drop() { 1 } }",
            "struct S; impl Drop for S { fn drop() { 2 } }",
            true,
        ),
        (
            "trait T { fn t(); } struct S; impl T for S { fn t() { 1 } }",
            "trait T { fn t(); } struct S; impl T for S { fn t() { 2 } }",
            false,
        ),
        (
            "fn g() { 1 } #[hot] fn page() { g() }",
            "fn g() { 2 } #[hot] fn page() { g() }",
            false,
        ),
    ] {
        assert_eq!(host.unreachable(was, now).is_some(), is_found, "{now}");
    }
}

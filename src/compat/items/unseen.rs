//! Changed items that a name leads to, where no layout shows them.
//!
//! The name of a `dyn` type says which trait it is of, and what its methods take; nothing says more.
//! So whatever these names may stand for counts: an item of such a name, and all that its tokens
//! name. Which of several items of one name is meant, only the compiler knows. What may stand for
//! anything counts always: a macro that is called between items, a glob import, an associated type.

use std::collections::BTreeSet;

use crate::base::closure::closure;

use super::direct::Direct;
use super::item::{Item, ItemKind, last_name};
use super::shape::Shape;

/// A source as some generation was made of it, and as it is now.
pub(crate) struct Pair<'a> {
    pub(crate) was: &'a Shape,
    pub(crate) is: &'a Shape,
    /// What other items may be computed with, of the baseline and now.
    pub(crate) direct: Option<(&'a Direct, &'a Direct)>,
}

/// The first item that changed and that one of these paths leads to. `included` is a file that changed
/// and is no Rust by itself.
pub(crate) fn changed(
    paths: &BTreeSet<String>,
    sources: &[Pair<'_>],
    included: Option<&str>,
) -> Option<Item> {
    let names = paths.iter().map(|path| without_raw(last_name(path)));
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    if names.is_empty() {
        return None;
    }
    let shapes = || sources.iter().flat_map(|it| [it.was, it.is]);
    let directs = || sources.iter().filter_map(|it| it.direct);
    let names = closure(names, |names| {
        let items = shapes().flat_map(Shape::items);
        let reached = items.filter(|(item, _)| counts(item, names));
        let computed = directs().flat_map(|(was, is)| [was, is]);
        let computed = computed.flat_map(|it| it.words_of(names));
        let words = reached.flat_map(|(_, words)| words).chain(computed);
        words.map(str::to_owned).collect()
    });
    sources
        .iter()
        .find_map(|source| {
            let direct = source.direct.into_iter();
            let computed = direct.flat_map(|(was, is)| was.changed_in_kind(is));
            let computed = computed.map(|(kind, name)| Item::new(kind, name));
            let items = source.was.changed(source.is).into_iter().chain(computed);
            let mut items = items.filter(|item| counts(item, &names));
            items.next()
        })
        .or_else(|| {
            let mut words = names.iter();
            let includes = words.any(|word| word.starts_with("include"));
            included
                .filter(|_| includes)
                .map(|file| Item::new(ItemKind::File, file))
        })
}

/// Whether one of these names leads to an item.
fn counts(item: &Item, names: &BTreeSet<String>) -> bool {
    item.stands_for_any() || names.contains(without_raw(item.last_name()))
}

/// A name as debug information has it.
fn without_raw(name: &str) -> &str {
    name.trim_start_matches("r#")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse::look_at_file;
    use crate::report::text::of_item;

    fn changed_by(names: &[&str], was: &str, is: &str) -> Option<String> {
        let shape = |source| look_at_file(source, Shape::of).unwrap_or_default();
        let direct = |source| look_at_file(source, Direct::of).unwrap_or_default();
        let names = names.iter().map(|it| (*it).to_owned()).collect();
        let pair = Pair {
            was: &shape(was),
            is: &shape(is),
            direct: Some((&direct(was), &direct(is))),
        };
        changed(&names, &[pair], Some("n.in")).as_ref().map(of_item)
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
                "impl C for D { type E = u8; }",
                "impl C for D { type E = u16; }",
                "impl type E",
            ),
            (
                "trait r#T { fn a(); fn b(); }",
                "trait r#T { fn b(); fn a(); }",
                "trait r#T",
            ),
            (
                "trait T { fn a(x: [u8; N]); } const N: usize = include!(\"n.in\");",
                "trait T { fn a(x: [u8; N]); } const N: usize = include!(\"n.in\");",
                "file n.in",
            ),
            ("mod m { trait T { fn a(); } }", "mod m {}", "trait m::T"),
            ("trait T { fn a(); }", "", "trait T"),
        ] {
            assert_eq!(
                changed_by(&["p::m::T"], was, is).as_deref(),
                Some(item),
                "{is}"
            );
        }
    }

    #[test]
    fn what_no_name_leads_to_does_not() {
        let was = "trait T { fn a(x: A); } struct A; struct B(u8); fn f() { 1 }";
        let is = "trait T { fn a(x: A); } struct A; struct B(u16); fn f() { 2 }";
        assert_eq!(changed_by(&["p::T"], was, is), None);
        assert_eq!(changed_by(&[], was, is), None);
    }
}

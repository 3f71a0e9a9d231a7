//! How items are taken apart, in every shape that rustc lets through, and as macros make them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::super::expand_hot;
use super::super::grammar::{self, Block, Function, Item, Member};
use super::super::session::{Flavour, Session};
use super::super::template::Part;
use super::super::tokens::without_invisible;
use super::errors::messages;
use super::tokens;

/// Each `invisible!(…)` as the group that `macro_rules` puts around what a fragment matched.
fn with_invisible(stream: TokenStream) -> TokenStream {
    let mut trees = stream.into_iter().peekable();
    let mut made = TokenStream::new();
    while let Some(mut tree) = trees.next() {
        let mut delimiter = None;
        if tree.to_string() == "invisible" {
            trees.next();
            tree = trees.next().unwrap();
            delimiter = Some(Delimiter::None);
        }
        if let TokenTree::Group(group) = &tree {
            let delimiter = delimiter.unwrap_or(group.delimiter());
            tree = Group::new(delimiter, with_invisible(group.stream())).into();
        }
        made.extend([tree]);
    }
    made
}

/// The text of the tokens, whether or not some are in invisible groups, and however they are
/// spaced.
fn text(stream: TokenStream) -> String {
    let written = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => {
            let empty = Group::new(group.delimiter(), TokenStream::new()).to_string();
            let empty = empty.replace(' ', "");
            let (open, close) = empty.split_at(empty.len() / 2);
            format!("{open}{}{close}", text(group.stream()))
        }
        other => other.to_string(),
    };
    let trees = without_invisible(stream);
    trees.iter().map(written).collect::<Vec<_>>().join(" ")
}

fn function(item: &str) -> Function {
    match grammar::parse(with_invisible(tokens(item))) {
        Ok(Item::Function(function)) => *function,
        Ok(Item::Impl(_) | Item::Module(_)) => panic!("no function: {item}"),
        Err(error) => panic!("{error:?}: {item}"),
    }
}

fn block(item: &str) -> Block {
    match grammar::parse(with_invisible(tokens(item))) {
        Ok(Item::Impl(block)) => *block,
        Ok(Item::Function(_) | Item::Module(_)) => panic!("no impl: {item}"),
        Err(error) => panic!("{error:?}: {item}"),
    }
}

#[test]
fn what_a_macro_made_expands_as_what_was_written() {
    for (made, written) in [
        (
            "invisible!(pub(crate)) fn f(invisible!(mut a): invisible!(&dyn A), invisible!(_): u8) -> \
             invisible!(Vec<u8>) invisible!({ a.f() })",
            "pub(crate) fn f(mut a: &dyn A, _: u8) -> Vec<u8> { a.f() }",
        ),
        (
            "#[invisible!(doc = \"x\")] #[invisible!(inline)] invisible!() fn f(a: invisible!(invisible!(u8))) {}",
            "#[doc = \"x\"] #[inline] fn f(a: u8) {}",
        ),
        (
            "invisible!(#[cfg(a)] pub async unsafe extern invisible!(\"Rust\") fn f() -> invisible!(!) { loop {} })",
            "#[cfg(a)] pub async unsafe extern \"Rust\" fn f() -> ! { loop {} }",
        ),
        (
            "impl invisible!(Tr<Self>) for invisible!(View<'static>) where invisible!(Self): Sized { invisible!(fn f(&self) {}) }",
            "impl Tr<Self> for View<'static> where Self: Sized { fn f(&self) {} }",
        ),
        (
            "impl invisible!(View) { invisible!(pub) fn f(self: invisible!(Box<Self>)) {} }",
            "impl View { pub fn f(self: Box<Self>) {} }",
        ),
    ] {
        for flavour in [Flavour::Baseline, Flavour::Group] {
            let expand = |item| {
                let session = Session::new(flavour, "hotmod");
                text(expand_hot(TokenStream::new(), item, &session))
            };
            let expansion = expand(with_invisible(tokens(made)));
            assert_eq!(expansion, expand(tokens(written)));
        }
    }
}

fn invisible(stream: TokenStream) -> Vec<String> {
    let groups = stream.into_iter().filter_map(|tree| match tree {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    let found = groups.flat_map(|group| match group.delimiter() {
        Delimiter::None => vec![group.stream().to_string()],
        _ => invisible(group.stream()),
    });
    found.collect()
}

#[test]
fn types_stay_in_the_groups_that_hold_them_together() {
    let session = Session::new(Flavour::Baseline, "hotmod");
    let item = with_invisible(tokens(
        "fn f(a: &invisible!(dyn A + B)) -> &invisible!(dyn A + B) { a }",
    ));
    let expansion = expand_hot(TokenStream::new(), item, &session);
    assert_eq!(invisible(expansion), ["dyn A + B", "dyn A + B"]);
}

#[test]
fn arguments_are_parted_outside_of_all_brackets() {
    // Each argument as its pattern and its type; `self` with what it is.
    for (item, arguments) in [
        ("fn f() {}", &[] as &[&str]),
        (
            "fn f(a: HashMap<u8, Vec<u8>>, b: u8,) {}",
            &["a / HashMap < u8 , Vec < u8 > >", "b / u8"],
        ),
        (
            "fn f(a:&u8, ::m::S{a: x, ..}: ::m::S) {}",
            &["a / & u8", ": : m : : S {a : x , . .} / : : m : : S"],
        ),
        (
            "fn f(A::<u8, u8>(x): A<u8, u8>) {}",
            &["A : : < u8 , u8 > (x) / A < u8 , u8 >"],
        ),
        (
            "fn f(<T as Tr<u8, u8>>::S(x): T) {}",
            &["< T as Tr < u8 , u8 > > : : S (x) / T"],
        ),
        (
            "fn f(self::S(x): self::S) {}",
            &["self : : S (x) / self : : S"],
        ),
        (
            "fn f(a: fn(u8, u8) -> u8, b: Box<dyn Fn(u8) -> A<u8, u8>>) {}",
            &[
                "a / fn (u8 , u8) - > u8",
                "b / Box < dyn Fn (u8) - > A < u8 , u8 > >",
            ],
        ),
        (
            "fn f(a: A<{ 1 < 2 }, -1>, b: [u8; N < M]) {}",
            &["a / A < {1 < 2} , - 1 >", "b / [u8 ; N < M]"],
        ),
        (
            "fn f(#[a(x, y)] &(mut a, b): &(u8, u8)) {}",
            &["& (mut a , b) / & (u8 , u8)"],
        ),
        (
            "fn f(x @ 1..=2: u8, ref mut y: u8) {}",
            &["x @ 1 . . = 2 / u8", "ref mut y / u8"],
        ),
        ("fn f(r#type: r#type::T) {}", &["r#type / r#type : : T"]),
        (
            "fn f(m!{a: b}: m!{c, d}, e: u8) {}",
            &["m ! {a : b} / m ! {c , d}", "e / u8"],
        ),
        ("fn f(&self, a: u8) {}", &["& self", "a / u8"]),
        ("fn f(#[a] &'a mut self) {}", &["& ' a mut self"]),
        ("fn f(mut self: Box<Self>) {}", &["mut self / Box < Self >"]),
        (
            "unsafe extern \"C\" fn f(a: u8, ...) {}",
            &["a / u8", ". . ."],
        ),
    ] {
        let parts = function(item).signature.arguments.into_iter().map(|it| {
            let pattern = text(it.pattern);
            it.ty
                .map_or(pattern.clone(), |ty| format!("{pattern} / {}", text(ty)))
        });
        assert_eq!(parts.collect::<Vec<_>>(), arguments, "{item}");
    }
}

#[test]
fn a_signature_ends_where_its_body_begins() {
    for (item, output, body) in [
        ("fn f() { 1 }", "", "1"),
        ("fn f() -> ! { 2 }", "!", "2"),
        ("fn f() -> A<{ 1 }> { 3 }", "A < {1} >", "3"),
        ("fn f() -> m! { 1 } { 4 }", "m ! {1}", "4"),
        (
            "fn f() -> [(); { 1 }] where [(); { N }]:, A<{ 1 }>: B { 5 }",
            "[() ; {1}]",
            "5",
        ),
        (
            "fn f<'a>() -> Box<dyn for<'b> Fn(&'b u8) -> &'a u8 + 'a> { 6 }",
            "Box < dyn for < ' b > Fn (& ' b u8) - > & ' a u8 + ' a >",
            "6",
        ),
        (
            "fn f() -> <A as B<{ 1 }>>::C where Self: Sized, { #![allow(a)] #![doc = \"b\"] 7 }",
            "< A as B < {1} > > : : C",
            "7",
        ),
    ] {
        let function = function(item);
        assert_eq!(text(function.signature.output.ty.clone()), output, "{item}");
        assert_eq!(text(function.body.stream()), body, "{item}");
        let whole = function.with_statements(&function.body.stream());
        assert_eq!(text(whole), text(tokens(item)));
    }
}

#[test]
fn an_impl_header_has_a_trait_a_type_and_conditions() {
    for (header, of_trait, self_type, conditions) in [
        ("impl A", "", "A", ""),
        (
            "unsafe impl<'a, 'b: 'a> m::Tr<'a> for A<'b> where A<'b>: 'a,",
            "m : : Tr < ' a >",
            "A < ' b >",
            "where A < ' b > : ' a ,",
        ),
        ("impl <A as B>::C", "", "< A as B > : : C", ""),
        ("impl <T::A as B>::C", "", "< T : : A as B > : : C", ""),
        ("impl<> A", "", "A", ""),
        ("impl<E: ::m::Tr> Tr for A", "Tr", "A", ""),
        ("impl<E:Tr> Tr for A", "Tr", "A", ""),
        ("impl<#[cfg(a)] 'a> A<'a>", "", "A < ' a >", ""),
        ("impl Tr for <A as B>::C", "Tr", "< A as B > : : C", ""),
        ("impl Fn(A) -> B for C", "Fn (A) - > B", "C", ""),
        ("impl !Send for A", "Send", "A", ""),
        ("impl const Tr for A", "Tr", "A", ""),
        (
            "impl dyn for<'a> Tr<'a>",
            "",
            "dyn for < ' a > Tr < ' a >",
            "",
        ),
        (
            "impl Tr for for<'a> fn(&'a u8)",
            "Tr",
            "for < ' a > fn (& ' a u8)",
            "",
        ),
        (
            "impl Tr<dyn for<'a> Fn(&'a u8)> for A",
            "Tr < dyn for < ' a > Fn (& ' a u8) >",
            "A",
            "",
        ),
        (
            "impl Tr for dyn A + for<'a> B<'a> + '_",
            "Tr",
            "dyn A + for < ' a > B < ' a > + ' _",
            "",
        ),
        (
            "impl Tr for A<{ 1 }> where [(); { 1 }]:",
            "Tr",
            "A < {1} >",
            "where [() ; {1}] :",
        ),
        (
            "#[doc = \"a\"] default impl Tr for [A; 2]",
            "Tr",
            "[A ; 2]",
            "",
        ),
    ] {
        let item = format!("{header} {{ #![allow(a)] fn f() {{}} }}");
        let block = block(&item);
        let found = block.header.of_trait.clone().unwrap_or_default();
        assert_eq!(text(found), of_trait, "{header}");
        assert_eq!(text(block.header.self_type.clone()), self_type, "{header}");
        assert_eq!(
            text(block.header.conditions.clone()),
            conditions,
            "{header}"
        );
        let whole = block.with_members(&tokens("fn f() {}"));
        assert_eq!(text(whole), text(tokens(&item)));
    }
}

#[test]
fn members_that_are_no_functions_stay_as_they_are() {
    let members = [
        ("const A: bool = B < C;", false),
        ("pub const N: u8 = if A < B { 1 } else { 2 };", false),
        ("const _: () = { fn f() {} };", false),
        ("default const A: u8 = 1;", false),
        (
            "#[doc = \"a\"] type Out<'a> = Vec<u8> where Self: 'a;",
            false,
        ),
        ("m! { fn f() {} }", false),
        ("::m::n!(fn f() {});", false),
        ("default! { a }", false),
        ("#[a] pub default unsafe fn f() -> m! { a } {}", true),
        (
            "pub(in crate::a) async fn g(&self) { const A: u8 = 1; }",
            true,
        ),
        ("const fn h() {}", true),
        ("extern \"C\" fn i() {}", true),
        ("fn r#gen() {}", true),
    ];
    let item: String = members.iter().map(|(member, _)| *member).collect();
    let block = block(&format!("impl A {{ {item} }}"));
    let read = block.members.into_iter().map(|member| match member {
        Member::Function(it) => (text(it.with_statements(&it.body.stream())), true),
        Member::Other(tokens) => (text(tokens), false),
    });
    let expected = members
        .iter()
        .map(|(member, is_function)| (text(tokens(member)), *is_function));
    assert_eq!(read.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn an_item_of_unknown_syntax_is_refused() {
    for item in [
        "fn f(u8) {}",
        "fn f { }",
        "impl A = B;",
        "impl A { fn f {} }",
    ] {
        let session = Session::new(Flavour::Group, "hotmod");
        let expansion = expand_hot(TokenStream::new(), tokens(item), &session);
        let expected = "`#[hot]` does not support the syntax of this item\n\
                        put it on another function that calls this one";
        assert_eq!(messages(&expansion), [expected], "{item}");
    }
}

#[test]
fn parts_are_written_as_they_were_read() {
    let item = "#[a] pub(crate) async unsafe extern \"C\" fn f<'a, #[b] const N: usize = 1, T: A<B> = C>\
                (#[c] &'a self, #[d] (x, y): (T, [u8; N])) -> Result<T, T> where T: 'a, Self: Sized {}";
    let function = function(item);
    let signature = item
        .strip_prefix("#[a] ")
        .unwrap()
        .strip_suffix(" {}")
        .unwrap();
    assert_eq!(text(function.signature.tokens()), text(tokens(signature)));
    let parameters = function.signature.generics.parameters;
    let names: Vec<_> = parameters.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["'a", "N", "T"]);
}

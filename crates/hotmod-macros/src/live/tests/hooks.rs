//! `#[setup]` and `#[teardown]`.

use proc_macro2::TokenStream;

use super::super::expand_hook;
use super::super::hook::Hook;
use super::super::session::{Flavour, Session};
use super::errors::messages;
use super::{assert_same, pretty, tokens};

fn hook(hook: Hook, flavour: Flavour, item: &str) -> TokenStream {
    let session = Session::new(flavour, "hotmod");
    expand_hook(hook, TokenStream::new(), tokens(item), &session)
}

#[test]
fn a_hook_leaves_a_record_beside_it() {
    let item = "#[cfg(unix)] #[inline] fn begin() -> Result<(), Error> { load()? }";
    assert_same(
        &pretty(hook(Hook::Setup, Flavour::Group, item)),
        r"
#[cfg(unix)]
#[inline]
fn begin() -> Result<(), Error> {
    load()?
}
#[cfg(unix)]
::hotmod::__private::hook!(setup, begin);
use {};
",
    );
    for flavour in [Flavour::Baseline, Flavour::Group] {
        assert_same(
            &pretty(hook(Hook::Teardown, flavour, "fn end() -> () {}")),
            r"
fn end() -> () {}
::hotmod::__private::hook!(teardown, end);
use {};
",
        );
    }
}

#[test]
fn the_baseline_is_set_up_by_the_program() {
    assert_same(
        &pretty(hook(Hook::Setup, Flavour::Baseline, "fn begin() {}")),
        "fn begin() {}",
    );
}

/// What is refused of either, without the attribute's name.
const MESSAGES: &[(&str, &str)] = &[
    (
        "struct Screen;",
        "stands only on functions: the runtime calls it\n\
         put it on a free function of a reloadable crate",
    ),
    (
        "impl Screen { fn begin() {} }",
        "stands only on functions: the runtime calls it\n\
         put it on a free function of a reloadable crate",
    ),
    (
        "fn begin(&self) {}",
        "can't stand on the method `begin`: there is no value to call it on\nwrite a free function",
    ),
    (
        "fn begin(generation: u32) {}",
        "can't stand on `begin`: there is nobody to give it arguments\ntake them away",
    ),
    (
        "async fn begin() {}",
        "can't stand on `async fn begin`: there is no runtime that would poll it\n\
         make it a plain `fn`, which may block on a future",
    ),
    (
        "fn begin<T>() {}",
        "can't stand on the generic function `begin`: nothing says for which types\n\
         write a function that is not generic",
    ),
    (
        "unsafe fn begin() {}",
        "can't stand on `unsafe fn begin`: nobody vouches for the call\n\
         make it safe, with `unsafe` blocks inside",
    ),
];

#[test]
fn each_refusal_says_why_and_what_instead() {
    let check = |kind: Hook, flavour, item: &str, expected: &str| {
        let expansion = hook(kind, flavour, item);
        let expected = format!("`#[{}]` {expected}", kind.name());
        assert_eq!(messages(&expansion), [expected], "{item}");
        let begin = tokens(item).to_string();
        assert!(expansion.to_string().starts_with(&begin), "{item} is gone");
    };
    for kind in [Hook::Setup, Hook::Teardown] {
        for flavour in [Flavour::Baseline, Flavour::Group] {
            for (item, expected) in MESSAGES {
                check(kind, flavour, item, expected);
            }
        }
        check(
            kind,
            Flavour::Host,
            "fn begin() {}",
            "can't stand on `begin`: the host is not reloaded\n\
             put it on a function of a reloadable crate",
        );
    }
    check(
        Hook::Teardown,
        Flavour::Group,
        "fn end() -> Result<(), ()> { Ok(()) }",
        "can't stand on `end`: what it returns is of no use, since the new code is live\n\
         return nothing",
    );
    let session = Session::new(Flavour::Group, "hotmod");
    let expansion = expand_hook(
        Hook::Setup,
        tokens("first"),
        tokens("fn begin() {}"),
        &session,
    );
    assert_eq!(
        messages(&expansion),
        ["`#[setup]` takes no arguments\nwrite `#[setup]`"]
    );
}

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
        "works only on functions\n\
         put it on a free function of a reloadable crate",
    ),
    (
        "impl Screen { fn begin() {} }",
        "works only on functions\n\
         put it on a free function of a reloadable crate",
    ),
    (
        "fn begin(&self) {}",
        "can't be used on the method `begin`: the runtime has no value to call it on\n\
         use a free function",
    ),
    (
        "fn begin(generation: u32) {}",
        "can't be used on `begin`: the runtime has no arguments to pass\nremove the arguments",
    ),
    (
        "async fn begin() {}",
        "can't be used on `async fn begin`: there is no executor to poll it\n\
         use a plain `fn`; it may block on a future",
    ),
    (
        "fn begin<T>() {}",
        "can't be used on the generic function `begin`: the runtime can't choose its type arguments\n\
         use a function that is not generic",
    ),
    (
        "unsafe fn begin() {}",
        "can't be used on `unsafe fn begin`: the runtime can't uphold its safety contract\n\
         use a safe function with `unsafe` blocks inside",
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
            "can't be used on `begin`: the host is not reloaded\n\
             put it on a function of a reloadable crate",
        );
    }
    check(
        Hook::Teardown,
        Flavour::Group,
        "fn end() -> Result<(), ()> { Ok(()) }",
        "can't be used on `end`: its return value would be ignored, because the new code is already live\n\
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

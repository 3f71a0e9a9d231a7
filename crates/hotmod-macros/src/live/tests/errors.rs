//! Every message, in both flavours of a reloadable crate, and the item that stays beside it.

use proc_macro2::{TokenStream, TokenTree};

use super::super::session::{Flavour, Session};
use super::super::{expand_hot, expand_main};
use super::tokens;

/// Each line of the messages that an item gets, `#[hot]` and its blank left out.
const MESSAGES: &[(&str, &[&str])] = &[
    (
        "fn f<'a, T>(a: &'a T) {}",
        &[
            "can't stand on the generic function `f`: it is made where it is called, in the host",
            "write a function over concrete types, or over `&dyn Trait`, and put `#[hot]` on that",
        ],
    ),
    (
        "fn f<const N: usize>() {}",
        &[
            "can't stand on the generic function `f`: it is made where it is called, in the host",
            "write a function over concrete types, or over `&dyn Trait`, and put `#[hot]` on that",
        ],
    ),
    (
        "impl<'a, T> Screen<'a, T> { fn f(&self) {} }",
        &[
            "can't stand on the impl of a generic type: its functions are made where they are called, in the host",
            "move what shall reload into functions over concrete types, and put `#[hot]` on those",
        ],
    ),
    (
        "impl<'a> core::ops::Drop for Screen<'a> { fn drop(&mut self) {} }",
        &[
            "can't stand on an impl of `Drop`: no program may name a destructor",
            "move its code into a method, call that from `drop`, and put `#[hot]` on the method",
        ],
    ),
    (
        "fn f(each: &mut Vec<Box<impl Fn()>>) {}",
        &[
            "can't stand on `f`: `impl Trait` as an argument makes it generic",
            "name the type, or take a `&dyn Trait` or a `Box<dyn Trait>`",
        ],
    ),
    (
        "async fn f() -> Option<(u8, impl Iterator<Item = u8>)> { None }",
        &[
            "can't stand on `f`: the type behind a returned `impl Trait` changes with each generation",
            "return a named type or a `Box<dyn Trait>`",
        ],
    ),
    (
        "const fn f() {}",
        &[
            "can't stand on `const fn f`: its value may be fixed while the host is compiled",
            "take `const` away",
        ],
    ),
    (
        "extern \"C\" fn f() {}",
        &[
            "can't stand on `f`: only functions of the Rust ABI are entry points",
            "put `#[hot]` on a plain `fn`, and call that from the `extern \"C\"` function",
        ],
    ),
    (
        "pub unsafe extern fn f() {}",
        &[
            "can't stand on `f`: only functions of the Rust ABI are entry points",
            "put `#[hot]` on a plain `fn`, and call that from the `extern` function",
        ],
    ),
    (
        "unsafe fn f(n: u32, ...) {}",
        &["can't stand on the variadic function `f`", "take a slice"],
    ),
    (
        "async unsafe fn f() {}",
        &[
            "can't stand on `async unsafe fn f`: its future is made and polled by the runtime",
            "make it a safe `async fn` with `unsafe` blocks inside, or an `unsafe fn` that is not async",
        ],
    ),
    (
        "pub gen fn f() -> u8 {}",
        &[
            "can't stand on a `gen fn`: the type of its iterator changes with each generation",
            "return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
        ],
    ),
    (
        "impl Screen { fn g() {} pub async gen fn f() -> u8 {} }",
        &[
            "can't stand on a `gen fn`: the type of its iterator changes with each generation",
            "return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
        ],
    ),
    (
        "fn f(&self);",
        &[
            "can't stand on `f`, which has no body to reload",
            "put `#[hot]` on the impl block of the trait",
        ],
    ),
    (
        "pub unsafe trait Show { fn show(&self) {} }",
        &[
            "can't stand on a trait: it has no code of its own to reload",
            "put `#[hot]` on the impl blocks of the trait",
        ],
    ),
    (
        "pub(crate) struct Screen { text: String }",
        &[
            "stands only on functions and impl blocks: nothing else can be called",
            "put it on the functions through which the host calls this crate",
        ],
    ),
    (
        "extern \"C\" { fn f(); }",
        &[
            "stands only on functions and impl blocks: nothing else can be called",
            "put it on the functions through which the host calls this crate",
        ],
    ),
    (
        "async fn main() {}",
        &[
            "can't stand on `main`: it is called once, before there is anything to reload",
            "put `#[hot]` on the functions that `main` calls, in a reloadable crate",
        ],
    ),
    (
        "fn f(#[cfg(unix)] n: u32) {}",
        &[
            "can't stand on `f`: an argument under `#[cfg]` leaves its signature open",
            "write the function twice, each under its own `#[cfg]`",
        ],
    ),
    (
        "fn f(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: u8, o: u8, p: u8, q: u8) {}",
        &[
            "can't stand on `f`: it has more than 16 arguments",
            "put some of them into a struct",
        ],
    ),
    (
        "impl Screen { #[hotmod::hot] fn f(&self) {} }",
        &[
            "stands on the impl block, so every function in it is an entry point already",
            "take it away here, or from the block",
        ],
    ),
];

#[test]
fn each_refusal_says_why_and_what_instead() {
    for (item, lines) in MESSAGES {
        let expected = format!("`#[hot]` {}", lines.join("\n"));
        for flavour in [Flavour::Baseline, Flavour::Group] {
            let expansion = expand_hot(
                TokenStream::new(),
                tokens(item),
                &Session::new(flavour, "hotmod"),
            );
            assert_eq!(messages(&expansion), [expected.as_str()], "{item}");
            assert!(
                expansion.to_string().ends_with(&tokens(item).to_string()),
                "the item is gone: {item}"
            );
        }
        let host = expand_hot(
            TokenStream::new(),
            tokens(item),
            &Session::new(Flavour::Host, "hotmod"),
        );
        assert_eq!(host.to_string(), tokens(item).to_string());
    }
}

#[test]
fn a_block_reports_each_of_its_functions() {
    let item = "impl Screen { fn f<T>() {} fn ok(&self) {} const fn g() {} }";
    let expansion = expand_hot(
        TokenStream::new(),
        tokens(item),
        &Session::new(Flavour::Group, "hotmod"),
    );
    assert_eq!(messages(&expansion).len(), 2);
}

#[test]
fn neither_attribute_takes_arguments() {
    let session = Session::new(Flavour::Group, "hotmod");
    let expansion = expand_hot(tokens("fast = true"), tokens("fn f() {}"), &session);
    assert_eq!(
        messages(&expansion),
        ["`#[hot]` takes no arguments\nwrite `#[hot]`"]
    );
    let session = Session::new(Flavour::Host, "hotmod");
    let expansion = expand_main(
        tokens("worker_threads = 4"),
        tokens("fn main() {}"),
        &session,
    );
    assert_eq!(
        messages(&expansion),
        ["`#[main]` takes no arguments\nwrite `#[main]`"]
    );
}

#[test]
fn main_stands_only_on_a_function() {
    let session = Session::new(Flavour::Host, "hotmod");
    let expansion = expand_main(TokenStream::new(), tokens("mod app {}"), &session);
    let expected = "`#[main]` stands only on a function\nput it on the `fn main` of the host";
    assert_eq!(messages(&expansion), [expected]);
}

/// The texts of the `compile_error!`s, anywhere in the tokens.
pub(super) fn messages(tokens: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut after_error = false;
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(word) => after_error = word == "compile_error",
            TokenTree::Group(group) if after_error => {
                found.extend(syn::parse2::<syn::LitStr>(group.stream()).map(|text| text.value()));
                after_error = false;
            }
            _ => {}
        }
    }
    found
}

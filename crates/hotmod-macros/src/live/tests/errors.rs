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
            "can't be used on the generic function `f`: its code is generated in the crate that calls it",
            "put `#[hot]` on a function with concrete types or `&dyn Trait`",
        ],
    ),
    (
        "fn f<const N: usize>() {}",
        &[
            "can't be used on the generic function `f`: its code is generated in the crate that calls it",
            "put `#[hot]` on a function with concrete types or `&dyn Trait`",
        ],
    ),
    (
        "impl<'a, T> Screen<'a, T> { fn f(&self) {} }",
        &[
            "can't be used on the impl of a generic type: its code is generated in the crate that uses it",
            "move the code that you want to reload into functions with concrete types, and put `#[hot]` on those",
        ],
    ),
    (
        "impl<'a> core::ops::Drop for Screen<'a> { fn drop(&mut self) {} }",
        &[
            "can't be used on an impl of `Drop`: destructors can't be called by name",
            "move the code into a method, call it from `drop`, and put `#[hot]` on the method",
        ],
    ),
    (
        "fn f(each: &mut Vec<Box<impl Fn()>>) {}",
        &[
            "can't be used on `f`: `impl Trait` as an argument makes it generic",
            "use a concrete type, `&dyn Trait` or `Box<dyn Trait>`",
        ],
    ),
    (
        "async fn f() -> Option<(u8, impl Iterator<Item = u8>)> { None }",
        &[
            "can't be used on `f`: the type behind a returned `impl Trait` can change with each reload",
            "return a named type or a `Box<dyn Trait>`; a web handler can return `Response`, made with `.into_response()`",
        ],
    ),
    (
        "const fn f() {}",
        &[
            "can't be used on `const fn f`: the compiler may evaluate it at compile time, when the host is built",
            "remove `const`",
        ],
    ),
    (
        "extern \"C\" fn f() {}",
        &[
            "can't be used on `f`: entry points must use the Rust ABI",
            "put `#[hot]` on a plain `fn`, and call it from the `extern \"C\"` function",
        ],
    ),
    (
        "pub unsafe extern fn f() {}",
        &[
            "can't be used on `f`: entry points must use the Rust ABI",
            "put `#[hot]` on a plain `fn`, and call it from the `extern` function",
        ],
    ),
    (
        "unsafe fn f(n: u32, ...) {}",
        &[
            "can't be used on the variadic function `f`",
            "take a slice instead",
        ],
    ),
    (
        "async unsafe fn f() {}",
        &[
            "can't be used on `async unsafe fn f`: the runtime creates its future, and can't uphold its safety contract",
            "use a safe `async fn` with `unsafe` blocks inside, or an `unsafe fn` that is not async",
        ],
    ),
    (
        "pub gen fn f() -> u8 {}",
        &[
            "can't be used on a `gen fn`: the type of its iterator can change with each reload",
            "return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
        ],
    ),
    (
        "impl Screen { fn g() {} pub async gen fn f() -> u8 {} }",
        &[
            "can't be used on a `gen fn`: the type of its iterator can change with each reload",
            "return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
        ],
    ),
    (
        "fn f(&self);",
        &[
            "can't be used on `f`, which has no body to reload",
            "put `#[hot]` on the impl blocks of the trait, or on a function with a body",
        ],
    ),
    (
        "pub unsafe trait Show { fn show(&self) {} }",
        &[
            "can't be used on a trait: it has no code of its own to reload",
            "put `#[hot]` on the impl blocks of the trait",
        ],
    ),
    (
        "pub(crate) struct Screen { text: String }",
        &[
            "works only on functions, impl blocks and modules",
            "put it on the functions that the host calls",
        ],
    ),
    (
        "extern \"C\" { fn f(); }",
        &[
            "works only on functions, impl blocks and modules",
            "put it on the functions that the host calls",
        ],
    ),
    (
        "async fn main() {}",
        &[
            "can't be used on `main`, which is called only once, before the first reload",
            "put `#[hot]` on functions that `main` calls, in a reloadable crate",
        ],
    ),
    (
        "fn f(#[cfg(unix)] n: u32) {}",
        &[
            "can't be used on `f`: an argument has a `#[cfg]`, so the attribute can't know the signature",
            "write the function twice, each with its own `#[cfg]`",
        ],
    ),
    (
        "fn f(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: u8, o: u8, p: u8, q: u8, r: u8, s: u8, t: u8, u: u8) {}",
        &[
            "can't be used on `f`: it has more than 20 arguments",
            "group some of them in a struct",
        ],
    ),
    (
        "mod pages { mod more { impl Screen { #[hotmod::hot] fn f(&self) {} } } }",
        &[
            "is already on the module, so every function in it is an entry point",
            "remove it here or from the module",
        ],
    ),
    (
        "mod pages;",
        &[
            "works only on modules that are written out in braces",
            "put it on the functions and impl blocks in the module's file",
        ],
    ),
    (
        "impl Screen { #[hotmod::hot] fn f(&self) {} }",
        &[
            "is already on the impl block, so every function in it is an entry point",
            "remove it here or from the impl block",
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
    let expected = "`#[main]` works only on functions\nput it on the `fn main` of the host";
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

//! What can't be an entry point, and what to write instead.
//!
//! Each message says why, then on a line of its own what to do. They are the same in both flavours of a
//! reloadable crate, so a session's first build reports them all.

use super::error::{Error, Result, refuse};
use super::grammar::{Attribute, Block, Function, Item, Member, Signature};
use super::tokens::{Span, TokenStream, TokenTree, is_named, is_word, without_invisible};

/// The longest list of arguments that the runtime has implementations for.
const MOST_ARGUMENTS: usize = 16;

/// Neither attribute takes arguments.
pub(super) fn arguments(arguments: &TokenStream, attribute: &str) -> Result<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    let message = format!("`#[{attribute}]` takes no arguments\nwrite `#[{attribute}]`");
    Err(Error::over(arguments.clone(), message))
}

/// Refuses the item if it, or any function in it, can't be an entry point.
pub(super) fn item(item: &Item) -> Result<()> {
    match item {
        Item::Function(each) if is_main(&each.signature) => Err(refuse(
            each.signature.name.span(),
            "can't stand on `main`: it is called once, before there is anything to reload\n\
             put `#[hot]` on the functions that `main` calls, in a reloadable crate",
        )),
        Item::Function(each) => function(each),
        Item::Impl(block) => impl_block(block),
    }
}

fn is_main(signature: &Signature) -> bool {
    is_named(&signature.name, "main") && signature.receiver().is_none()
}

fn impl_block(block: &Block) -> Result<()> {
    if let Some(parameter) = block.header.generics.first_not_lifetime() {
        return Err(refuse(
            parameter,
            "can't stand on the impl of a generic type: its functions are made where they are called, in the host\n\
             move what shall reload into functions over concrete types, and put `#[hot]` on those",
        ));
    }
    let of = block.header.of_trait.clone().unwrap_or_default();
    let last = without_invisible(of).pop();
    if let Some(last) = last.filter(|it| is_word(it, "Drop")) {
        return Err(refuse(
            last.span(),
            "can't stand on an impl of `Drop`: no program may name a destructor\n\
             move its code into a method, call that from `drop`, and put `#[hot]` on the method",
        ));
    }
    let mut errors: Option<Error> = None;
    for member in &block.members {
        let Member::Function(each) = member else {
            continue;
        };
        if let Err(error) = function(each).and_then(|()| not_twice(&each.signature.head.attributes))
        {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    errors.map_or(Ok(()), Err)
}

fn function(function: &Function) -> Result<()> {
    let signature = &function.signature;
    let name = &signature.name;
    qualifiers(signature)?;
    if let Some(parameter) = signature.generics.first_not_lifetime() {
        return Err(refuse(
            parameter,
            format_args!(
                "can't stand on the generic function `{name}`: it is made where it is called, in the host\n\
                 write a function over concrete types, or over `&dyn Trait`, and put `#[hot]` on that"
            ),
        ));
    }
    if let Some(argument) = signature.arguments.get(MOST_ARGUMENTS) {
        return Err(refuse(
            argument.span,
            format_args!(
                "can't stand on `{name}`: it has more than {MOST_ARGUMENTS} arguments\n\
                 put some of them into a struct"
            ),
        ));
    }
    for argument in &signature.arguments {
        if let Some(span) = argument.ty.clone().and_then(keyword_impl) {
            return Err(refuse(
                span,
                format_args!(
                    "can't stand on `{name}`: `impl Trait` as an argument makes it generic\n\
                     name the type, or take a `&dyn Trait` or a `Box<dyn Trait>`"
                ),
            ));
        }
        if let Some(cfg) = argument.attributes.iter().find(|it| it.is("cfg")) {
            return Err(refuse(
                cfg.span(),
                format_args!(
                    "can't stand on `{name}`: an argument under `#[cfg]` leaves its signature open\n\
                     write the function twice, each under its own `#[cfg]`"
                ),
            ));
        }
    }
    if let Some(span) = keyword_impl(signature.output.ty.clone()) {
        return Err(refuse(
            span,
            format_args!(
                "can't stand on `{name}`: the type behind a returned `impl Trait` changes with each generation\n\
                 return a named type or a `Box<dyn Trait>`"
            ),
        ));
    }
    Ok(())
}

/// The words before `fn`, and `...` at the end of the arguments.
fn qualifiers(signature: &Signature) -> Result<()> {
    let name = &signature.name;
    let head = &signature.head;
    if let Some(constness) = head.constness {
        return Err(refuse(
            constness,
            format_args!(
                "can't stand on `const fn {name}`: its value may be fixed while the host is compiled\n\
                 take `const` away"
            ),
        ));
    }
    let abi = head.abi.as_ref();
    if let Some(abi) = abi.filter(|it| it.name.as_deref() != Some("Rust")) {
        return Err(refuse(
            abi.span,
            format_args!(
                "can't stand on `{name}`: only functions of the Rust ABI are entry points\n\
                 put `#[hot]` on a plain `fn`, and call that from the `{}` function",
                abi.name
                    .as_ref()
                    .map_or_else(|| "extern".to_owned(), |name| format!("extern \"{name}\""))
            ),
        ));
    }
    if let Some(variadic) = signature.arguments.iter().find(|it| it.is_variadic()) {
        return Err(refuse(
            variadic.span,
            format_args!("can't stand on the variadic function `{name}`\ntake a slice"),
        ));
    }
    if let (Some(asyncness), Some(_)) = (head.asyncness, head.unsafety) {
        return Err(refuse(
            asyncness,
            format_args!(
                "can't stand on `async unsafe fn {name}`: its future is made and polled by the runtime\n\
                 make it a safe `async fn` with `unsafe` blocks inside, or an `unsafe fn` that is not async"
            ),
        ));
    }
    Ok(())
}

/// A function in a hot block that is `#[hot]` itself would be prepared twice.
fn not_twice(attributes: &[Attribute]) -> Result<()> {
    match attributes.iter().find(|it| it.ends_in("hot")) {
        None => Ok(()),
        Some(twice) => Err(refuse(
            twice.span(),
            "stands on the impl block, so every function in it is an entry point already\n\
             take it away here, or from the block",
        )),
    }
}

/// Where a type says `impl`, however deep.
fn keyword_impl(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|tree| match tree {
        tree if is_word(&tree, "impl") => Some(tree.span()),
        TokenTree::Group(group) => keyword_impl(group.stream()),
        _ => None,
    })
}

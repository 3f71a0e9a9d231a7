//! What can't be an entry point, and what to write instead.
//!
//! Each message says why, then on a line of its own what to do. They are the same in both flavours of a
//! reloadable crate, so a session's first build reports them all.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{
    Abi, Attribute, Error, FnArg, GenericParam, Generics, Result, ReturnType, Safety, Signature,
};

use super::item::{Block, Function, Item, Member};

/// The longest list of arguments that the runtime has implementations for.
const MOST_ARGUMENTS: usize = 16;

/// Neither attribute takes arguments.
pub(super) fn arguments(arguments: &TokenStream, attribute: &str) -> Result<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    let message = format!("`#[{attribute}]` takes no arguments\nwrite `#[{attribute}]`");
    Err(Error::new_spanned(arguments, message))
}

/// Refuses the item if it, or any function in it, can't be an entry point.
pub(super) fn item(item: &Item) -> Result<()> {
    match item {
        Item::Function(each)
            if each.signature.ident == "main" && each.signature.receiver().is_none() =>
        {
            Err(refuse(
                each.signature.ident.span(),
                "can't stand on `main`: it is called once, before there is anything to reload\n\
                 put `#[hot]` on the functions that `main` calls, in a reloadable crate",
            ))
        }
        Item::Function(each) => function(each),
        Item::Impl(block) => impl_block(block),
    }
}

fn impl_block(block: &Block) -> Result<()> {
    if let Some(parameter) = parameter_of(&block.header.generics) {
        return Err(refuse(
            parameter,
            "can't stand on the impl of a generic type: its functions are made where they are called, in the host\n\
             move what shall reload into functions over concrete types, and put `#[hot]` on those",
        ));
    }
    let of = block.header.trait_.as_ref();
    let last = of.and_then(|(path, _)| path.segments.last());
    if let Some(last) = last.filter(|it| it.ident == "Drop") {
        return Err(refuse(
            last.ident.span(),
            "can't stand on an impl of `Drop`: no program may name a destructor\n\
             move its code into a method, call that from `drop`, and put `#[hot]` on the method",
        ));
    }
    let mut errors: Option<Error> = None;
    for member in &block.members {
        let Member::Function(each) = member else {
            continue;
        };
        if let Err(error) = function(each).and_then(|()| not_twice(&each.attributes)) {
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
    let name = &signature.ident;
    qualifiers(signature)?;
    if let Some(parameter) = parameter_of(&signature.generics) {
        return Err(refuse(
            parameter,
            format_args!(
                "can't stand on the generic function `{name}`: it is made where it is called, in the host\n\
                 write a function over concrete types, or over `&dyn Trait`, and put `#[hot]` on that"
            ),
        ));
    }
    if let Some(input) = signature.inputs.iter().nth(MOST_ARGUMENTS) {
        return Err(refuse(
            input.span(),
            format_args!(
                "can't stand on `{name}`: it has more than {MOST_ARGUMENTS} arguments\n\
                 put some of them into a struct"
            ),
        ));
    }
    for input in &signature.inputs {
        let (attributes, ty) = match input {
            FnArg::Receiver(receiver) => (&receiver.attrs, receiver.to_token_stream()),
            FnArg::Typed(typed) => (&typed.attrs, typed.ty.to_token_stream()),
        };
        if let Some(span) = keyword_impl(ty) {
            return Err(refuse(
                span,
                format_args!(
                    "can't stand on `{name}`: `impl Trait` as an argument makes it generic\n\
                     name the type, or take a `&dyn Trait` or a `Box<dyn Trait>`"
                ),
            ));
        }
        if let Some(cfg) = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident("cfg"))
        {
            return Err(refuse(
                cfg.span(),
                format_args!(
                    "can't stand on `{name}`: an argument under `#[cfg]` leaves its signature open\n\
                     write the function twice, each under its own `#[cfg]`"
                ),
            ));
        }
    }
    let returned = match &signature.output {
        ReturnType::Type(_, ty) => keyword_impl(ty.to_token_stream()),
        ReturnType::Default => None,
    };
    if let Some(span) = returned {
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
    let name = &signature.ident;
    if let Some(constness) = &signature.constness {
        return Err(refuse(
            constness.span(),
            format_args!(
                "can't stand on `const fn {name}`: its value may be fixed while the host is compiled\n\
                 take `const` away"
            ),
        ));
    }
    let is_rust = |abi: &&Abi| abi.name.as_ref().is_some_and(|it| it.value() == "Rust");
    if let Some(abi) = signature.abi.as_ref().filter(|abi| !is_rust(abi)) {
        return Err(refuse(
            abi.span(),
            format_args!(
                "can't stand on `{name}`: only functions of the Rust ABI are entry points\n\
                 put `#[hot]` on a plain `fn`, and call that from the `{}` function",
                abi.name.as_ref().map_or_else(
                    || "extern".to_owned(),
                    |name| format!("extern \"{}\"", name.value())
                )
            ),
        ));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(refuse(
            variadic.span(),
            format_args!("can't stand on the variadic function `{name}`\ntake a slice"),
        ));
    }
    if let (Some(asyncness), Safety::Unsafe(_)) = (&signature.asyncness, &signature.safety) {
        return Err(refuse(
            asyncness.span(),
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
    let is_hot = |attribute: &&Attribute| {
        attribute
            .path()
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "hot")
    };
    match attributes.iter().find(is_hot) {
        None => Ok(()),
        Some(twice) => Err(refuse(
            twice.span(),
            "stands on the impl block, so every function in it is an entry point already\n\
             take it away here, or from the block",
        )),
    }
}

/// The first parameter that is no lifetime.
fn parameter_of(generics: &Generics) -> Option<Span> {
    generics
        .params
        .iter()
        .find_map(|parameter| match parameter {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(ty) => Some(ty.ident.span()),
            GenericParam::Const(constant) => Some(constant.ident.span()),
        })
}

/// Where a type says `impl`, however deep.
fn keyword_impl(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(word) if word == "impl" => Some(word.span()),
        TokenTree::Group(group) => keyword_impl(group.stream()),
        _ => None,
    })
}

/// All messages begin with the attribute.
pub(super) fn refuse(span: Span, what: impl std::fmt::Display) -> Error {
    Error::new(span, format_args!("`#[hot]` {what}"))
}

//! Rejects items that can't be entry points.
//!
//! Each message gives the reason, and says what to do on a second line. Both flavours of a
//! reloadable crate report the same errors, so a session's first build reports all of them.

use super::error::{Error, Result, refuse};
use super::grammar::{Attribute, Block, Function, Item, Member, Module, ModuleItem, Signature};
use super::tokens::{Span, TokenStream, TokenTree, is_named, is_word, without_invisible};

/// The maximum number of arguments for which the runtime has implementations. No known framework
/// passes more: Bevy passes 16 parameters and an input.
const MOST_ARGUMENTS: usize = 20;

/// Rejects arguments of an attribute.
pub(super) fn arguments(arguments: &TokenStream, attribute: &str) -> Result<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    let message = format!("`#[{attribute}]` takes no arguments\nwrite `#[{attribute}]`");
    Err(Error::over(arguments.clone(), message))
}

/// Rejects the item if it, or a function in it, can't be an entry point.
pub(super) fn item(item: &Item) -> Result<()> {
    match item {
        Item::Function(each) if is_main(&each.signature) => Err(refuse(
            each.signature.name.span(),
            "can't be used on `main`, which is called only once, before the first reload\n\
             put `#[hot]` on functions that `main` calls, in a reloadable crate",
        )),
        Item::Function(each) => function(each),
        Item::Impl(block) => impl_block(block),
        Item::Module(each) => module(each),
    }
}

/// Whether a function in a module with `#[hot]` becomes an entry point. The others stay as they are: a module
/// may contain helpers that the host does not call. The tool has the same rule, in `compat/items/mark.rs`.
pub(super) fn is_entry_point(each: &Function) -> bool {
    let attributes = &each.signature.head.attributes;
    let is_hook = |it: &Attribute| it.ends_in("setup") || it.ends_in("teardown");
    !attributes.iter().any(is_hook) && function(each).is_ok()
}

/// The same of the functions in an impl block.
pub(super) fn has_entry_points(block: &Block) -> bool {
    header(block).is_ok()
}

fn is_main(signature: &Signature) -> bool {
    is_named(&signature.name, "main") && signature.receiver().is_none()
}

fn impl_block(block: &Block) -> Result<()> {
    header(block)?;
    let functions = block.members.iter().filter_map(|member| match member {
        Member::Function(each) => Some(each),
        Member::Other(_) => None,
    });
    all(functions.map(|each| {
        function(each)?;
        not_twice(&each.signature.head.attributes, "impl block")
    }))
}

/// Rejects `#[hot]` on what is in a module with `#[hot]`.
fn module(module: &Module) -> Result<()> {
    let functions = |block: &Block| {
        let functions = block.members.iter().map(|member| match member {
            Member::Function(each) => not_twice(&each.signature.head.attributes, "module"),
            Member::Other(_) => Ok(()),
        });
        all(functions)
    };
    all(module.items.iter().map(|item| match item {
        ModuleItem::Function(each) => not_twice(&each.signature.head.attributes, "module"),
        ModuleItem::Impl(block) => {
            not_twice(block.attributes(), "module").and_then(|()| functions(block))
        }
        ModuleItem::Module(each) => {
            not_twice(each.attributes(), "module").and_then(|()| self::module(each))
        }
        ModuleItem::Other(_) => Ok(()),
    }))
}

/// Combines the errors.
fn all(results: impl Iterator<Item = Result<()>>) -> Result<()> {
    let mut errors: Option<Error> = None;
    for error in results.filter_map(Result::err) {
        match &mut errors {
            Some(errors) => errors.combine(error),
            None => errors = Some(error),
        }
    }
    errors.map_or(Ok(()), Err)
}

fn header(block: &Block) -> Result<()> {
    if let Some(parameter) = block.header.generics.first_not_lifetime() {
        return Err(refuse(
            parameter,
            "can't be used on the impl of a generic type: its code is generated in the crate that uses it\n\
             move the code that you want to reload into functions with concrete types, and put `#[hot]` on those",
        ));
    }
    let of = block.header.of_trait.clone().unwrap_or_default();
    let last = without_invisible(of).pop();
    if let Some(last) = last.filter(|it| is_word(it, "Drop")) {
        return Err(refuse(
            last.span(),
            "can't be used on an impl of `Drop`: destructors can't be called by name\n\
             move the code into a method, call it from `drop`, and put `#[hot]` on the method",
        ));
    }
    Ok(())
}

fn function(function: &Function) -> Result<()> {
    let signature = &function.signature;
    let name = &signature.name;
    qualifiers(signature)?;
    if let Some(parameter) = signature.generics.first_not_lifetime() {
        return Err(refuse(
            parameter,
            format_args!(
                "can't be used on the generic function `{name}`: its code is generated in the crate that calls it\n\
                 put `#[hot]` on a function with concrete types or `&dyn Trait`"
            ),
        ));
    }
    if let Some(argument) = signature.arguments.get(MOST_ARGUMENTS) {
        return Err(refuse(
            argument.span,
            format_args!(
                "can't be used on `{name}`: it has more than {MOST_ARGUMENTS} arguments\n\
                 group some of them in a struct"
            ),
        ));
    }
    for argument in &signature.arguments {
        if let Some(span) = argument.ty.clone().and_then(keyword_impl) {
            return Err(refuse(
                span,
                format_args!(
                    "can't be used on `{name}`: `impl Trait` as an argument makes it generic\n\
                     use a concrete type, `&dyn Trait` or `Box<dyn Trait>`"
                ),
            ));
        }
        if let Some(cfg) = argument.attributes.iter().find(|it| it.is("cfg")) {
            return Err(refuse(
                cfg.span(),
                format_args!(
                    "can't be used on `{name}`: an argument has a `#[cfg]`, so the attribute can't know the signature\n\
                     write the function twice, each with its own `#[cfg]`"
                ),
            ));
        }
    }
    if let Some(span) = keyword_impl(signature.output.ty.clone()) {
        return Err(refuse(
            span,
            format_args!(
                "can't be used on `{name}`: the type behind a returned `impl Trait` can change with each reload\n\
                 return a named type or a `Box<dyn Trait>`; a web handler can return `Response`, made with `.into_response()`"
            ),
        ));
    }
    Ok(())
}

/// Rejects qualifiers before `fn`, and `...` at the end of the arguments.
fn qualifiers(signature: &Signature) -> Result<()> {
    let name = &signature.name;
    let head = &signature.head;
    if let Some(constness) = head.constness {
        return Err(refuse(
            constness,
            format_args!(
                "can't be used on `const fn {name}`: the compiler may evaluate it at compile time, when the host is built\n\
                 remove `const`"
            ),
        ));
    }
    let abi = head.abi.as_ref();
    if let Some(abi) = abi.filter(|it| it.name.as_deref() != Some("Rust")) {
        return Err(refuse(
            abi.span,
            format_args!(
                "can't be used on `{name}`: entry points must use the Rust ABI\n\
                 put `#[hot]` on a plain `fn`, and call it from the `{}` function",
                abi.name
                    .as_ref()
                    .map_or_else(|| "extern".to_owned(), |name| format!("extern \"{name}\""))
            ),
        ));
    }
    if let Some(variadic) = signature.arguments.iter().find(|it| it.is_variadic()) {
        return Err(refuse(
            variadic.span,
            format_args!("can't be used on the variadic function `{name}`\ntake a slice instead"),
        ));
    }
    if let (Some(asyncness), Some(_)) = (head.asyncness, head.unsafety) {
        return Err(refuse(
            asyncness,
            format_args!(
                "can't be used on `async unsafe fn {name}`: the runtime creates its future, and can't uphold its safety contract\n\
                 use a safe `async fn` with `unsafe` blocks inside, or an `unsafe fn` that is not async"
            ),
        ));
    }
    Ok(())
}

/// Rejects `#[hot]` in a block or a module with `#[hot]`, which would be expanded twice.
fn not_twice(attributes: &[Attribute], around: &str) -> Result<()> {
    match attributes.iter().find(|it| it.ends_in("hot")) {
        None => Ok(()),
        Some(twice) => Err(refuse(
            twice.span(),
            format_args!(
                "is already on the {around}, so every function in it is an entry point\n\
                 remove it here or from the {around}"
            ),
        )),
    }
}

/// The position of `impl` in a type, at any depth.
fn keyword_impl(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|tree| match tree {
        tree if is_word(&tree, "impl") => Some(tree.span()),
        TokenTree::Group(group) => keyword_impl(group.stream()),
        _ => None,
    })
}

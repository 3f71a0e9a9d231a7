//! The expansion of `#[setup]` and `#[teardown]`: the same function, and a record of it.
//!
//! The program itself sets up the baseline, so the baseline has only records of teardowns.

use super::error::{Error, Result};
use super::grammar::{self, Function, Item};
use super::session::{Flavour, Session};
use super::template::template;
use super::tokens::{Ident, Span, TokenStream, quiet_name};

/// The attribute: `#[setup]` or `#[teardown]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    Setup,
    Teardown,
}

impl Hook {
    /// The attribute's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Teardown => "teardown",
        }
    }

    fn refuse(self, span: Span, what: impl std::fmt::Display) -> Error {
        Error::new(span, format!("`#[{}]` {what}", self.name()))
    }
}

/// Expands a function that can be a hook, or returns an error.
pub(super) fn expand(hook: Hook, item: TokenStream, session: &Session) -> Result<TokenStream> {
    let Ok(Item::Function(function)) = grammar::parse(item.clone()) else {
        let first = item.into_iter().next();
        return Err(hook.refuse(
            first.map_or_else(Span::call_site, |it| it.span()),
            "works only on functions\n\
             put it on a free function of a reloadable crate",
        ));
    };
    check(hook, &function, session)?;
    if session.flavour == Flavour::Baseline && hook == Hook::Setup {
        return Ok(item);
    }
    let private = session.private();
    // For lints it is ours, for errors about what it returns it is the user's.
    let name = quiet_name(&function.signature.name);
    let when = Ident::new(hook.name(), Span::call_site());
    let cfgs = function.cfgs();
    // An associated function without `self` looks free: this is what impls don't allow.
    let guard = template!(at name.span(), { use {}; });
    Ok(template!(
        {
            #item
            #cfgs
            #private::hook!(#when, #name);
            #guard
        },
        item, cfgs, private, when, name, guard,
    ))
}

fn check(hook: Hook, function: &Function, session: &Session) -> Result<()> {
    let signature = &function.signature;
    let head = &signature.head;
    let name = &signature.name;
    if session.flavour == Flavour::Host {
        return Err(hook.refuse(
            name.span(),
            format_args!(
                "can't be used on `{name}`: the host is not reloaded\n\
                 put it on a function of a reloadable crate"
            ),
        ));
    }
    if let Some(receiver) = signature.receiver() {
        return Err(hook.refuse(
            receiver.span,
            format_args!(
                "can't be used on the method `{name}`: the runtime has no value to call it on\n\
                 use a free function"
            ),
        ));
    }
    if let Some(argument) = signature.arguments.first() {
        return Err(hook.refuse(
            argument.span,
            format_args!(
                "can't be used on `{name}`: the runtime has no arguments to pass\n\
                 remove the arguments"
            ),
        ));
    }
    if let Some(asyncness) = head.asyncness {
        return Err(hook.refuse(
            asyncness,
            format_args!(
                "can't be used on `async fn {name}`: there is no executor to poll it\n\
                 use a plain `fn`; it may block on a future"
            ),
        ));
    }
    if let Some(parameter) = signature.generics.parameters.first() {
        return Err(hook.refuse(
            parameter.span,
            format_args!(
                "can't be used on the generic function `{name}`: the runtime can't choose its type arguments\n\
                 use a function that is not generic"
            ),
        ));
    }
    if let Some(unsafety) = head.unsafety {
        return Err(hook.refuse(
            unsafety,
            format_args!(
                "can't be used on `unsafe fn {name}`: the runtime can't uphold its safety contract\n\
                 use a safe function with `unsafe` blocks inside"
            ),
        ));
    }
    if hook == Hook::Teardown && !signature.output.is_unit() {
        return Err(hook.refuse(
            signature.output.span(),
            format_args!(
                "can't be used on `{name}`: its return value would be ignored, because the new code is already live\n\
                 return nothing"
            ),
        ));
    }
    Ok(())
}

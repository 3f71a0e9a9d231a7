//! What `#[setup]` and `#[teardown]` make of a function: the same function, and a record beside it.
//!
//! The baseline was set up by the program itself, so there only teardowns leave a record.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, Result, ReturnType, Safety, Type};

use super::item::{self, Function, Item, quiet};
use super::session::{Flavour, Session};

/// Which of the two it is.
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
        Error::new(span, format_args!("`#[{}]` {what}", self.name()))
    }
}

/// Expands a function that can be a hook, or says why it can't.
pub(super) fn expand(hook: Hook, item: TokenStream, session: &Session) -> Result<TokenStream> {
    let Ok(Item::Function(function)) = item::parse(item.clone()) else {
        let span = item
            .into_iter()
            .next()
            .map_or_else(Span::call_site, |it| it.span());
        return Err(hook.refuse(
            span,
            "stands only on functions: the runtime calls it\n\
             put it on a free function of a reloadable crate",
        ));
    };
    check(hook, &function, session)?;
    if session.flavour == Flavour::Baseline && hook == Hook::Setup {
        return Ok(item);
    }
    let private = session.private();
    let mut name = function.signature.ident.clone();
    // For lints it is ours, for errors about what it returns it is the user's.
    name.set_span(quiet(name.span()));
    let of = format_ident!("of_{}", hook.name());
    let cfgs = function.attributes.iter();
    let cfgs = cfgs.filter(|attribute| attribute.path().is_ident("cfg"));
    // An associated function without `self` looks free: this is what impls don't allow.
    let guard = quote_spanned!(name.span()=> use {};);
    Ok(quote! {
        #item
        #(#cfgs)*
        #private::hook!(#of, #name);
        #guard
    })
}

fn check(hook: Hook, function: &Function, session: &Session) -> Result<()> {
    let signature = &function.signature;
    let name = &signature.ident;
    if session.flavour == Flavour::Host {
        return Err(hook.refuse(
            name.span(),
            format_args!(
                "can't stand on `{name}`: the host is not reloaded\n\
                 put it on a function of a reloadable crate"
            ),
        ));
    }
    if let Some(receiver) = signature.receiver() {
        return Err(hook.refuse(
            receiver.span(),
            format_args!(
                "can't stand on the method `{name}`: there is no value to call it on\n\
                 write a free function"
            ),
        ));
    }
    if let Some(input) = signature.inputs.first() {
        return Err(hook.refuse(
            input.span(),
            format_args!(
                "can't stand on `{name}`: there is nobody to give it arguments\n\
                 take them away"
            ),
        ));
    }
    if let Some(asyncness) = &signature.asyncness {
        return Err(hook.refuse(
            asyncness.span(),
            format_args!(
                "can't stand on `async fn {name}`: there is no runtime that would poll it\n\
                 make it a plain `fn`, which may block on a future"
            ),
        ));
    }
    if let Some(parameter) = signature.generics.params.first() {
        return Err(hook.refuse(
            parameter.span(),
            format_args!(
                "can't stand on the generic function `{name}`: nothing says for which types\n\
                 write a function that is not generic"
            ),
        ));
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        return Err(hook.refuse(
            unsafety.span(),
            format_args!(
                "can't stand on `unsafe fn {name}`: nobody vouches for the call\n\
                 make it safe, with `unsafe` blocks inside"
            ),
        ));
    }
    if hook == Hook::Teardown && returns(&signature.output) {
        return Err(hook.refuse(
            signature.output.span(),
            format_args!(
                "can't stand on `{name}`: what it returns is of no use, since the new code is live\n\
                 return nothing"
            ),
        ));
    }
    Ok(())
}

fn returns(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => !matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

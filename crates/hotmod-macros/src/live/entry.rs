//! What `#[hot]` makes of an entry point: the same function, with a prologue in its body.
//!
//! In the group's flavour the prologue only registers it. In the baseline's it also asks the runtime where the
//! call goes, and passes it on by a pointer whose type is inferred, so that no type of the user's is written
//! twice. The function is never inlined: a caller that had the body would never ask.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{ReturnType, Type};

use super::arguments::Arguments;
use super::asynchronous;
use super::item::{Function, Item, Member};
use super::place::{Description, Place};
use super::session::{Flavour, Session};

/// Expands an item that `reject` let pass.
pub(super) fn expand(item: Item, session: &Session) -> TokenStream {
    match item {
        Item::Function(function) => {
            let place = Place::of(&function);
            expand_function(*function, &place, session)
        }
        Item::Impl(mut block) => {
            let mut members = TokenStream::new();
            for member in std::mem::take(&mut block.members) {
                members.extend(match member {
                    Member::Function(function) => {
                        expand_function(*function, &Place::Block(&block.header), session)
                    }
                    Member::Other(tokens) => tokens,
                });
            }
            block.with_members(&members)
        }
    }
}

fn expand_function(mut function: Function, place: &Place<'_>, session: &Session) -> TokenStream {
    let Description {
        name,
        inside,
        beside,
    } = place.describe(&function, session);
    function
        .attributes
        .retain(|attribute| !attribute.path().is_ident("inline"));
    function
        .attributes
        .push(syn::parse_quote!(#[inline(never)]));

    let private = session.private();
    let is_async = function.signature.asyncness.is_some();
    let statements = if session.flavour == Flavour::Group {
        let body = function.enclosed_body();
        quote! {
            #inside
            #private::register!(#name);
            #body
        }
    } else {
        let call = if is_async {
            asynchronous::call(&mut function, &private)
        } else {
            call(&mut function, &private)
        };
        quote! {
            static __HOTMOD_SLOT: #private::Slot = #private::Slot::new();
            #inside
            #private::register!(#name, __HOTMOD_SLOT);
            #call
        }
    };
    let function = function.with_statements(&statements);
    quote!(#function #beside)
}

/// Goes to the generation that the runtime names, or on to the body, which is generation 0's. Either way the
/// thread is pinned to it until the call ends.
///
/// The target has the signature of this function: the runtime compares both before a generation becomes live.
fn call(function: &mut Function, private: &TokenStream) -> TokenStream {
    let signature = &mut function.signature;
    let Arguments {
        forwarded,
        bindings,
    } = Arguments::of_function(signature);
    let types = forwarded.iter().map(|_| quote!(_));
    let (output, goes) = if is_never(&signature.output) {
        // The lint on unreachable code would find a `return` of what never returns.
        (quote!(!), TokenStream::new())
    } else {
        (quote!(_), quote!(return))
    };
    let body = function.enclosed_body();
    quote! {
        let __hotmod_call = #private::call(&__HOTMOD_SLOT);
        if __hotmod_call.target as usize != 0 {
            #goes unsafe {
                ::core::mem::transmute::<*const (), unsafe fn(#(#types),*) -> #output>(
                    __hotmod_call.target,
                )(#(#forwarded),*)
            };
        }
        #bindings
        #body
    }
}

/// A function that makes a pointer callable with `count` arguments, of types that its use decides.
pub(super) fn cast(count: usize) -> TokenStream {
    let types = parameters(count);
    quote! {
        unsafe fn __hotmod_cast<#(#types,)* R>(target: *const ()) -> unsafe fn(#(#types),*) -> R {
            unsafe { ::core::mem::transmute(target) }
        }
    }
}

fn parameters(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("A{index}")).collect()
}

pub(super) fn is_never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}

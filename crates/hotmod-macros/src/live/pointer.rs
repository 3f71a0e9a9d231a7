//! Pointers to entry points, whose argument types are inferred, so that no type of the user's is
//! written twice.

use super::template::template;
use super::tokens::{Ident, Span, TokenStream, comma_separated};

/// The type of a pointer to an entry point, whose types are inferred.
pub(super) fn pointer(arguments: usize, is_never: bool) -> TokenStream {
    let types = comma_separated((0..arguments).map(|_| template!({ _ })));
    let output = match is_never {
        true => template!({ ! }),
        false => template!({ _ }),
    };
    template!({ unsafe fn(#types) -> #output }, types, output)
}

/// A function that makes a pointer callable with `count` arguments, of types that its use decides.
pub(super) fn cast(count: usize, private: &TokenStream) -> TokenStream {
    let name = |index| Ident::new(&format!("A{index}"), Span::call_site());
    let types: Vec<Ident> = (0..count).map(name).collect();
    let parameters = types.iter().map(|ty| template!({ #ty, }, ty));
    let parameters: TokenStream = parameters.collect();
    let types = comma_separated(types.iter().map(|ty| template!({ #ty }, ty)));
    template!(
        {
            unsafe fn __hotmod_cast<#parameters R>(target: *const ()) -> unsafe fn(#types) -> R {
                unsafe { #private::core::mem::transmute(target) }
            }
        },
        private, parameters, types,
    )
}

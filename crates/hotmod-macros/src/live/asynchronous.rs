//! The prologue of an `async` entry point in the baseline.
//!
//! The body becomes a future of its own, which the runtime wraps: in the baseline to pin generation 0 at each
//! poll, in a generation as the box that the generation made. Both have the type of the baseline's future as
//! parameter, so the entry point is `Send` exactly when its body is.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ReturnType;

use super::arguments::Arguments;
use super::entry;
use super::item::Function;

/// Makes the future, here or in the live generation, and awaits it.
pub(super) fn call(function: &mut Function, private: &TokenStream) -> TokenStream {
    let Arguments {
        forwarded,
        bindings,
    } = Arguments::of_future(&mut function.signature);
    let cast = entry::cast(forwarded.len());
    let output = output(&function.signature.output);
    let body = function.enclosed_body();
    quote! {
        let __hotmod_future = {
            let __hotmod_route = #private::route_async(&__HOTMOD_SLOT);
            let __hotmod_target = __hotmod_route.target();
            if __hotmod_target.is_null() {
                #private::HotFuture::baseline(__hotmod_route, async move {
                    #output
                    #bindings
                    #body
                })
            } else {
                #cast
                #private::HotFuture::live(
                    __hotmod_route,
                    unsafe { (__hotmod_cast(__hotmod_target))(#(#forwarded),*) },
                )
            }
        };
        __hotmod_future.await
    }
}

/// An `async` block can't state its output; a `return` that is never reached does, for `?` and `into()`.
///
/// It returns a call's value rather than a `loop`'s, which the lint on unreachable code would find.
fn output(output: &ReturnType) -> TokenStream {
    let ty = match output {
        ReturnType::Default => quote!(()),
        // `!` is no type to write here, and a body that never ends needs no hint.
        never if entry::is_never(never) => return TokenStream::new(),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    quote! {
        if false {
            fn __hotmod_output<R>() -> R {
                ::core::unreachable!()
            }
            return __hotmod_output::<#ty>();
        }
    }
}

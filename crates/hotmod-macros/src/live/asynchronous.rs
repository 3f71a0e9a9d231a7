//! The prologue of an `async` entry point in the baseline.
//!
//! The body becomes a future of its own, which the runtime wraps: in the baseline to pin generation 0 at each
//! poll, in a generation as the box that the generation made. Both have the type of the baseline's future as
//! parameter, so the entry point is `Send` exactly when its body is.

use super::arguments::Arguments;
use super::grammar::{Function, Output};
use super::pointer::cast;
use super::template::template;
use super::tokens::{TokenStream, comma_separated};

/// Makes the future, here or in the live generation, and awaits it.
pub(super) fn call(function: &mut Function, private: &TokenStream) -> TokenStream {
    let Arguments {
        forwarded,
        bindings,
    } = Arguments::of_future(&mut function.signature);
    let cast = cast(forwarded.len(), private);
    let forwarded = comma_separated(forwarded);
    let output = output(&function.signature.output, private);
    let body = function.enclosed_body();
    template!(
        {
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
                    unsafe {
                        #private::HotFuture::live(
                            __hotmod_route,
                            (__hotmod_cast(__hotmod_target))(#forwarded),
                        )
                    }
                }
            };
            __hotmod_future.await
        },
        private, output, bindings, body, cast, forwarded,
    )
}

/// An `async` block can't state its output; a `return` that is never reached does, for `?` and `into()`.
///
/// It returns a call's value rather than a `loop`'s, which the lint on unreachable code would find.
fn output(output: &Output, private: &TokenStream) -> TokenStream {
    // `!` can't be written as a type here, and a body that never ends needs no hint.
    if output.is_never() {
        return TokenStream::new();
    }
    let ty = match output.ty.is_empty() {
        true => template!({ () }),
        false => output.ty.clone(),
    };
    template!(
        {
            if false {
                fn __hotmod_output<R>() -> R {
                    #private::core::unreachable!()
                }
                return __hotmod_output::<#ty>();
            }
        },
        private, ty,
    )
}

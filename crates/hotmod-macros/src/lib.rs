//! The attributes of `hotmod`: [`macro@hot`] marks an entry point, [`macro@main`] marks the host's
//! `main`, and [`macro@setup`] and [`macro@teardown`] mark functions that run when a generation
//! starts or ends.
//!
//! In a plain build, they return their item unchanged, and this crate has no dependencies. `cargo
//! hotmod run` enables the feature `live`. Then the environment from the tool's rustc wrapper
//! decides what the attributes do (see `live/session.rs`). Without that environment, they still
//! return the item unchanged, so that `--all-features` works.

#![cfg_attr(
    feature = "live",
    allow(
        clippy::useless_conversion,
        reason = "tests use `proc_macro2` instead of `proc_macro`"
    )
)]

use proc_macro::TokenStream;

// Also compiled for tests without the feature, which `cargo test` of the workspace does not enable.
#[cfg(any(feature = "live", test))]
#[cfg_attr(not(feature = "live"), allow(dead_code))]
mod live;

/// Marks an entry point: a function whose callers in the host always reach the live generation.
///
/// Use it on a function, a method, an inherent impl block, a trait impl block, or a module that is
/// written out in braces. On a block, every function in it becomes an entry point; on a module, every
/// function in it that can be one. For an associated function without `self`, put `#[hot]`
/// on the impl block, unless its signature or body contains `Self`: otherwise the attribute can't
/// tell it from a free function.
///
/// In a session, these are compile errors: functions or impls with type or const parameters
/// (lifetimes are fine), `impl Trait` in arguments or as the return type, `const fn`, `async unsafe
/// fn`, `gen fn`, other ABIs than Rust's, variadic functions, more than 20 arguments, arguments
/// with `#[cfg]`, `main`, impls of `Drop`, and items of a trait definition. A plain build does not report them, because the attribute does nothing there.
///
/// The attribute adds code at the start of the body. Attributes *above* `#[hot]` see the function
/// as written; attributes *below* it see the function with that code.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn hot(arguments: TokenStream, item: TokenStream) -> TokenStream {
    live::hot(arguments.into(), item.into()).into()
}

/// Marks an entry point. In a plain build, the item is returned unchanged.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn hot(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Marks the host's `main`: in a session, it starts the runtime before anything else.
///
/// It works above or below other attributes, such as `#[tokio::main]`.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    live::main(arguments.into(), item.into()).into()
}

/// Marks the host's `main`. In a plain build, the item is returned unchanged.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn main(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Marks a function that prepares a new generation before it goes live.
///
/// Use it on a free function of a reloadable crate that takes no arguments and returns nothing or a
/// `Result<(), E>`. In a plain build, the function is not called, and causes no `dead_code`
/// warning.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn setup(arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(live::setup(arguments.into(), item.into()).into())
}

/// Marks a function that prepares a new generation. In a plain build, it is not called.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn setup(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(item)
}

/// Marks a function that runs after its generation is retired.
///
/// Use it on a free function of a reloadable crate that takes no arguments and returns nothing. In
/// a plain build, the function is not called, and causes no `dead_code` warning.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn teardown(arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(live::teardown(arguments.into(), item.into()).into())
}

/// Marks a function that runs after its generation is retired. In a plain build, it is not called.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn teardown(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(item)
}

/// Allows the item to be unused: in a session, the runtime calls it.
fn uncalled(item: TokenStream) -> TokenStream {
    let mut tokens: TokenStream = "#[allow(dead_code)]".parse().unwrap_or_default();
    tokens.extend(item);
    tokens
}

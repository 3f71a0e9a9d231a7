//! The attributes of `hotmod`: [`macro@hot`] marks an entry point, [`macro@main`] the host's `main`,
//! [`macro@setup`] and [`macro@teardown`] what begins and ends a generation.
//!
//! In a plain build they return their item untouched, and this crate has no dependency. With the feature
//! `live`, which only `cargo hotmod run` switches on, the environment that the tool's rustc wrapper sets
//! decides what they do (see `live/session.rs`); without that environment they return the item untouched too,
//! so that `--all-features` builds as ever.

#![cfg_attr(
    feature = "live",
    allow(
        clippy::useless_conversion,
        reason = "tests have the twin of `proc_macro`"
    )
)]

use proc_macro::TokenStream;

// Tested without the feature, too: `cargo test` of the workspace does not switch it on.
#[cfg(any(feature = "live", test))]
#[cfg_attr(not(feature = "live"), allow(dead_code))]
mod live;

/// Marks an entry point: a function whose callers in the host always reach the live generation.
///
/// It stands on a function, on one method, on an inherent impl block, or on a trait impl block; on a block,
/// every function in it is an entry point. An associated function without `self` whose text never says
/// `Self` looks like a free function to an attribute: put `#[hot]` on its impl block.
///
/// Not accepted, since a function pointer can't stand for them: functions or impls with type or const
/// parameters (lifetimes are fine), `impl Trait` in arguments or as return type, `const fn`, `async unsafe fn`,
/// `gen fn`, C ABIs and variadics, items of a trait definition. A session reports these; a plain build has
/// nothing to report, as the attribute vanishes there.
///
/// Its arguments are bound at the top of the body, so attributes *above* `#[hot]` see the function as written
/// and attributes *below* it see the function with the call's dispatch in its body.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn hot(arguments: TokenStream, item: TokenStream) -> TokenStream {
    live::hot(arguments.into(), item.into()).into()
}

/// Marks an entry point. In a plain build the item is returned untouched.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn hot(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Marks the host's `main`: in a session it starts the runtime before anything else.
///
/// Other attributes, such as `#[tokio::main]`, stay as they are, above or below.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    live::main(arguments.into(), item.into()).into()
}

/// Marks the host's `main`. In a plain build the item is returned untouched.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn main(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Marks a function that prepares a new generation before it is live.
///
/// It stands on a free function of a reloadable crate that takes nothing and returns nothing or a
/// `Result<(), E>`. In a plain build nobody calls it, which is no reason for a lint.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn setup(arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(live::setup(arguments.into(), item.into()).into())
}

/// Marks a function that prepares a new generation. In a plain build nobody calls it.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn setup(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(item)
}

/// Marks a function that runs when its generation was retired.
///
/// It stands on a free function of a reloadable crate that takes and returns nothing. In a plain build
/// nobody calls it, which is no reason for a lint.
#[cfg(feature = "live")]
#[proc_macro_attribute]
pub fn teardown(arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(live::teardown(arguments.into(), item.into()).into())
}

/// Marks a function that runs when its generation was retired. In a plain build nobody calls it.
#[cfg(not(feature = "live"))]
#[proc_macro_attribute]
pub fn teardown(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    uncalled(item)
}

/// The item, which nobody may call: in a session the runtime does.
fn uncalled(item: TokenStream) -> TokenStream {
    let mut tokens: TokenStream = "#[allow(dead_code)]".parse().unwrap_or_default();
    tokens.extend(item);
    tokens
}

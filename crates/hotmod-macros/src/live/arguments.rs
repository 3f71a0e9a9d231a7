//! The arguments of an entry point: named, so that they can be passed on, and taken apart again in the body.
//!
//! A baseline function needs a name for each argument that it may pass on to the live generation. Patterns
//! move into `let` statements, in the order and with the drop order of rustc's own lowering of `async fn`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, FnArg, Pat, Signature};

/// What becomes of a signature's arguments.
pub(super) struct Arguments {
    /// Each argument as an expression, `self` first.
    pub(super) forwarded: Vec<TokenStream>,
    /// The statements that bind the patterns.
    pub(super) bindings: TokenStream,
}

impl Arguments {
    /// Plain names stay up to the first pattern; behind it all are rebound, since locals drop before arguments.
    pub(super) fn of_function(signature: &mut Signature) -> Self {
        Self::take(signature, false)
    }

    /// All are rebound inside the future, so that they are dropped when the body ends.
    pub(super) fn of_future(signature: &mut Signature) -> Self {
        Self::take(signature, true)
    }

    fn take(signature: &mut Signature, mut rebinds: bool) -> Self {
        let mut arguments = Self {
            forwarded: Vec::new(),
            bindings: TokenStream::new(),
        };
        let mut index = 0;
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    arguments
                        .forwarded
                        .push(receiver.self_token.to_token_stream());
                }
                FnArg::Typed(typed) => {
                    let plain = plain_name(&typed.pat);
                    rebinds |= plain.is_none();
                    match plain {
                        Some(name) if !rebinds => arguments.forwarded.push(quote!(#name)),
                        _ => {
                            let name = format_ident!("__hotmod_{index}");
                            let (lints, others): (Vec<_>, _) =
                                typed.attrs.drain(..).partition(is_lint_level);
                            typed.attrs = others;
                            arguments
                                .bindings
                                .extend(binding(&name, &typed.pat, &lints));
                            *typed.pat = syn::parse_quote!(#name);
                            arguments.forwarded.push(quote!(#name));
                        }
                    }
                    index += 1;
                }
            }
        }
        arguments
    }
}

/// `x` and `mut x`. A leading underscore says that nothing uses the name, so passing it on would be a lint's.
fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            Some(&pattern.ident).filter(|ident| !ident.to_string().starts_with('_'))
        }
        _ => None,
    }
}

/// The first `let` makes the rest of a partly moved argument a local too, and one that `ref mut` can borrow.
fn binding(name: &Ident, pattern: &Pat, lints: &[Attribute]) -> TokenStream {
    match pattern {
        Pat::Wild(_) => quote!(let #name = #name;),
        Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
            let underscored = ident.ident.to_string().starts_with('_');
            let allow = underscored.then(|| quote!(#[allow(clippy::no_effect_underscore_binding)]));
            quote!(#allow #(#lints)* let #pattern = #name;)
        }
        _ => quote! {
            let mut #name = #name;
            #(#lints)* let #pattern = #name;
        },
    }
}

/// `#[allow(unused)]` and the like, which speak of the names that the pattern binds.
fn is_lint_level(attribute: &Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"]
        .iter()
        .any(|level| attribute.path().is_ident(level))
}

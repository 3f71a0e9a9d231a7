//! The arguments of an entry point: named, so that they can be passed on, and taken apart again in the body.
//!
//! A baseline function needs a name for each argument that it may pass on to the live generation. Patterns
//! move into `let` statements, in the order and with the drop order of rustc's own lowering of `async fn`.

use super::grammar::{Argument, Attribute, Signature};
use super::template::{Part, template};
use super::tokens::{Ident, Span, TokenStream, is_word, without_invisible};

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
        for argument in &mut signature.arguments {
            if let Some(token) = argument.self_token() {
                arguments.forwarded.push(token.into());
                continue;
            }
            let plain = plain_name(argument);
            rebinds |= plain.is_none();
            let forwarded = match plain {
                Some(name) if !rebinds => name,
                _ => arguments.rebind(argument, index),
            };
            arguments.forwarded.push(forwarded.tokens());
            index += 1;
        }
        arguments
    }

    /// Gives the argument a name of ours, which a statement binds to the user's pattern.
    fn rebind(&mut self, argument: &mut Argument, index: usize) -> Ident {
        let name = Ident::new(&format!("__hotmod_{index}"), Span::call_site());
        let (lints, others) = std::mem::take(&mut argument.attributes)
            .into_iter()
            .partition(Attribute::is_lint_level);
        self.bindings.extend(binding(&name, argument, lints));
        argument.attributes = others;
        argument.pattern = name.tokens();
        name
    }
}

/// `x` and `mut x`. A leading underscore says that nothing uses the name, so passing it on would be a lint's.
fn plain_name(argument: &Argument) -> Option<Ident> {
    let name = argument.name();
    name.filter(|name| !name.to_string().starts_with('_'))
}

/// The first `let` makes the rest of a partly moved argument a local too, and one that `ref mut` can borrow.
///
/// The lint levels speak of the names that the pattern binds.
fn binding(name: &Ident, argument: &Argument, lints: Vec<Attribute>) -> TokenStream {
    let pattern = &argument.pattern;
    if let Some(user_name) = argument.name() {
        let allow = match user_name.to_string().starts_with('_') {
            true => template!({ #[allow(clippy::no_effect_underscore_binding)] }),
            false => TokenStream::new(),
        };
        return template!({ #allow #lints let #pattern = #name; }, allow, lints, pattern, name);
    }
    match &without_invisible(pattern.clone())[..] {
        [wild] if is_word(wild, "_") => template!({ let #name = #name; }, name),
        _ => template!(
            {
                let mut #name = #name;
                #lints let #pattern = #name;
            },
            name, lints, pattern,
        ),
    }
}

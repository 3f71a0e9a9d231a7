//! Where an entry point stands, and how its description names it.
//!
//! A description is a function that hands the entry point itself to the runtime: as a value, of whose type the
//! runtime has the name, and as an address. By that name the generation's side pairs with the baseline's.

use super::grammar::{Function, Header};
use super::pointer::pointer;
use super::self_tokens::{mentions_self, without_self};
use super::session::Session;
use super::signature;
use super::template::{Part, template};
use super::tokens::{Ident, Span, TokenStream, TokenTree, is_named, name_of, quiet_name};

/// What surrounds an entry point.
pub(super) enum Place<'a> {
    /// A module, or a body.
    Free,
    /// An impl, of which the attribute sees only this method.
    Lone,
    /// An impl that is hot as a whole.
    Block(&'a Header),
}

/// The parts of an expansion that say what the entry point is.
pub(super) struct Description {
    /// How the body names the description.
    pub(super) name: TokenStream,
    /// Items and statements for the top of the body.
    pub(super) inside: TokenStream,
    /// Items for beside the function.
    pub(super) beside: TokenStream,
}

impl Place<'_> {
    /// Where a function stands that has the attribute on itself.
    pub(super) fn of(function: &Function) -> Self {
        let signature = &function.signature;
        let says_self = mentions_self(signature.tokens()) || mentions_self(function.body.stream());
        if signature.receiver().is_some() || says_self {
            Self::Lone
        } else {
            Self::Free
        }
    }

    /// Names and describes the function.
    pub(super) fn describe(&self, function: &Function, session: &Session) -> Description {
        match self {
            Self::Free => free(function, session),
            Self::Lone => lone(function, session),
            Self::Block(header) => in_block(header, function, session),
        }
    }
}

/// An associated function without `Self` looks free, and its bare name may then be another function's. Beside
/// it stands an item that modules and bodies allow and impls don't: rustc says "not supported in `impl`s".
///
/// The description stands in the body, where nothing else can have its name, unless an argument has the
/// function's: then it stands beside it.
fn free(function: &Function, session: &Session) -> Description {
    let ident = quiet_name(&function.signature.name);
    let guard = template!(at ident.span(), { use {}; });
    let describe = |name: &Ident| {
        let head = template!({ fn #name() }, name);
        description(
            head,
            TokenStream::new(),
            template!({ () }),
            ident.tokens(),
            function,
            session,
        )
    };
    if is_shadowed(function) {
        let name = name_of("__hotmod_describe_", &ident, Span::call_site());
        let item = describe(&name);
        let cfgs = function.cfgs();
        return Description {
            name: name.tokens(),
            inside: TokenStream::new(),
            beside: template!({ #cfgs #[doc(hidden)] #item #guard }, cfgs, item, guard),
        };
    }
    let name = Ident::new("__hotmod_describe", Span::call_site());
    Description {
        name: name.tokens(),
        inside: describe(&name),
        beside: guard,
    }
}

/// Whether an argument hides the function in its own body.
fn is_shadowed(function: &Function) -> bool {
    let name = function.signature.name.to_string();
    let mut arguments = function.signature.arguments.iter();
    arguments.any(|it| !it.is_receiver() && mentions(it.pattern.clone(), &name))
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => is_named(&word, name),
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// Items in the body can't say `Self`, so the description stands beside the method.
///
/// In a trait impl rustc refuses it as no member of the trait; its name is the advice. In an impl with type
/// parameters, or a trait, the guard is an error: the slot would be one for all types.
fn lone(function: &Function, session: &Session) -> Description {
    let ident = quiet_name(&function.signature.name);
    let describe = name_of(
        "__hotmod_in_trait_impls_put_hot_on_the_whole_block_",
        &ident,
        ident.span(),
    );
    let cfgs = function.cfgs();
    let private = session.private();
    let item = description(
        template!({ fn #describe() }, describe),
        TokenStream::new(),
        template!({ Self }),
        template!({ Self::#ident }, ident),
        function,
        session,
    );
    Description {
        name: template!({ Self::#describe }, describe),
        inside: template!(at ident.span(), {
            #[deny(const_evaluatable_unchecked)]
            let _ = [(); { #private::core::marker::PhantomData::<Self>; 0 }];
        }, private),
        beside: template!({ #cfgs #[doc(hidden)] #item }, cfgs, item),
    }
}

/// The header says what `Self` is, so the description stands in the body and repeats the impl's lifetimes.
fn in_block(header: &Header, function: &Function, session: &Session) -> Description {
    let ident = quiet_name(&function.signature.name);
    let self_type = &header.self_type;
    let path = match header.of_trait.clone() {
        None => template!({ <#self_type>::#ident }, self_type, ident),
        Some(of) => {
            let of = without_self(of, self_type);
            template!({ <#self_type as #of>::#ident }, self_type, of, ident)
        }
    };
    let lifetimes = &header.generics.tokens;
    let head = template!({ fn __hotmod_describe #lifetimes () }, lifetimes);
    let conditions = without_self(header.conditions.clone(), self_type);
    Description {
        name: template!({ __hotmod_describe }),
        inside: description(head, conditions, self_type.clone(), path, function, session),
        beside: TokenStream::new(),
    }
}

fn description(
    head: TokenStream,
    conditions: TokenStream,
    of: TokenStream,
    path: TokenStream,
    function: &Function,
    session: &Session,
) -> TokenStream {
    let private = session.private();
    let signature = &function.signature;
    let text = signature::text(signature);
    let place = template!({ || (), #private::core::marker::PhantomData::<#of> }, private, of);
    let value = if signature.head.asyncness.is_some() {
        template!(
            { of_async(#path, #place, #text, #private::is_send!(#path)) },
            path, place, text, private,
        )
    } else if signature.head.unsafety.is_some() {
        let pointer = pointer(signature.arguments.len(), signature.output.is_never());
        template!(
            { of_unsafe(#path, #place, #path as #pointer, #path as *const (), #text) },
            path, place, pointer, text,
        )
    } else {
        template!(
            { of_function(#path, #place, #path as *const (), #text) },
            path, place, text,
        )
    };
    template!(
        {
            #head -> #private::Description #conditions {
                #private::Description::EntryPoint(unsafe { #private::EntryPoint::#value })
            }
        },
        head, private, conditions, value,
    )
}

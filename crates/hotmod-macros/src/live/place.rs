//! Where an entry point stands, and how its description names it.
//!
//! A description is a function that hands the entry point itself to the runtime: as a value, of whose type the
//! runtime has the name, and as an address. By that name the generation's side pairs with the baseline's.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, FnArg, ItemImpl, Safety, Signature};

use super::entry::is_never;
use super::item::{Function, quiet};
use super::self_tokens::{mentions_self, without_self};
use super::session::Session;
use super::signature;

/// What surrounds an entry point.
pub(super) enum Place<'a> {
    /// A module, or a body.
    Free,
    /// An impl, of which the attribute sees only this method.
    Lone,
    /// An impl that is hot as a whole.
    Block(&'a ItemImpl),
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
        let says_self = mentions_self(quote!(#signature)) || mentions_self(function.body.clone());
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
    let ident = path_to(function);
    let span = ident.span();
    let guard = quote_spanned!(span=> use {};);
    let describe = |name: &Ident| {
        description(
            &quote!(fn #name()),
            None,
            &quote!(()),
            &quote!(#ident),
            function,
            session,
        )
    };
    if is_shadowed(function) {
        let name = format_ident!("__hotmod_describe_{}", ident, span = Span::call_site());
        let item = describe(&name);
        let cfgs = cfgs(function);
        return Description {
            name: quote!(#name),
            inside: TokenStream::new(),
            beside: quote!(#(#cfgs)* #[doc(hidden)] #item #guard),
        };
    }
    let name = format_ident!("__hotmod_describe", span = Span::call_site());
    Description {
        name: quote!(#name),
        inside: describe(&name),
        beside: guard,
    }
}

/// Whether an argument hides the function in its own body.
fn is_shadowed(function: &Function) -> bool {
    function.signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(_) => false,
        FnArg::Typed(typed) => mentions(typed.pat.to_token_stream(), &function.signature.ident),
    })
}

fn mentions(tokens: TokenStream, ident: &Ident) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == *ident,
        TokenTree::Group(group) => mentions(group.stream(), ident),
        _ => false,
    })
}

/// What is beside a function is there when the function is.
fn cfgs(function: &Function) -> impl Iterator<Item = &Attribute> {
    let attributes = function.attributes.iter();
    attributes.filter(|attribute| attribute.path().is_ident("cfg"))
}

/// Items in the body can't say `Self`, so the description stands beside the method.
///
/// In a trait impl rustc refuses it as no member of the trait; its name is the advice. In an impl with type
/// parameters, or a trait, the guard is an error: the slot would be one for all types.
fn lone(function: &Function, session: &Session) -> Description {
    let ident = path_to(function);
    let span = ident.span();
    let mut describe = format_ident!(
        "__hotmod_in_trait_impls_put_hot_on_the_whole_block_{}",
        ident
    );
    describe.set_span(span);
    let cfgs = cfgs(function);
    let item = description(
        &quote!(fn #describe()),
        None,
        &quote!(Self),
        &quote!(Self::#ident),
        function,
        session,
    );
    Description {
        name: quote!(Self::#describe),
        inside: quote_spanned! {span=>
            #[deny(const_evaluatable_unchecked)]
            let _ = [(); { ::core::marker::PhantomData::<Self>; 0 }];
        },
        beside: quote!(#(#cfgs)* #[doc(hidden)] #item),
    }
}

/// The header says what `Self` is, so the description stands in the body and repeats the impl's lifetimes.
fn in_block(header: &ItemImpl, function: &Function, session: &Session) -> Description {
    let ident = path_to(function);
    let self_type = &header.self_ty;
    let self_type = quote!(#self_type);
    let path = match &header.trait_ {
        None => quote!(<#self_type>::#ident),
        Some((of, _)) => {
            let of = without_self(of, &self_type);
            quote!(<#self_type as #of>::#ident)
        }
    };
    let (lifetimes, _, conditions) = header.generics.split_for_impl();
    let conditions = without_self(conditions, &self_type);
    let head = quote!(fn __hotmod_describe #lifetimes ());
    Description {
        name: quote!(__hotmod_describe),
        inside: description(
            &head,
            Some(&conditions),
            &self_type,
            &path,
            function,
            session,
        ),
        beside: TokenStream::new(),
    }
}

fn description(
    head: &TokenStream,
    conditions: Option<&TokenStream>,
    of: &TokenStream,
    path: &TokenStream,
    function: &Function,
    session: &Session,
) -> TokenStream {
    let private = session.private();
    let signature = signature::text(&function.signature);
    let Signature {
        asyncness,
        safety,
        inputs,
        output,
        ..
    } = &function.signature;
    let place = quote!(|| (), ::core::marker::PhantomData::<#of>);
    let value = if asyncness.is_some() {
        quote!(of_async(#path, #place, #signature, #private::is_send!(#path)))
    } else if matches!(safety, Safety::Unsafe(_)) {
        let types = inputs.iter().map(|_| quote!(_));
        let output = if is_never(output) {
            quote!(!)
        } else {
            quote!(_)
        };
        let pointer = quote!(#path as unsafe fn(#(#types),*) -> #output);
        quote!(of_unsafe(#path, #place, #pointer, #path as *const (), #signature))
    } else {
        quote!(of_function(#path, #place, #path as *const (), #signature))
    };
    quote! {
        #head -> #private::Description #conditions {
            #private::Description::#value
        }
    }
}

/// The function's name, for paths: that it is deprecated, say, is no lint here.
fn path_to(function: &Function) -> Ident {
    let mut ident = function.signature.ident.clone();
    ident.set_span(quiet(ident.span()));
    ident
}

//! Questions to syntax that several items have in common.

use quote::ToTokens;
use syn::{Attribute, FnArg, GenericParam, Generics, Type};

use crate::base::words::mentions;
use crate::compat::symbols::UNNAMED;

/// Whether an attribute is more than documentation.
pub(crate) fn is_code(attribute: &Attribute) -> bool {
    !attribute.path().is_ident("doc")
}

pub(crate) fn is_hot(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "hot")
}

pub(crate) fn is_generic(generics: &Generics) -> bool {
    let mut parameters = generics.params.iter();
    parameters.any(|it| !matches!(it, GenericParam::Lifetime(_)))
}

pub(crate) fn has_impl_type(argument: &FnArg) -> bool {
    match argument {
        FnArg::Receiver(_) => false,
        FnArg::Typed(typed) => mentions(&typed.ty.to_token_stream().to_string(), "impl"),
    }
}

/// The last name of a path.
pub(crate) fn last(path: &syn::Path) -> String {
    let last = path.segments.last();
    last.map_or_else(String::new, |it| it.ident.to_string())
}

/// The name of a type, as keys have it.
pub(crate) fn name_of(of: &Type) -> String {
    match of {
        Type::Path(of) => last(&of.path),
        _ => UNNAMED.to_owned(),
    }
}

/// The numbers of an enum's variants, as far as its tokens tell them: the last one that is written
/// down, and how many variants there are since.
pub(crate) fn numbers(item: &syn::ItemEnum) -> Vec<(&syn::Ident, String)> {
    let mut written = String::from("0");
    let mut since = 0;
    let mut numbers = Vec::new();
    for variant in &item.variants {
        if let Some((_, value)) = &variant.discriminant {
            written = value.to_token_stream().to_string();
            since = 0;
        }
        numbers.push((&variant.ident, format!("{written} + {since}")));
        since += 1;
    }
    numbers
}

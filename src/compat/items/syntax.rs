//! Questions to syntax that several items have in common.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::{
    Attribute, Block, FnArg, GenericParam, Generics, Ident, ItemImpl, PathArguments, Signature,
    Type, TypeParamBound, TypeTraitObject,
};

use crate::base::words::mentions;
use crate::compat::symbols::UNNAMED;

/// Whether an attribute is more than documentation.
pub(super) fn is_code(attribute: &Attribute) -> bool {
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

pub(crate) fn returns_impl_type(signature: &Signature) -> bool {
    mentions(&signature.output.to_token_stream().to_string(), "impl")
}

/// A name without the mark of a raw identifier.
pub(crate) fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// The last name of a path.
pub(crate) fn last(path: &syn::Path) -> String {
    let last = path.segments.last();
    last.map_or_else(String::new, |it| plain(&it.ident))
}

/// The name of a type, as keys have it.
pub(crate) fn name_of(of: &Type) -> String {
    match of {
        Type::Path(of) => last(&of.path),
        Type::Group(of) => name_of(&of.elem),
        Type::Paren(of) => name_of(&of.elem),
        Type::TraitObject(of) => name_of_dyn(of).unwrap_or_else(|| UNNAMED.to_owned()),
        _ => UNNAMED.to_owned(),
    }
}

/// That of a `dyn Trait`, unless it takes arguments as functions do.
fn name_of_dyn(of: &TypeTraitObject) -> Option<String> {
    let path = of.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(&bound.path),
        _ => None,
    })?;
    let mut arguments = path.segments.iter().map(|it| &it.arguments);
    let is_function = arguments.any(|it| matches!(it, PathArguments::Parenthesized(_)));
    (!is_function).then(|| last(path))
}

/// The impls that stand in a function: they count everywhere.
pub(crate) fn impls_in(block: &Block) -> Vec<&ItemImpl> {
    #[derive(Default)]
    struct Impls<'ast>(Vec<&'ast ItemImpl>);
    impl<'ast> Visit<'ast> for Impls<'ast> {
        fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
            self.0.push(item);
        }
    }
    let mut impls = Impls::default();
    impls.visit_block(block);
    impls.0
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

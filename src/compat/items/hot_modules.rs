//! `#[hot]` on a module, which marks the functions in it.
//!
//! `hotmod-macros` decides which functions of the module become entry points (`is_entry_point` in
//! `live/reject.rs`), and this file has the same rule. A function that is taken for an entry point
//! but isn't would be called live although the host calls the old one.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, ImplItem, Item, ItemImpl, ItemMod, ReturnType, Signature, parse_quote,
};

use quote::ToTokens as _;

use super::direct::{has_impl_type, is_generic, is_hot};
use crate::base::words::mentions;

/// The most arguments that an entry point can have.
const MOST_ARGUMENTS: usize = 20;

/// Moves each `#[hot]` on a module to the functions that it marks.
pub(crate) fn mark_functions_of_modules(file: &mut syn::File) {
    HotModules.visit_file_mut(file);
}

struct HotModules;

impl VisitMut for HotModules {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        let marks = module.attrs.len();
        module.attrs.retain(|it| !is_hot(it));
        if module.attrs.len() < marks {
            mark_functions(module);
        } else {
            visit_mut::visit_item_mod_mut(self, module);
        }
    }
}

fn mark_functions(module: &mut ItemMod) {
    for item in module.content.iter_mut().flat_map(|(_, items)| items) {
        match item {
            Item::Fn(item) if is_entry_point(&item.attrs, &item.sig) => mark(&mut item.attrs),
            Item::Impl(item) if has_entry_points(item) => {
                for member in &mut item.items {
                    if let ImplItem::Fn(member) = member
                        && is_entry_point(&member.attrs, &member.sig)
                    {
                        mark(&mut member.attrs);
                    }
                }
            }
            Item::Mod(inner) => mark_functions(inner),
            _ => {}
        }
    }
}

fn mark(attributes: &mut Vec<Attribute>) {
    attributes.push(parse_quote!(#[hot]));
}

fn has_entry_points(item: &ItemImpl) -> bool {
    let of_trait = item.trait_.as_ref();
    let last = of_trait.and_then(|(path, _)| path.segments.last());
    !is_generic(&item.generics) && last.is_none_or(|it| it.ident != "Drop")
}

fn is_entry_point(attributes: &[Attribute], signature: &Signature) -> bool {
    let is_hook = |attribute: &Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|it| it.ident == "setup" || it.ident == "teardown")
    };
    let has_cfg = |argument: &FnArg| {
        let (FnArg::Receiver(syn::Receiver { attrs, .. })
        | FnArg::Typed(syn::PatType { attrs, .. })) = argument;
        attrs.iter().any(|it| it.path().is_ident("cfg"))
    };
    let returns_impl = match &signature.output {
        ReturnType::Default => false,
        ReturnType::Type(_, of) => mentions(&of.to_token_stream().to_string(), "impl"),
    };
    let abi = signature.abi.as_ref();
    let is_rust = abi.is_none_or(|it| it.name.as_ref().is_some_and(|it| it.value() == "Rust"));
    !attributes.iter().any(is_hook)
        && signature.constness.is_none()
        && (signature.asyncness.is_none() || matches!(signature.safety, syn::Safety::Default))
        && is_rust
        && signature.variadic.is_none()
        && !is_generic(&signature.generics)
        && signature.inputs.len() <= MOST_ARGUMENTS
        && !signature
            .inputs
            .iter()
            .any(|it| has_impl_type(it) || has_cfg(it))
        && !returns_impl
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the functions that `#[hot]` on the module of this file marks.
    fn marked(source: &str) -> Vec<String> {
        struct Functions(Vec<String>);
        impl<'ast> syn::visit::Visit<'ast> for Functions {
            fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
                self.add(&item.attrs, &item.sig);
            }

            fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
                self.add(&item.attrs, &item.sig);
            }
        }
        impl Functions {
            fn add(&mut self, attributes: &[Attribute], signature: &Signature) {
                if attributes.iter().any(is_hot) {
                    self.0.push(signature.ident.to_string());
                }
            }
        }
        let mut file = syn::parse_file(source).unwrap();
        mark_functions_of_modules(&mut file);
        let mut functions = Functions(Vec::new());
        syn::visit::Visit::visit_file(&mut functions, &file);
        functions.0
    }

    #[test]
    fn functions_that_can_be_entry_points_are_marked() {
        // The table of the macros, which decide it.
        let table = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/crates/hotmod-macros/src/live/tests/modules.txt"
        ));
        for row in table.lines() {
            let (expected, item) = row.split_once(": ").unwrap();
            let marked = marked(&format!("#[hotmod::hot] mod pages {{ {item} }}"));
            let expected: &[&str] = if expected == "yes" { &["f"] } else { &[] };
            assert_eq!(marked, expected, "{item}");
        }
        assert_eq!(marked("mod pages { fn f() {} }"), [""; 0]);
        let inner = "mod outer { #[hot] mod pages { fn f() {} } fn g() {} }";
        assert_eq!(marked(inner), ["f"]);
    }
}

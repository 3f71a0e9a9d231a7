//! `#[hot]` on a module, which marks the functions in it.
//!
//! Those functions of the module become entry points that [can be](super::mark).

use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, ImplItem, Item, ItemMod, parse_quote};

use super::mark::{can_be_marked, impl_can_be_marked};
use super::syntax::is_hot;

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
            Item::Fn(item) if can_be_marked(&item.attrs, &item.sig) => mark(&mut item.attrs),
            Item::Impl(item) if impl_can_be_marked(item) => {
                for member in &mut item.items {
                    if let ImplItem::Fn(member) = member
                        && can_be_marked(&member.attrs, &member.sig)
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

#[cfg(test)]
mod tests {
    use super::*;
    use syn::Signature;

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

//! Finds what other code can resolve to in a file.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Meta, ReceiverKind, TraitItem, Visibility};

use super::attributes::{conditions, is_public, macros, representation};
use super::{Detail, Interface, Part, Signature};
use crate::compat::items::cfg_test::{attributes, is_for_tests};
use crate::compat::items::layout_tokens::bare;
use crate::compat::items::syntax::{impls_in, last, name_of, plain};
use crate::compat::symbols::key;

#[derive(Default)]
pub(super) struct Finder {
    pub(super) found: Interface,
    /// The attributes of the modules around an item that decide whether it is there.
    around: String,
    module: String,
}

impl Finder {
    fn add(&mut self, part: Part, detail: Detail) {
        let detail = Detail {
            tokens: format!("{}{}", self.around, detail.tokens),
            ..detail
        };
        self.found.parts.entry(part).or_default().push(detail);
    }

    /// A definition, by its name.
    fn name(
        &mut self,
        name: &syn::Ident,
        visibility: &Visibility,
        kind: &str,
        attributes: &[Attribute],
    ) {
        let part = Part::Name { name: plain(name) };
        let detail = Detail {
            tokens: format!("{}{kind}", conditions(attributes)),
            of: self.module.clone(),
            is_public: is_public(visibility),
            ..Detail::default()
        };
        self.add(part, detail);
    }

    fn signature(&mut self, signature: &syn::Signature, of: Option<&str>, by: Option<&str>) {
        let name = plain(&signature.ident);
        self.found.signatures.push(Signature {
            key: key(of, by, &name),
            name,
            of: of.map(str::to_owned),
            tokens: text(signature),
        });
    }

    /// A struct, an enum or a union: its head, and the impls that are derived for it.
    fn type_(&mut self, name: &syn::Ident, generics: &syn::Generics, attributes: &[Attribute]) {
        let name = plain(name);
        for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
            let Meta::List(list) = &attribute.meta else {
                continue;
            };
            let paths = list.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            );
            for path in paths.into_iter().flatten() {
                let detail = Detail {
                    tokens: "derived".to_owned(),
                    of: name.clone(),
                    by: text(&path),
                    is_apart: true,
                    ..Detail::default()
                };
                let of = name.clone();
                self.add(
                    Part::Impl {
                        of,
                        by: last(&path),
                    },
                    detail,
                );
            }
        }
        let is_open = !attributes
            .iter()
            .any(|it| it.path().is_ident("non_exhaustive"));
        let tokens = format!(
            "{} {}{is_open}",
            text(generics),
            text(&generics.where_clause)
        );
        self.add(Part::Head { name }, Detail::of(tokens));
    }

    /// What a type consists of. The names of fields only matter if their order changes.
    fn body(&mut self, name: &syn::Ident, attributes: &[Attribute], fields: &syn::Fields) {
        let of = plain(name);
        let mut tokens = representation(attributes);
        for field in fields {
            let part = format!("{}{},", conditions(&field.attrs), text(&field.ty));
            tokens.push_str(&part);
        }
        for field in fields.iter().filter(|it| is_public(&it.vis)) {
            let name = field.ident.as_ref().map_or("0".to_owned(), plain);
            let of = of.clone();
            self.add(
                Part::Field { of, name },
                Detail::of(conditions(&field.attrs)),
            );
        }
        let names = fields.iter().filter_map(|it| it.ident.as_ref());
        let detail = Detail {
            by: names.map(plain).collect::<Vec<_>>().join(","),
            ..Detail::of(tokens)
        };
        self.add(Part::Body { name: of }, detail);
    }

    fn import(&mut self, tree: &syn::UseTree, path: &str, is_public: bool, conditions: &str) {
        let (name, path) = match tree {
            syn::UseTree::Path(tree) => {
                let path = format!("{path}::{}", plain(&tree.ident));
                return self.import(&tree.tree, &path, is_public, conditions);
            }
            syn::UseTree::Group(group) => {
                let trees = group.items.iter();
                return trees.for_each(|it| self.import(it, path, is_public, conditions));
            }
            syn::UseTree::Name(name) => (&name.ident, plain(&name.ident)),
            syn::UseTree::Rename(name) => (&name.rename, plain(&name.ident)),
            syn::UseTree::Glob(_) => {
                let path = path.trim_start_matches(':').to_owned();
                let detail = Detail {
                    is_public,
                    ..Detail::of(conditions.to_owned())
                };
                return self.add(Part::Glob { path }, detail);
            }
        };
        let detail = Detail {
            is_public,
            ..Detail::of(format!("{conditions}{path}"))
        };
        self.add(Part::Import { name: plain(name) }, detail);
    }

    fn call(&mut self, call: &syn::Macro, attributes: &[Attribute]) {
        // `keep!` only declares statics, of whose types the layouts tell.
        let last = call.path.segments.last();
        if last.is_some_and(|it| it.ident == "keep") {
            return;
        }
        let path = text(&call.path).replace(' ', "");
        let tokens = format!("{}{}", conditions(attributes), call.tokens);
        self.add(Part::MacroCall { path }, Detail::of(tokens));
    }
}

impl Detail {
    fn of(tokens: String) -> Self {
        Detail {
            tokens,
            ..Detail::default()
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let conditions = conditions(&item.attrs);
        let detail = Detail {
            is_public: is_public(&item.vis),
            is_apart: item.content.is_none(),
            of: self.module.clone(),
            ..Detail::of(conditions.clone())
        };
        let name = plain(&item.ident);
        self.add(Part::Module { name }, detail);
        let outer = (self.around.clone(), self.module.clone());
        self.around += &conditions;
        self.module = plain(&item.ident);
        visit::visit_item_mod(self, item);
        (self.around, self.module) = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let conditions = conditions(&item.attrs);
        self.import(&item.tree, "", is_public(&item.vis), &conditions);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.name(&item.ident, &item.vis, "type", &item.attrs);
        self.type_(&item.ident, &item.generics, &item.attrs);
        self.body(&item.ident, &item.attrs, &item.fields);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.name(&item.ident, &item.vis, "type", &item.attrs);
        self.type_(&item.ident, &item.generics, &item.attrs);
        let fields = syn::Fields::Named(item.fields.clone());
        self.body(&item.ident, &item.attrs, &fields);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.name(&item.ident, &item.vis, "type", &item.attrs);
        self.type_(&item.ident, &item.generics, &item.attrs);
        let of = plain(&item.ident);
        for variant in &item.variants {
            let tokens = format!("{}{}", conditions(&variant.attrs), text(&variant.fields));
            let (of, name) = (of.clone(), plain(&variant.ident));
            self.add(Part::Variant { of, name }, Detail::of(tokens));
        }
        let tokens = representation(&item.attrs);
        self.add(Part::Body { name: of }, Detail::of(tokens));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.name(&item.ident, &item.vis, "type", &item.attrs);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        match item.ident == "_" {
            true => visit::visit_item_const(self, item),
            false => self.name(&item.ident, &item.vis, "value", &item.attrs),
        }
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.name(&item.ident, &item.vis, "value", &item.attrs);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.name(&item.sig.ident, &item.vis, "value", &item.attrs);
        self.signature(&item.sig, None, None);
        for item in impls_in(&item.block) {
            self.visit_item_impl(item);
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let Some(name) = &item.ident else {
            return self.call(&item.mac, &item.attrs);
        };
        let is_exported = item
            .attrs
            .iter()
            .any(|it| it.path().is_ident("macro_export"));
        let part = Part::Name { name: plain(name) };
        let detail = Detail {
            is_public: is_exported,
            ..Detail::of(format!("{}macro", conditions(&item.attrs)))
        };
        self.add(part, detail);
        let part = Part::Macro { name: plain(name) };
        self.add(part, Detail::of(bare(item.mac.tokens.clone())));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.name(&item.ident, &item.vis, "type", &item.attrs);
        let of = plain(&item.ident);
        let head = format!(
            "{}{}:{}{}{}",
            text(&item.generics),
            text(&item.generics.where_clause),
            text(&item.supertraits),
            text(&item.unsafety),
            conditions(&item.attrs),
        );
        self.add(Part::Head { name: of.clone() }, Detail::of(head));
        for item in &item.items {
            let (name, attributes, tokens, is_apart) = match item {
                TraitItem::Fn(it) => {
                    self.signature(&it.sig, Some(&of), None);
                    (
                        &it.sig.ident,
                        &it.attrs,
                        text(&it.sig),
                        it.default.is_some(),
                    )
                }
                TraitItem::Const(it) => (&it.ident, &it.attrs, text(&it.ty), it.default.is_some()),
                TraitItem::Type(it) => (&it.ident, &it.attrs, text(it), it.default.is_some()),
                TraitItem::Macro(it) => {
                    self.call(&it.mac, &it.attrs);
                    continue;
                }
                _ => continue,
            };
            let detail = Detail {
                is_apart,
                ..Detail::of(format!("{}{tokens}", conditions(attributes)))
            };
            let (of, name) = (of.clone(), plain(name));
            self.add(Part::TraitItem { of, name }, detail);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let mut parameters = item.generics.type_params();
        let of = name_of(&item.self_ty);
        let is_any = parameters.any(|it| it.ident == of);
        let of_tokens = match is_any {
            true => String::new(),
            false => text(&item.self_ty),
        };
        let by = item.trait_.as_ref().map(|(path, _)| path);
        let head = format!(
            "{}{}{}{}{} for {}",
            macros(&item.attrs),
            text(&item.unsafety),
            text(&item.generics),
            text(&item.generics.where_clause),
            text(&item.modifiers.polarity),
            text(&item.self_ty),
        );
        let detail = |tokens: String, is_public: bool| Detail {
            tokens,
            of: of_tokens.clone(),
            by: by.map(text).unwrap_or_default(),
            is_public,
            is_apart: false,
        };
        if let Some(path) = by {
            let (of, by) = (of.clone(), last(path));
            let tokens = format!("{head} {}", text(path));
            self.add(Part::Impl { of, by }, detail(tokens, true));
        }
        for item in &item.items {
            let (name, attributes, tokens, visibility) = match item {
                ImplItem::Fn(it) => {
                    self.signature(&it.sig, Some(&of), by.map(last).as_deref());
                    (&it.sig.ident, &it.attrs, receiver(&it.sig), Some(&it.vis))
                }
                ImplItem::Const(it) => {
                    let tokens = text(&it.ty) + &text(&it.expr);
                    (&it.ident, &it.attrs, tokens, Some(&it.vis))
                }
                ImplItem::Type(it) => (&it.ident, &it.attrs, text(&it.ty), None),
                ImplItem::Macro(it) => {
                    self.call(&it.mac, &it.attrs);
                    continue;
                }
                _ => continue,
            };
            if is_for_tests(attributes) {
                continue;
            }
            let tokens = format!("{head}{}{tokens}", conditions(attributes));
            let is_public = by.is_some() || visibility.is_none_or(is_public);
            let (of, by, name) = (of.clone(), by.map(last), plain(name));
            self.add(Part::Member { of, by, name }, detail(tokens, is_public));
        }
    }
}

/// How a method takes its value: that decides which of several a call is of.
fn receiver(signature: &syn::Signature) -> String {
    let kind = signature.receiver().map(|it| &it.kind);
    match kind {
        None => String::new(),
        Some(ReceiverKind::Value) => "self".to_owned(),
        Some(ReceiverKind::Reference(_, _, mutable)) => format!("&{}self", text(mutable)),
        Some(ReceiverKind::Typed(_, of)) => format!("self: {}", text(of)),
        Some(_) => "other".to_owned(),
    }
}

/// Tokens, whatever their lifetimes are called: these decide nothing here.
fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut parts = text.split('\'');
    let mut out = parts.next().unwrap_or_default().to_owned();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for part in parts {
        let name = part.split(|c| !is_word(c)).next().unwrap_or_default();
        out.push('\'');
        out.push_str(match name {
            "" | "static" => part,
            name => &part[name.len()..],
        });
    }
    out
}

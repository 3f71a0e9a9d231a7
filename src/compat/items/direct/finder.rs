//! Finds the items of a file that code outside the group may have.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, ImplItemFn, ItemImpl, Visibility};

use super::block::Block;
use super::{Code, Direct};
use crate::base::words::mentions;
use crate::compat::items::cfg_test::{attributes, is_for_tests};
use crate::compat::items::entry_point::{EntryPoint, Types};
use crate::compat::items::item::ItemKind;
use crate::compat::items::mark::MarkPlace;
use crate::compat::items::syntax::{
    has_impl_type, impls_in, is_code, is_generic, is_hot, last, name_of, numbers, plain,
};
use crate::compat::symbols::key;

/// The items of a file, and the block that they stand in.
pub(super) struct Items<'a> {
    pub(super) found: Direct,
    pub(super) block: Block,
    pub(super) types: &'a Types,
}

impl Items<'_> {
    /// A function, free or in a block.
    fn function(
        &mut self,
        is_public: bool,
        attributes: &[Attribute],
        (signature, body): (&syn::Signature, Option<&syn::Block>),
        place: Option<MarkPlace>,
        item: &impl ToTokens,
    ) {
        let name = &signature.ident;
        let key = self.block.key(name);
        if self.block.is_hot || attributes.iter().any(is_hot) {
            self.found.hot.insert(key);
            return;
        }
        let is_const = signature.constness.is_some();
        let is_free = self.block.of.is_none();
        let is_generic = self.block.is_generic
            || is_generic(&signature.generics)
            || signature.inputs.iter().any(has_impl_type);
        let mut inline = attributes.iter().filter(|it| it.path().is_ident("inline"));
        let inline = inline
            .next()
            .map(|it| it.meta.to_token_stream().to_string())
            .filter(|it| !mentions(it, "never"));
        if is_const {
            let kind = if is_free {
                ItemKind::ConstFn
            } else {
                ItemKind::ConstMethod
            };
            self.found.add_item(kind, name, item);
        } else if is_free && is_public && (is_generic || inline.is_some()) {
            self.found.add_item(ItemKind::Fn, name, item);
        }
        let of = self.block.of.as_deref();
        let entry_point = EntryPoint::possible(place, signature, body, of, self.types);
        let code = self.code(key, name, item);
        for attribute in attributes.iter().filter(|it| is_code(it)) {
            code.signature
                .push_str(&attribute.to_token_stream().to_string());
        }
        code.signature
            .push_str(&signature.to_token_stream().to_string());
        code.entry_point = entry_point;
        code.is_unseen = is_const || inline.is_some_and(|it| mentions(&it, "always"));
    }

    fn method(&mut self, method: &ImplItemFn, block: &ItemImpl) {
        let mut bare = method.clone();
        bare.attrs.retain(is_code);
        let place = MarkPlace::of_method(method, block);
        let function = (&method.sig, Some(&method.block));
        self.function(false, &method.attrs, function, place, &bare);
    }

    fn code(&mut self, key: String, name: &Ident, item: &impl ToTokens) -> &mut Code {
        let code = self.found.code.entry(key).or_default();
        code.name = plain(name);
        code.of.clone_from(&self.block.of);
        code.of_trait.clone_from(&self.block.of_trait);
        code.tokens.push_str(&item.to_token_stream().to_string());
        code
    }

    fn inside(&mut self, block: Block, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.block, block);
        visit(self);
        self.block = outer;
    }

    fn import(&mut self, tree: &syn::UseTree, path: &str, is_public: bool) {
        let (alias, path) = match tree {
            syn::UseTree::Path(tree) => {
                return self.import(&tree.tree, &format!("{path}::{}", tree.ident), is_public);
            }
            syn::UseTree::Group(group) => {
                let trees = group.items.iter();
                return trees.for_each(|it| self.import(it, path, is_public));
            }
            syn::UseTree::Name(name) => (&name.ident, format!("{path}::{}", name.ident)),
            syn::UseTree::Rename(name) => (&name.rename, format!("{path}::{}", name.ident)),
            syn::UseTree::Glob(_) => return,
        };
        self.found.imports.insert(plain(alias), (path, is_public));
    }
}

impl<'ast> Visit<'ast> for Items<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.found.modules.insert(plain(&item.ident));
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, "", !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        match item.ident == "_" {
            true => visit::visit_item_const(self, item),
            false => drop(self.found.add_item(ItemKind::Const, &item.ident, item)),
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        let added = self.found.add_item(ItemKind::Const, &item.ident, item);
        if self.block.of_trait.is_some() {
            added.ways.extend(self.block.names());
        }
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        let added = self.found.add_item(ItemKind::Const, &item.ident, item);
        added.ways.extend(self.block.names());
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.found.add_item(ItemKind::Type, &item.ident, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.code(key(None, None, &plain(&item.ident)), &item.ident, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(name) = &item.ident {
            self.found.add_item(ItemKind::Macro, name, item);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.found.types.insert(plain(&item.ident));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.found.types.insert(plain(&item.ident));
        // Code that casts a variant, or writes one down, has its number.
        for (variant, number) in numbers(item) {
            self.found.add_tokens(ItemKind::Variant, variant, &number);
        }
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.found.types.insert(plain(&item.ident));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let mut bare = item.clone();
        bare.attrs.retain(is_code);
        let function = (&item.sig, Some(&*item.block));
        let place = MarkPlace::of_function(item);
        self.function(is_public, &item.attrs, function, place, &bare);
        for item in impls_in(&item.block) {
            self.visit_item_impl(item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of_trait = item.trait_.as_ref().map(|(path, _)| last(path));
        let block = Block {
            of: Some(name_of(&item.self_ty)),
            of_trait,
            is_generic: is_generic(&item.generics),
            is_hot: item.attrs.iter().any(is_hot),
        };
        self.inside(block, |items| {
            for member in &item.items {
                match member {
                    ImplItem::Fn(method) => items.method(method, item),
                    other => items.visit_impl_item(other),
                }
            }
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.found.types.insert(plain(&item.ident));
        let block = Block {
            of: Some(plain(&item.ident)),
            // It is compiled again for each type.
            is_generic: true,
            ..Block::default()
        };
        self.inside(block, |items| visit::visit_item_trait(items, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if item.default.is_some() {
            let mut bare = item.clone();
            bare.attrs.retain(is_code);
            self.function(false, &item.attrs, (&item.sig, None), None, &bare);
        }
    }
}

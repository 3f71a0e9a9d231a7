//! Items of a reloadable source that code outside the group may have without an entry point.
//!
//! No reload reaches what the host was made of. A function or a static has a symbol that tells whether
//! it was, and is found here by its key (see `check::symbols`). A `const`, a macro, and what is
//! generic or inlined may be compiled into its users with no trace: it counts by its name
//! (see [`named`](super::named)). Which item of a name is meant, only the compiler knows: one that merely looks the same costs
//! a restart, and nothing worse.
//!
//! What a type or a signature of the group is computed with asks for one too: a constant, a macro, a
//! `const fn`, directly or indirectly.

mod block;
mod code;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Visibility};

use self::block::Block;
pub(crate) use self::code::Code;
pub(super) use self::syntax::{has_impl_type, is_generic, is_hot};
use self::syntax::{is_code, last, name_of, numbers};
use super::cfg_test::{attributes, is_for_tests};
use super::entry_point::{EntryPoint, Types};
use super::item::ItemKind;
use crate::base::parse::look_at_tokens;
use crate::base::words::mentions;
use crate::compat::items::shape::bare;

/// Such items of one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Direct {
    /// What no symbol shows, by name.
    named: BTreeMap<String, Named>,
    /// Functions and statics, by key. Entry points are none of them.
    code: BTreeMap<String, Code>,
    /// What imports stand for, by the names that they give, and whether others may use these.
    imports: BTreeMap<String, (String, bool)>,
    /// The keys of entry points.
    hot: BTreeSet<String>,
    /// The names of types and traits that are declared here.
    types: BTreeSet<String>,
}

/// One or several items of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    kind: ItemKind,
    tokens: String,
    /// The types and traits by which generic code gets at it, and does not write its name.
    ways: BTreeSet<String>,
}

impl Direct {
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut items = Items {
            all: Types::of(file),
            ..Items::default()
        };
        items.visit_file(file);
        items.found
    }

    /// The names of the items that are computed when a type is laid out and that have one of these
    /// names in them.
    pub(crate) fn computed_with(&self, names: &BTreeSet<String>) -> impl Iterator<Item = &String> {
        self.named
            .iter()
            .filter(|(_, item)| item.kind.is_computed())
            .filter(|(_, item)| names.iter().any(|name| mentions(&item.tokens, name)))
            .map(|(name, _)| name)
    }

    /// Whether one of the types or traits by which generic code gets at an item is such a name.
    pub(crate) fn has_way(&self, item: &str, mut is_used: impl FnMut(&str) -> bool) -> bool {
        let item = self.named.get(item);
        item.is_some_and(|it| it.ways.iter().any(|way| is_used(way)))
    }

    /// The same without those of which only derives, lints and the like are others.
    pub(crate) fn changed_in_kind<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (ItemKind, &'a str)> {
        let bare = |item: &Named| look_at_tokens(&item.tokens, bare);
        let is_same = move |name: &str| {
            let both = self.named.get(name).zip(now.named.get(name));
            both.is_some_and(|(was, is)| bare(was) == bare(is))
        };
        let changed = self.changed(now);
        changed.filter(move |(_, name)| !is_same(name))
    }

    /// The items that types may be computed with: kind, name and tokens.
    pub(crate) fn computed(&self) -> impl Iterator<Item = (ItemKind, &str, &str)> {
        let named = self.named.iter().filter(|(_, it)| it.kind.is_computed());
        named.map(|(name, it)| (it.kind, &**name, &*it.tokens))
    }

    /// The items that no symbol shows and that are not what they were: kind and name.
    pub(crate) fn changed<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (ItemKind, &'a str)> {
        self.named
            .iter()
            .filter(|(name, item)| now.named.get(*name) != Some(*item))
            .map(|(name, item)| (item.kind, name.as_str()))
    }

    /// The functions and statics that are not what they were, by key.
    pub(crate) fn changed_code<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (&'a str, &'a Code)> {
        self.code
            .iter()
            .filter(|(key, code)| now.code.get(*key).is_none_or(|now| !now.is_same(code)))
            .map(|(key, code)| (key.as_str(), code))
    }

    /// Those that have one of these names in them.
    pub(crate) fn code_with<'a>(
        &'a self,
        names: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a str, &'a Code)> {
        self.code
            .iter()
            .filter(|(_, code)| names.iter().any(|name| mentions(&code.tokens, name)))
            .map(|(key, code)| (key.as_str(), code))
    }

    /// The names of what no symbol shows and that has one of these names in it.
    pub(crate) fn named_with<'a>(
        &'a self,
        names: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a String> {
        let has_one = |tokens: &str| names.iter().any(|name| mentions(tokens, name));
        let named = self.named.iter().filter(move |(_, it)| has_one(&it.tokens));
        let imports = self
            .imports
            .iter()
            .filter(move |(_, (path, _))| has_one(path));
        let imports = imports.map(|(name, _)| name);
        named.map(|(name, _)| name).chain(imports)
    }

    /// The imports that do not stand for what they did: their names, and whether others may use these.
    pub(crate) fn changed_imports<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (&'a str, bool)> {
        self.imports
            .iter()
            .filter(|(name, (path, _))| now.imports.get(*name).is_none_or(|(now, _)| now != path))
            .map(|(name, (_, is_public))| (name.as_str(), *is_public))
    }

    /// Whether nothing was found: it may be no Rust.
    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.code.is_empty() && self.hot.is_empty()
    }

    /// Whether this source has a function with this key, entry point or not.
    pub(crate) fn has_code(&self, key: &str) -> bool {
        self.code.contains_key(key) || self.is_hot(key)
    }

    pub(crate) fn is_hot(&self, key: &str) -> bool {
        self.hot.contains(key)
    }

    /// Whether a function that was this is an entry point, or could be.
    pub(crate) fn entry_point(&self, key: &str, was: &Code) -> EntryPoint {
        match self.is_hot(key) {
            true => EntryPoint::Became,
            false => self.code.get(key).unwrap_or(was).entry_point,
        }
    }

    /// Whether a type or a trait of this name is declared here.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.types.contains(name)
    }

    fn add(&mut self, kind: ItemKind, name: &Ident, item: &impl ToTokens) -> &mut Named {
        self.add_tokens(kind, name, &item.to_token_stream().to_string())
    }

    fn add_tokens(&mut self, kind: ItemKind, name: &Ident, tokens: &str) -> &mut Named {
        let new = || Named {
            kind,
            tokens: String::new(),
            ways: BTreeSet::new(),
        };
        let entry = self.named.entry(name.to_string()).or_insert_with(new);
        if !entry.kind.is_computed() {
            entry.kind = kind;
        }
        entry.tokens.push_str(tokens);
        entry
    }
}

/// The items of a file, and the block that they stand in.
#[derive(Default)]
struct Items {
    found: Direct,
    block: Block,
    all: Types,
}

impl Items {
    /// A function, free or in a block.
    fn function(
        &mut self,
        is_public: bool,
        attributes: &[Attribute],
        (signature, body): (&syn::Signature, Option<&syn::Block>),
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
            .map(|it| it.meta.to_token_stream().to_string());
        if is_const {
            let kind = if is_free {
                ItemKind::ConstFn
            } else {
                ItemKind::ConstMethod
            };
            self.found.add(kind, name, item);
        } else if is_free && is_public && (is_generic || inline.is_some()) {
            self.found.add(ItemKind::Fn, name, item);
        }
        let of = self.block.of.as_deref();
        let entry_point = EntryPoint::possible(signature, body, of, &self.all);
        let code = self.code(key, name, item);
        if !is_generic && !is_const {
            code.entry_point = entry_point;
        }
        code.is_unseen = is_const || inline.is_some_and(|it| mentions(&it, "always"));
    }

    fn code(&mut self, key: String, name: &Ident, item: &impl ToTokens) -> &mut Code {
        let code = self.found.code.entry(key).or_default();
        code.name = name.to_string();
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
        self.found
            .imports
            .insert(alias.to_string(), (path, is_public));
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, "", !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.found.add(ItemKind::Const, &item.ident, item);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        let added = self.found.add(ItemKind::Const, &item.ident, item);
        if self.block.of_trait.is_some() {
            added.ways.extend(self.block.names());
        }
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        let added = self.found.add(ItemKind::Const, &item.ident, item);
        added.ways.extend(self.block.names());
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.found.add(ItemKind::Type, &item.ident, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.code(item.ident.to_string(), &item.ident, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(name) = &item.ident {
            self.found.add(ItemKind::Macro, name, item);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.found.types.insert(item.ident.to_string());
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.found.types.insert(item.ident.to_string());
        // Code that casts a variant, or writes one down, has its number.
        for (variant, number) in numbers(item) {
            self.found.add_tokens(ItemKind::Variant, variant, &number);
        }
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.found.types.insert(item.ident.to_string());
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let mut bare = item.clone();
        bare.attrs.retain(is_code);
        let function = (&item.sig, Some(&*item.block));
        self.function(is_public, &item.attrs, function, &bare);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of_trait = item.trait_.as_ref().map(|(path, _)| last(path));
        let block = Block {
            of: Some(name_of(&item.self_ty)),
            of_trait,
            is_generic: is_generic(&item.generics),
            is_hot: item.attrs.iter().any(is_hot),
        };
        self.inside(block, |items| visit::visit_item_impl(items, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let mut bare = item.clone();
        bare.attrs.retain(is_code);
        self.function(false, &item.attrs, (&item.sig, Some(&item.block)), &bare);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.found.types.insert(item.ident.to_string());
        let block = Block {
            of: Some(item.ident.to_string()),
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
            self.function(false, &item.attrs, (&item.sig, None), &bare);
        }
    }
}

#[cfg(test)]
mod tests;

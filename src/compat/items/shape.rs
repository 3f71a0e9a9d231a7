//! The items of a source file that determine memory layouts.
//!
//! The values that the host holds have the layout that their types had when it was built. Where the
//! layout can't be read, tokens are compared. Then a change of these items requires a restart: types and
//! traits, macro calls that may generate types, and the imports and constants
//! ([`direct`](super::direct)) that types and signatures name. Documentation, derives, lints and
//! visibility don't count.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::UseTree;
use syn::visit::{self, Visit};

use super::associated::AssociatedItems;
use super::cfg_test::{attributes, is_for_tests};
use super::item::{Item, ItemKind, last_name};
use super::layout_tokens::{bare, named_fields, without_lifetimes};
use crate::base::words::mentions;

/// These items of a source; `None` if it can't be parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape(Option<Parsed>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parsed {
    /// The tokens of each item.
    items: BTreeMap<Item, String>,
    /// The tokens of the named fields of each struct and union.
    fields: BTreeMap<Item, BTreeMap<String, String>>,
    /// The paths that the file's imports stand for.
    imports: BTreeMap<Item, String>,
    /// The tokens of all functions' signatures.
    signatures: String,
    /// The types whose impls have an associated type of a name; empty for a type without a name.
    implementors: BTreeMap<String, BTreeSet<String>>,
    /// The declared modules, and whether one of them may be in a file with another name.
    modules: BTreeSet<String>,
    has_moved_modules: bool,
    associated: AssociatedItems,
}

impl Shape {
    /// `names_of_std` are those that the whole source imports from std.
    pub(crate) fn of(file: &syn::File, names_of_std: &BTreeSet<String>) -> Self {
        let mut items = Items::default();
        items.visit_file(file);
        items.found.associated = AssociatedItems::of(file, names_of_std);
        Shape(Some(items.found))
    }

    /// Adds the items of another part of the source.
    pub(crate) fn add(&mut self, other: &Shape) {
        if let Some(other) = &other.0 {
            self.0.get_or_insert_default().add(other);
        }
    }

    /// Whether the source could be parsed.
    pub(crate) fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The first item, if any.
    pub(crate) fn first(&self) -> Option<Item> {
        self.0.as_ref()?.items.keys().next().cloned()
    }

    /// Whether an item or a signature contains this name.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|parsed| parsed.mentions(name))
    }

    /// The items, each with its tokens.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Item, &str)> {
        let items = self.0.iter().flat_map(|parsed| &parsed.items);
        items.map(|(item, tokens)| (item, &**tokens))
    }

    /// The tokens of a type's fields, by name. Only structs and unions with named fields have some.
    pub(crate) fn fields(&self, of: &Item) -> Option<&BTreeMap<String, String>> {
        self.0.as_ref()?.fields.get(of)
    }

    /// The imports, each with the paths that it stands for, separated by spaces.
    pub(crate) fn imports(&self) -> impl Iterator<Item = (&Item, &str)> {
        let imports = self.0.iter().flat_map(|parsed| &parsed.imports);
        imports.map(|(item, paths)| (item, &**paths))
    }

    /// The types whose impls have an associated type of this name; empty for a type without a name.
    pub(crate) fn implementors(&self, associated: &str) -> impl Iterator<Item = &str> {
        let all = self.0.iter();
        let all = all.filter_map(move |it| it.implementors.get(associated));
        all.flatten().map(|it| &**it)
    }

    /// The declared modules.
    pub(crate) fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|it| &it.modules).map(|it| &**it)
    }

    /// Whether a declared module may be in a file with another name.
    pub(crate) fn has_moved_modules(&self) -> bool {
        self.0.as_ref().is_some_and(|it| it.has_moved_modules)
    }

    /// The associated items in impls of other crates' traits.
    pub(crate) fn associated(&self) -> Option<&AssociatedItems> {
        self.0.as_ref().map(|parsed| &parsed.associated)
    }

    /// The names of the declared traits.
    pub(crate) fn traits(&self) -> impl Iterator<Item = &str> {
        let items = self.0.iter().flat_map(|parsed| parsed.items.keys());
        let traits = items.filter(|item| item.kind == ItemKind::Trait);
        traits.map(Item::last_name)
    }

    /// Whether an item of this name is declared.
    pub(crate) fn declares(&self, name: &str) -> bool {
        let mut items = self.0.iter().flat_map(|parsed| parsed.items.keys());
        items.any(|item| item.last_name() == name)
    }

    /// The first item that differs in `other` only in lifetimes, which layouts don't show.
    pub(crate) fn other_lifetimes(&self, other: &Shape) -> Option<Item> {
        let (was, is) = (self.0.as_ref()?, other.0.as_ref()?);
        let mut items = was.items.iter().filter_map(|(item, tokens)| {
            let ((before, lived), (now, lives)) = (
                without_lifetimes(tokens),
                without_lifetimes(is.items.get(item)?),
            );
            (before == now && lived != lives).then(|| item.clone())
        });
        items.next()
    }

    /// All items and imports that differ in `other`.
    pub(crate) fn changed(&self, other: &Shape) -> Vec<Item> {
        let Some(was) = &self.0 else {
            return Vec::new();
        };
        let Some(is) = &other.0 else {
            // The file is gone, or can't be parsed.
            return was.items.keys().cloned().collect();
        };
        let items = changed(&was.items, &is.items);
        let imports = changed(&was.imports, &is.imports);
        items.chain(imports).cloned().collect()
    }

    /// The first item that differs in `other`, if both could be parsed. A new item does not count,
    /// because no code was compiled against it.
    pub(crate) fn difference(&self, other: &Shape) -> Option<Item> {
        let (was, is) = (self.0.as_ref()?, other.0.as_ref()?);
        // A glob import may bring any name into scope.
        let counts = |it: &&Item| it.kind == ItemKind::Glob || was.mentions(&it.name);
        let mut items = changed(&was.items, &is.items);
        let mut imports = changed(&was.imports, &is.imports).filter(counts);
        items.next().or_else(|| imports.next()).cloned()
    }
}

/// The items whose tokens changed, or that are gone.
fn changed<'a>(
    was: &'a BTreeMap<Item, String>,
    is: &'a BTreeMap<Item, String>,
) -> impl Iterator<Item = &'a Item> {
    let changed = was.iter().filter(|(item, it)| is.get(*item) != Some(*it));
    changed.map(|(item, _)| item)
}

impl Parsed {
    fn add(&mut self, other: &Parsed) {
        for (item, tokens) in &other.items {
            self.items.entry(item.clone()).or_default().push_str(tokens);
        }
        let fields = other.fields.iter();
        self.fields
            .extend(fields.map(|(of, all)| (of.clone(), all.clone())));
        for (item, paths) in &other.imports {
            self.add_import(item.clone(), paths);
        }
        self.signatures.push_str(&other.signatures);
        for (associated, types) in &other.implementors {
            let all = self.implementors.entry(associated.clone()).or_default();
            all.extend(types.iter().cloned());
        }
        self.modules.extend(other.modules.iter().cloned());
        self.has_moved_modules |= other.has_moved_modules;
        self.associated.add(&other.associated);
    }

    fn mentions(&self, name: &str) -> bool {
        mentions(&self.signatures, name) || self.items.values().any(|tokens| mentions(tokens, name))
    }

    fn import(&mut self, tree: &UseTree, path: &str) {
        let with = |ident: &syn::Ident| format!("{path}::{ident}");
        let imported = |name: &syn::Ident| Item::new(ItemKind::Use, name.to_string());
        let (item, path) = match tree {
            UseTree::Path(tree) => return self.import(&tree.tree, &with(&tree.ident)),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|it| self.import(it, path));
            }
            // `a::{self}` imports `a`.
            UseTree::Name(name) if name.ident == "self" => {
                let name = last_name(path);
                (Item::new(ItemKind::Use, name), path.to_owned())
            }
            UseTree::Name(name) => (imported(&name.ident), with(&name.ident)),
            UseTree::Rename(name) => (imported(&name.rename), with(&name.ident)),
            UseTree::Glob(_) => (
                Item::new(ItemKind::Glob, path.trim_start_matches(':')),
                String::new(),
            ),
        };
        self.add_import(item, &path);
    }

    fn add_import(&mut self, item: Item, path: &str) {
        let paths = self.imports.entry(item).or_default();
        if !paths.is_empty() {
            paths.push(' ');
        }
        paths.push_str(path);
    }
}

#[derive(Default)]
struct Items {
    found: Parsed,
    path: Vec<String>,
}

impl Items {
    fn item(&self, kind: ItemKind, name: &syn::Ident) -> Item {
        let path = [&*self.path, &[name.to_string()]].concat();
        Item::new(kind, path.join("::"))
    }

    fn add(&mut self, kind: ItemKind, name: &syn::Ident, item: &impl ToTokens) {
        self.add_as(self.item(kind, name), item);
    }

    fn add_as(&mut self, of: Item, item: &impl ToTokens) {
        let tokens = bare(item.to_token_stream());
        self.found.items.entry(of).or_default().push_str(&tokens);
    }

    fn add_signature(&mut self, signature: &syn::Signature) {
        let tokens = signature.to_token_stream().to_string();
        self.found.signatures.push_str(&tokens);
        self.found.signatures.push('\n');
    }

    fn inside(&mut self, name: &syn::Ident, visit: impl FnOnce(&mut Self)) {
        self.path.push(name.to_string());
        visit(self);
        self.path.pop();
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(ItemKind::Struct, &item.ident, item);
        if let syn::Fields::Named(fields) = &item.fields {
            let of = self.item(ItemKind::Struct, &item.ident);
            self.found.fields.insert(of, named_fields(fields));
        }
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(ItemKind::Enum, &item.ident, item);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.add(ItemKind::Union, &item.ident, item);
        let of = self.item(ItemKind::Union, &item.ident);
        self.found.fields.insert(of, named_fields(&item.fields));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(ItemKind::Type, &item.ident, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        // The bodies of provided methods don't affect layouts.
        let mut bare = item.clone();
        for part in &mut bare.items {
            if let syn::TraitItem::Fn(function) = part
                && function.default.is_some()
            {
                function.default = Some(syn::parse_quote!({}));
            }
        }
        self.add(ItemKind::Trait, &item.ident, &bare);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        // A macro's definition counts where the macro is called.
        if item.ident.is_none() {
            let path = item.mac.path.to_token_stream().to_string();
            self.add_as(Item::new(ItemKind::MacroCall, path.replace(' ', "")), item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.found.import(&item.tree, "");
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        if let Some((_, name)) = &item.rename {
            let imported = Item::new(ItemKind::Use, name.to_string());
            self.found
                .add_import(imported, &format!("::{}", item.ident));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of = name_of_impl(item);
        for part in &item.items {
            if let syn::ImplItem::Type(part) = part {
                let all = self.found.implementors.entry(part.ident.to_string());
                all.or_default().insert(of.clone());
            }
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        self.add(ItemKind::AssociatedType, &item.ident, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add_signature(&item.sig);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.found.modules.insert(item.ident.to_string());
        let mut attributes = item.attrs.iter();
        self.found.has_moved_modules |=
            attributes.any(|it| mentions(&it.meta.to_token_stream().to_string(), "path"));
        self.inside(&item.ident, |items| visit::visit_item_mod(items, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add_signature(&item.sig);
        self.inside(&item.sig.ident, |items| visit::visit_item_fn(items, item));
    }
}

/// The type of an impl; empty for a blanket impl, or a type without a name.
fn name_of_impl(item: &syn::ItemImpl) -> String {
    let syn::Type::Path(of) = &*item.self_ty else {
        return String::new();
    };
    let name = of.path.segments.last().map(|it| it.ident.to_string());
    let name = name.unwrap_or_default();
    let mut parameters = item.generics.type_params();
    match parameters.any(|it| it.ident == name) {
        true => String::new(),
        false => name,
    }
}

#[cfg(test)]
mod tests;

//! Associated constants and types in impls of other crates' traits for types of the group.
//!
//! They can decide how other code stores a value of the type. In an entity store, for example, a constant
//! of a component selects the kind of storage. After a change, new code would look for the value in the
//! wrong storage. A derive or an attribute macro generates such items from attributes, so these count
//! as well.
//!
//! Traits of std and traits that the group declares don't count. Traits are told apart by name: if a trait
//! of the group has the name of another crate's, a change causes a needless restart.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use serde::Serialize;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Meta};

use crate::base::words::{mentions, words};

/// The items of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssociatedItems {
    all: BTreeMap<TraitImpl, Vec<Items>>,
    /// The names of traits that are imported from other crates, or named with a path.
    imported: BTreeSet<String>,
}

/// An impl of a trait for a type, by their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct TraitImpl {
    /// The type; [`ANY`] for a blanket impl, or a type without a name.
    #[serde(rename = "type")]
    pub(crate) of: String,
    /// The trait, and whether a derive or an attribute macro generates the impl.
    #[serde(rename = "trait")]
    pub(crate) by: String,
    #[serde(rename = "derived")]
    pub(crate) is_derived: bool,
}

/// An associated item, or code that generates some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AssociatedItem {
    Const(String),
    Type(String),
    /// A macro, which may generate any item.
    MacroCall(String),
    /// An attribute that the derive or attribute macro reads.
    Attribute(String),
}

/// The items of an impl, with their tokens.
type Items = BTreeMap<AssociatedItem, String>;

pub(crate) const ANY: &str = "*";

/// An impl that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChangedImpl {
    #[serde(flatten)]
    pub(crate) of_impl: TraitImpl,
    /// The first item that changed; `None` if the impl is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<AssociatedItem>,
    /// A type of which the program may hold values; `None` if it may be any type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held: Option<String>,
}

impl AssociatedItems {
    /// `names_of_std` are those of the whole source ([`names_of_std`]).
    pub(crate) fn of(file: &syn::File, names_of_std: &BTreeSet<String>) -> Self {
        let mut found = Finder {
            associated: AssociatedItems::default(),
            names_of_std,
        };
        found.associated.imported = Imports::of(file).of_others;
        found.visit_file(file);
        found.associated
    }

    /// Adds the items of another source, or of another part of this one.
    pub(crate) fn add(&mut self, other: &AssociatedItems) {
        self.imported.extend(other.imported.iter().cloned());
        for (of_impl, all) in &other.all {
            self.all
                .entry(of_impl.clone())
                .or_default()
                .extend(all.iter().cloned());
        }
    }

    /// The impls that differ in `now`, which contains the items of all sources. `computed` are the names of
    /// other items that changed.
    pub(crate) fn changed(
        &self,
        now: &AssociatedItems,
        computed: &BTreeSet<String>,
    ) -> Vec<ChangedImpl> {
        let is_there = |of: &str| of == ANY || now.all.keys().any(|it| it.of == of);
        let associated = self.all.iter().filter(|(of_impl, _)| is_there(&of_impl.of));
        let associated =
            associated.flat_map(|(of_impl, all)| all.iter().map(move |it| (of_impl, it)));
        let changed = associated.filter_map(|(of_impl, items)| {
            let all = now.all.get(of_impl).map_or(&[][..], |all| all);
            let uses = |(_, tokens): &(&AssociatedItem, &String)| {
                let words = words(tokens);
                computed.iter().any(|it| words.contains(&**it))
            };
            if all.contains(items) {
                let (name, _) = items.iter().find(uses)?;
                return Some(of_impl.changed_impl(Some(name)));
            }
            let Some(other) = all.first() else {
                return Some(of_impl.changed_impl(None));
            };
            let names: BTreeSet<&AssociatedItem> = items.keys().chain(other.keys()).collect();
            let mut names = names.into_iter();
            let name = names.find(|it| items.get(*it) != other.get(*it))?;
            Some(of_impl.changed_impl(Some(name)))
        });
        changed.collect()
    }

    /// Without the impls of traits that the group declares.
    pub(crate) fn without_own(mut self, is_declared: impl Fn(&str) -> bool) -> Self {
        let imported = &self.imported;
        self.all
            .retain(|of_impl, _| imported.contains(&of_impl.by) || !is_declared(&of_impl.by));
        self
    }
}

impl ChangedImpl {
    /// Sets the type of which the program may hold values. `held` are the names of such types; if it is
    /// `None`, the program may hold values of any type. Returns `None` if it holds none of this impl's.
    pub(crate) fn held_in(self, held: Option<&BTreeSet<String>>) -> Option<Self> {
        let Some(held) = held else {
            return Some(self);
        };
        let of = &self.of_impl.of;
        let mut held = held.iter();
        let held = held.find(|held| of == ANY || mentions(held, of))?.clone();
        Some(ChangedImpl {
            held: Some(held),
            ..self
        })
    }
}

impl TraitImpl {
    fn changed_impl(&self, item: Option<&AssociatedItem>) -> ChangedImpl {
        ChangedImpl {
            of_impl: self.clone(),
            item: item.cloned(),
            held: None,
        }
    }
}

/// Derives that generate no associated items.
const PLAIN_DERIVES: [&str; 11] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Serialize",
];

/// Attributes that no macro reads, and serde's.
const PLAIN_ATTRIBUTES: [&str; 19] = [
    "allow",
    "automatically_derived",
    "cfg",
    "default",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "hot",
    "inline",
    "must_use",
    "non_exhaustive",
    "repr",
    "rustfmt",
    "serde",
    "track_caller",
    "warn",
];

/// Traits of std that are in scope without an import and have associated items.
const PRELUDE: [&str; 4] = ["IntoIterator", "Iterator", "TryFrom", "TryInto"];

struct Finder<'a> {
    associated: AssociatedItems,
    names_of_std: &'a BTreeSet<String>,
}

impl Finder<'_> {
    fn add(&mut self, of: String, by: String, is_derived: bool, items: Items) {
        let of_impl = TraitImpl { of, by, is_derived };
        self.associated.all.entry(of_impl).or_default().push(items);
    }

    fn is_of_std(&self, path: &syn::Path) -> bool {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        match &names[..] {
            [name] => PRELUDE.contains(&&**name) || self.names_of_std.contains(name),
            [first, ..] => is_std(first),
            [] => false,
        }
    }

    /// A struct, an enum or a union, with the attributes of its parts.
    fn add_type(&mut self, name: &syn::Ident, attributes: &[Attribute], parts: Vec<&Attribute>) {
        let derives = attributes.iter().filter(|it| it.path().is_ident("derive"));
        let derives = derives.flat_map(|it| match &it.meta {
            Meta::List(list) => paths(list.tokens.to_string()),
            _ => Vec::new(),
        });
        let mut by: Vec<String> = derives
            .filter(|it| !PLAIN_DERIVES.contains(&&**it))
            .collect();
        let mut items = Items::new();
        for attribute in attributes.iter().chain(parts) {
            let its_name = last(attribute.path());
            if !PLAIN_ATTRIBUTES.contains(&&*its_name) {
                let tokens = attribute.meta.to_token_stream().to_string();
                items
                    .entry(AssociatedItem::Attribute(its_name))
                    .or_default()
                    .push_str(&tokens);
            }
        }
        if by.is_empty() {
            let own = attributes.iter().map(|it| last(it.path()));
            by = own
                .filter(|it| items.contains_key(&AssociatedItem::Attribute(it.clone())))
                .take(1)
                .collect();
        }
        for by in by {
            self.add(name.to_string(), by, true, items.clone());
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Some((by, _)) = &item.trait_
            && !self.is_of_std(by)
        {
            let items = item.items.iter().filter_map(|it| match it {
                ImplItem::Const(it) => Some((
                    AssociatedItem::Const(it.ident.to_string()),
                    it.to_token_stream(),
                )),
                ImplItem::Type(it) => Some((
                    AssociatedItem::Type(it.ident.to_string()),
                    it.to_token_stream(),
                )),
                // It may generate any of them.
                ImplItem::Macro(it) => Some((
                    AssociatedItem::MacroCall(last(&it.mac.path)),
                    it.to_token_stream(),
                )),
                _ => None,
            });
            let items = items
                .map(|(name, tokens)| (name, tokens.to_string()))
                .collect();
            if by.segments.len() > 1 {
                self.associated.imported.insert(last(by));
            }
            self.add(name_of(item), last(by), false, items);
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let parts = item.fields.iter().flat_map(|it| &it.attrs).collect();
        self.add_type(&item.ident, &item.attrs, parts);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let fields = item.variants.iter().flat_map(|it| &it.fields);
        let parts = fields.flat_map(|it| &it.attrs);
        let parts = item
            .variants
            .iter()
            .flat_map(|it| &it.attrs)
            .chain(parts)
            .collect();
        self.add_type(&item.ident, &item.attrs, parts);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        let parts = item.fields.named.iter().flat_map(|it| &it.attrs).collect();
        self.add_type(&item.ident, &item.attrs, parts);
    }
}

/// The names that imports bring into scope.
#[derive(Default)]
struct Imports {
    of_std: BTreeSet<String>,
    /// From other crates.
    of_others: BTreeSet<String>,
}

/// The names that a file imports from std.
pub(super) fn names_of_std(file: &syn::File) -> BTreeSet<String> {
    Imports::of(file).of_std
}

impl Imports {
    fn of(file: &syn::File) -> Self {
        let mut imports = Imports::default();
        imports.visit_file(file);
        imports
    }

    fn add(names: &mut BTreeSet<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(tree) => Self::add(names, &tree.tree),
            syn::UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
            syn::UseTree::Rename(name) => drop(names.insert(name.rename.to_string())),
            syn::UseTree::Group(group) => group.items.iter().for_each(|it| Self::add(names, it)),
            syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let syn::UseTree::Path(tree) = &item.tree else {
            return;
        };
        let first = tree.ident.to_string();
        match &*first {
            "crate" | "self" | "super" => {}
            _ if is_std(&first) => Self::add(&mut self.of_std, &tree.tree),
            _ => Self::add(&mut self.of_others, &tree.tree),
        }
    }
}

fn is_std(name: &str) -> bool {
    matches!(name, "std" | "core" | "alloc")
}

/// The type of an impl.
fn name_of(item: &syn::ItemImpl) -> String {
    let mut of = &*item.self_ty;
    while let syn::Type::Group(syn::TypeGroup { elem, .. })
    | syn::Type::Paren(syn::TypeParen { elem, .. }) = of
    {
        of = elem;
    }
    let name = match of {
        syn::Type::Path(of) => last(&of.path),
        _ => return ANY.to_owned(),
    };
    let mut parameters = item.generics.type_params();
    match parameters.any(|it| it.ident == name) {
        true => ANY.to_owned(),
        false => name,
    }
}

fn last(path: &syn::Path) -> String {
    let last = path.segments.last();
    last.map_or_else(String::new, |it| it.ident.to_string())
}

/// The last segments of a list of paths.
fn paths(list: String) -> Vec<String> {
    let paths = list
        .split(',')
        .map(|it| it.rsplit("::").next().unwrap_or(it).trim().to_owned());
    paths.filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests;

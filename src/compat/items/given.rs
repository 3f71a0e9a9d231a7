//! What types of the group give to traits of other crates: associated constants and types.
//!
//! Code that holds a value may have decided by them how it does so: a constant says in which kind of
//! storage an entity store puts a component. The value stays there, and new code looks for it where
//! the new constant says. A derive or an attribute macro makes such items of attributes, so these
//! count as well.
//!
//! Traits of std don't count, and neither do those that the group declares itself. A trait's name tells which it
//! is, so one that looks like a trait of another crate costs a restart, and nothing worse.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use serde::Serialize;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Meta};

use crate::base::words::{mentions, words};

/// The items of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    all: BTreeMap<Place, Vec<Items>>,
    /// Traits whose names are said to come from another crate.
    imported: BTreeSet<String>,
}

/// A type, and the trait that it gives to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Place {
    /// The type's name; [`ANY`] for an impl for all types of a kind.
    #[serde(rename = "type")]
    pub(crate) of: String,
    /// The trait's name, and whether a derive or an attribute macro makes the impl.
    #[serde(rename = "trait")]
    pub(crate) by: String,
    #[serde(rename = "derived")]
    pub(crate) is_made: bool,
}

/// What is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Gift {
    Const(String),
    Type(String),
    /// A macro that may make any of them.
    MacroCall(String),
    /// An attribute that the macro reads which makes them.
    Attribute(String),
}

/// The tokens of what is given.
type Items = BTreeMap<Gift, String>;

pub(crate) const ANY: &str = "*";

/// What is no longer given as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Regiven {
    #[serde(flatten)]
    pub(crate) place: Place,
    /// Of several things, the first that changed; none if all of the impl is gone.
    #[serde(rename = "item", skip_serializing_if = "Option::is_none")]
    pub(crate) gift: Option<Gift>,
    /// A type whose values the program may hold; none if it may be any type's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held: Option<String>,
}

impl Given {
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut found = Finder::default();
        found.visit_file(file);
        found.given
    }

    /// Takes what another source of the same time gives.
    pub(crate) fn add(&mut self, other: &Given) {
        self.imported.extend(other.imported.iter().cloned());
        for (place, all) in &other.all {
            self.all
                .entry(place.clone())
                .or_default()
                .extend(all.iter().cloned());
        }
    }

    /// The items that are not the same in `now`, which is of all sources. `computed` are the names of other
    /// items that are not.
    pub(crate) fn changed(&self, now: &Given, computed: &BTreeSet<String>) -> Vec<Regiven> {
        let is_there = |of: &str| of == ANY || now.all.keys().any(|it| it.of == of);
        let given = self.all.iter().filter(|(place, _)| is_there(&place.of));
        let given = given.flat_map(|(place, all)| all.iter().map(move |it| (place, it)));
        let changed = given.filter_map(|(place, items)| {
            let all = now.all.get(place).map_or(&[][..], |all| all);
            let uses = |(_, tokens): &(&Gift, &String)| {
                let words = words(tokens);
                computed.iter().any(|it| words.contains(&**it))
            };
            if all.contains(items) {
                let (name, _) = items.iter().find(uses)?;
                return Some(place.regiven(Some(name)));
            }
            let Some(other) = all.first() else {
                return Some(place.regiven(None));
            };
            let names: BTreeSet<&Gift> = items.keys().chain(other.keys()).collect();
            let mut names = names.into_iter();
            let name = names.find(|it| items.get(*it) != other.get(*it))?;
            Some(place.regiven(Some(name)))
        });
        changed.collect()
    }

    /// Without what is given to traits that the group declares.
    pub(crate) fn without_own(mut self, is_declared: impl Fn(&str) -> bool) -> Self {
        let imported = &self.imported;
        self.all
            .retain(|place, _| imported.contains(&place.by) || !is_declared(&place.by));
        self
    }
}

impl Regiven {
    /// The same with the type whose values the program may hold, if it may hold any. `held` are the names of
    /// types whose values it may hold; without them, any.
    pub(crate) fn held_in(self, held: Option<&BTreeSet<String>>) -> Option<Self> {
        let Some(held) = held else {
            return Some(self);
        };
        let of = &self.place.of;
        let mut held = held.iter();
        let held = held.find(|held| of == ANY || mentions(held, of))?.clone();
        Some(Regiven {
            held: Some(held),
            ..self
        })
    }
}

impl Place {
    fn regiven(&self, gift: Option<&Gift>) -> Regiven {
        Regiven {
            place: self.clone(),
            gift: gift.cloned(),
            held: None,
        }
    }
}

/// Derives that make no associated items.
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

/// Attributes that no macro reads, and those of serde.
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

#[derive(Default)]
struct Finder {
    given: Given,
    imports: Imports,
}

impl Finder {
    fn add(&mut self, of: String, by: String, is_made: bool, items: Items) {
        let place = Place { of, by, is_made };
        self.given.all.entry(place).or_default().push(items);
    }

    fn is_of_std(&self, path: &syn::Path) -> bool {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        match &names[..] {
            [name] => PRELUDE.contains(&&**name) || self.imports.of_std.contains(name),
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
                    .entry(Gift::Attribute(its_name))
                    .or_default()
                    .push_str(&tokens);
            }
        }
        if by.is_empty() {
            let own = attributes.iter().map(|it| last(it.path()));
            by = own
                .filter(|it| items.contains_key(&Gift::Attribute(it.clone())))
                .take(1)
                .collect();
        }
        for by in by {
            self.add(name.to_string(), by, true, items.clone());
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.imports.visit_file(file);
        self.given.imported.clone_from(&self.imports.of_others);
        visit::visit_file(self, file);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Some((by, _)) = &item.trait_
            && !self.is_of_std(by)
        {
            let items = item.items.iter().filter_map(|it| match it {
                ImplItem::Const(it) => {
                    Some((Gift::Const(it.ident.to_string()), it.to_token_stream()))
                }
                ImplItem::Type(it) => {
                    Some((Gift::Type(it.ident.to_string()), it.to_token_stream()))
                }
                // It may make any of them.
                ImplItem::Macro(it) => {
                    Some((Gift::MacroCall(last(&it.mac.path)), it.to_token_stream()))
                }
                _ => None,
            });
            let items = items
                .map(|(name, tokens)| (name, tokens.to_string()))
                .collect();
            if by.segments.len() > 1 {
                self.given.imported.insert(last(by));
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

/// The names that imports bring in.
#[derive(Default)]
struct Imports {
    of_std: BTreeSet<String>,
    /// From other crates.
    of_others: BTreeSet<String>,
}

impl Imports {
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

/// The type that an impl is for.
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

/// The last names of a list of paths.
fn paths(list: String) -> Vec<String> {
    let paths = list
        .split(',')
        .map(|it| it.rsplit("::").next().unwrap_or(it).trim().to_owned());
    paths.filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests;

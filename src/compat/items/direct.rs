//! Items of a reloadable source that code outside the group may use without an entry point.
//!
//! A reload does not change code in the host. Functions and statics have symbols, which show whether the host
//! uses them; they are found by their keys ([`symbols`](crate::compat::symbols)). Constants, macros, and
//! generic or inlined functions may be compiled into their users without a trace. They are found by name (see
//! [`named`](super::named)). Only the compiler knows which item a name means, so another item with the same
//! name may cause a needless restart.
//!
//! Constants, macros and `const fn`s on which a type or a signature of the group depends, directly or
//! indirectly, are found here, too.

mod block;
mod code;
mod finder;

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::Ident;
use syn::visit::Visit;

use self::block::Block;
pub(crate) use self::code::Code;
use self::finder::Items;
use super::entry_point::{EntryPoint, Types};
use super::item::ItemKind;
use super::syntax::plain;
use crate::base::parse::look_at_tokens;
use crate::base::words::mentions;
use crate::compat::items::layout_tokens::bare;

/// These items of a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Direct {
    /// Items without a symbol, by name.
    named: BTreeMap<String, Named>,
    /// Functions and statics that are not entry points, by key.
    code: BTreeMap<String, Code>,
    /// The paths of imports by the imported names, and whether they are visible outside.
    imports: BTreeMap<String, (String, bool)>,
    /// The keys of entry points.
    hot: BTreeSet<String>,
    /// The names of the declared types and traits.
    types: BTreeSet<String>,
    modules: BTreeSet<String>,
}

/// One or several items with the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    kind: ItemKind,
    tokens: String,
    /// The types and traits through which generic code uses it without its name.
    ways: BTreeSet<String>,
}

impl Direct {
    /// `types` are those of the whole source.
    pub(crate) fn of(file: &syn::File, types: &Types) -> Self {
        let mut items = Items {
            found: Direct::default(),
            block: Block::default(),
            types,
        };
        items.visit_file(file);
        items.found
    }

    /// Adds the items of another part of the source, in which lines have other numbers.
    pub(crate) fn add(&mut self, other: &Direct, line: impl Fn(usize) -> usize) {
        for (name, item) in &other.named {
            let same = self.named_entry(item.kind, name.clone());
            same.tokens.push_str(&item.tokens);
            same.ways.extend(item.ways.iter().cloned());
        }
        for (key, code) in &other.code {
            let same = self.code.entry(key.clone()).or_default();
            same.add(code);
            if let EntryPoint::Possible(place) = &mut same.entry_point {
                place.line = line(place.line);
            }
        }
        let imports = other.imports.iter();
        self.imports
            .extend(imports.map(|(name, path)| (name.clone(), path.clone())));
        self.hot.extend(other.hot.iter().cloned());
        self.types.extend(other.types.iter().cloned());
        self.modules.extend(other.modules.iter().cloned());
    }

    /// The names of the items that may affect a layout and contain one of these names.
    pub(crate) fn computed_with(&self, names: &BTreeSet<String>) -> impl Iterator<Item = &String> {
        self.named
            .iter()
            .filter(|(_, item)| item.kind.is_computed())
            .filter(|(_, item)| names.iter().any(|name| mentions(&item.tokens, name)))
            .map(|(name, _)| name)
    }

    /// Whether `is_used` holds for one of the types and traits through which generic code uses an item.
    pub(crate) fn has_way(&self, item: &str, mut is_used: impl FnMut(&str) -> bool) -> bool {
        let item = self.named.get(item);
        item.is_some_and(|it| it.ways.iter().any(|way| is_used(way)))
    }

    /// Like [`changed`](Self::changed), but without items in which only derives, lints and the like
    /// changed.
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

    /// The items that may affect a layout: kind, name and tokens.
    pub(crate) fn computed(&self) -> impl Iterator<Item = (ItemKind, &str, &str)> {
        let named = self.named.iter().filter(|(_, it)| it.kind.is_computed());
        named.map(|(name, it)| (it.kind, &**name, &*it.tokens))
    }

    /// The items without a symbol that changed or are gone: kind and name.
    pub(crate) fn changed<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (ItemKind, &'a str)> {
        self.named
            .iter()
            .filter(|(name, item)| now.named.get(*name) != Some(*item))
            .map(|(name, item)| (item.kind, name.as_str()))
    }

    /// The functions and statics that changed or are gone, by key.
    pub(crate) fn changed_code<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (&'a str, &'a Code)> {
        self.code
            .iter()
            .filter(|(key, code)| now.code.get(*key).is_none_or(|now| !now.is_same(code)))
            .map(|(key, code)| (key.as_str(), code))
    }

    /// The functions and statics that contain one of these names, by key.
    pub(crate) fn code_with<'a>(
        &'a self,
        names: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a str, &'a Code)> {
        self.code
            .iter()
            .filter(|(_, code)| names.iter().any(|name| mentions(&code.tokens, name)))
            .map(|(key, code)| (key.as_str(), code))
    }

    /// The names of the imports and of the items without a symbol that contain one of these names.
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

    /// The imports whose paths changed or that are gone: their names, and whether they are visible
    /// outside.
    pub(crate) fn changed_imports<'a>(
        &'a self,
        now: &'a Direct,
    ) -> impl Iterator<Item = (&'a str, bool)> {
        self.imports
            .iter()
            .filter(|(name, (path, _))| now.imports.get(*name).is_none_or(|(now, _)| now != path))
            .map(|(name, (_, is_public))| (name.as_str(), *is_public))
    }

    /// The tokens of a function or a static that is not an entry point.
    pub(crate) fn code_of(&self, key: &str) -> Option<&str> {
        self.code.get(key).map(|it| &*it.tokens)
    }

    /// The tokens of its signature.
    pub(crate) fn signature_of(&self, key: &str) -> Option<&str> {
        self.code.get(key).map(|it| &*it.signature)
    }

    /// The function or the static with this key, unless it is an entry point.
    pub(crate) fn code(&self, key: &str) -> Option<&Code> {
        self.code.get(key)
    }

    /// The names of the items without a symbol, with their tokens, and of imports, with their paths.
    pub(crate) fn leads(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = self.named.iter().map(|(name, it)| (&**name, &*it.tokens));
        let imports = self.imports.iter();
        named.chain(imports.map(|(name, (path, _))| (&**name, &**path)))
    }

    /// The functions that may be compiled into their users: name, type and tokens. With `any`, all functions,
    /// because optimised code may inline any of them.
    pub(crate) fn inlined(&self, any: bool) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        let code = self.code.values().filter(move |it| any || it.is_unseen);
        code.map(|it| (&*it.name, it.of.as_deref(), &*it.tokens))
    }

    /// Whether nothing was found. The file may not be a module.
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

    /// Whether a function is an entry point, or could be one.
    pub(crate) fn entry_point(&self, key: &str) -> EntryPoint {
        match self.is_hot(key) {
            true => EntryPoint::Became,
            false => self
                .code
                .get(key)
                .map_or(EntryPoint::Impossible, |it| it.entry_point),
        }
    }

    /// Whether a type or a trait of this name is declared here.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.types.contains(name)
    }

    /// Whether a module of this name is declared here.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        self.modules.contains(name)
    }

    fn add_item(&mut self, kind: ItemKind, name: &Ident, item: &impl ToTokens) -> &mut Named {
        self.add_tokens(kind, name, &item.to_token_stream().to_string())
    }

    fn add_tokens(&mut self, kind: ItemKind, name: &Ident, tokens: &str) -> &mut Named {
        let entry = self.named_entry(kind, plain(name));
        entry.tokens.push_str(tokens);
        entry
    }

    fn named_entry(&mut self, kind: ItemKind, name: String) -> &mut Named {
        let new = || Named {
            kind,
            tokens: String::new(),
            ways: BTreeSet::new(),
        };
        let entry = self.named.entry(name).or_insert_with(new);
        if !entry.kind.is_computed() {
            entry.kind = kind;
        }
        entry
    }
}

#[cfg(test)]
mod tests;

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
mod finder;
pub(super) mod syntax;

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::Ident;
use syn::visit::Visit;

pub(crate) use self::code::Code;
use self::finder::Items;
use self::syntax::plain;
pub(super) use self::syntax::{has_impl_type, is_generic, is_hot};
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
    modules: BTreeSet<String>,
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

    /// The tokens of a function or a static that is no entry point.
    pub(crate) fn code_of(&self, key: &str) -> Option<&str> {
        self.code.get(key).map(|it| &*it.tokens)
    }

    /// The names of what no symbol shows and of imports, each with what its tokens are.
    pub(crate) fn leads(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = self.named.iter().map(|(name, it)| (&**name, &*it.tokens));
        let imports = self.imports.iter();
        named.chain(imports.map(|(name, (path, _))| (&**name, &**path)))
    }

    /// The functions that may be compiled into their users: name, type and tokens. Where code is optimised, that is
    /// any.
    pub(crate) fn inlined(&self, any: bool) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        let code = self.code.values().filter(move |it| any || it.is_unseen);
        code.map(|it| (&*it.name, it.of.as_deref(), &*it.tokens))
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

    /// Whether a module of this name is declared here.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        self.modules.contains(name)
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
        let entry = self.named.entry(plain(name)).or_insert_with(new);
        if !entry.kind.is_computed() {
            entry.kind = kind;
        }
        entry.tokens.push_str(tokens);
        entry
    }
}

#[cfg(test)]
mod tests;

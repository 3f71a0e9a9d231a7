//! The items of the group that a name in a source may mean, as far as the syntax shows.
//!
//! A name means an item of its source, or an import's item. A path means items of the crate with which it
//! begins, in any module. If no item or import has the name, it may come from a glob import or a macro
//! call. If a name may mean several items, all of them count.

use std::collections::BTreeSet;

use super::references::Reference;
use super::scope::{Crates, Scope, names_in, without_raw};

/// A possible meaning of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning<'a> {
    /// The items and imports of this name in a source.
    Named(usize, &'a str),
    /// The associated types of this name in a source.
    Associated(usize, &'a str),
    /// The names from the glob imports of a source.
    Globs(usize),
    /// The items from the macro calls between items of a source.
    Calls(usize),
}

#[derive(Debug)]
pub(crate) struct Scopes<'a> {
    pub(crate) all: Vec<Scope<'a>>,
    crates: &'a Crates,
}

impl<'a> Scopes<'a> {
    pub(crate) fn new(all: Vec<Scope<'a>>, crates: &'a Crates) -> Self {
        Scopes { all, crates }
    }

    /// The meanings of a full path, such as one from debug information.
    pub(crate) fn at(&self, path: &'a str) -> BTreeSet<Meaning<'a>> {
        let names: Vec<&str> = path.split("::").map(without_raw).collect();
        let [of_crate, modules @ .., name] = &names[..] else {
            return BTreeSet::new();
        };
        let mut found = BTreeSet::new();
        self.in_crate(of_crate, name, &mut BTreeSet::new(), &mut found);
        let scopes = || self.all.iter().filter(|it| it.crates.contains(of_crate));
        if scopes().any(|it| it.has_moved_modules)
            || !scopes().any(|it| it.may_be_at(modules, name))
        {
            return found;
        }
        found.retain(|it| match it {
            Meaning::Named(scope, _) => self.all[*scope].may_be_at(modules, name),
            _ => true,
        });
        found
    }

    /// The meanings of a reference in a source.
    pub(crate) fn meanings(&self, scope: usize, of: &Reference<'a>) -> BTreeSet<Meaning<'a>> {
        let mut found = BTreeSet::new();
        let (first, rest) = match &of.names[..] {
            [] => return found,
            ["", rest @ ..] => ("", rest),
            [first, rest @ ..] => (*first, rest),
        };
        if !first.is_empty() {
            self.in_scope(scope, first, rest.is_empty(), &mut found);
        }
        self.behind(scope, first, rest, &mut found);
        for name in rest {
            let scopes = self.all.iter().enumerate();
            let scopes = scopes.filter(|(_, it)| it.associated.iter().any(|(its, ..)| its == name));
            found.extend(scopes.map(|(scope, _)| Meaning::Associated(scope, name)));
        }
        found
    }

    /// The meanings of a name's imports in a source.
    pub(crate) fn imported(&self, scope: usize, name: &str) -> BTreeSet<Meaning<'a>> {
        let mut found = BTreeSet::new();
        let paths = self.all[scope].imports.get(name).into_iter().flatten();
        for path in paths {
            let names: Vec<&str> = names_in(path).collect();
            if let [first, rest @ ..] = &names[..] {
                self.behind(scope, first, rest, &mut found);
            }
        }
        found
    }

    /// The meanings of a name in any source, for names in the body of a macro.
    pub(crate) fn anywhere(&self, name: &'a str) -> BTreeSet<Meaning<'a>> {
        let scopes = self.all.iter().enumerate().filter(|(_, it)| it.has(name));
        scopes
            .map(|(scope, _)| Meaning::Named(scope, name))
            .collect()
    }

    /// The meanings of a path whose first name is resolved.
    fn behind(
        &self,
        scope: usize,
        first: &str,
        rest: &[&'a str],
        found: &mut BTreeSet<Meaning<'a>>,
    ) {
        let first = match (first, rest) {
            ("", [of_crate, ..]) => of_crate,
            _ => first,
        };
        for of_crate in self.crates_of(scope, first, 8) {
            for name in rest {
                self.in_crate(of_crate, name, &mut BTreeSet::new(), found);
            }
        }
    }

    /// The meanings of a name in a source.
    fn in_scope(
        &self,
        scope: usize,
        name: &'a str,
        is_whole: bool,
        found: &mut BTreeSet<Meaning<'a>>,
    ) {
        let of = &self.all[scope];
        if of.has(name) {
            found.insert(Meaning::Named(scope, name));
            return;
        }
        if !is_whole || is_of_language(name) {
            return;
        }
        let mut is_found = false;
        for glob in &of.globs {
            let first = names_in(glob).next().unwrap_or_default();
            for of_crate in self.crates_of(scope, first, 8) {
                if self.in_crate(of_crate, name, &mut BTreeSet::new(), found) {
                    is_found = true;
                    found.insert(Meaning::Globs(scope));
                }
            }
        }
        let macros = self
            .all
            .iter()
            .enumerate()
            .filter(|(_, it)| it.has_macro(name));
        found.extend(macros.map(|(scope, _)| Meaning::Named(scope, name)));
        if !is_found && !is_of_prelude(name) {
            found.extend((!of.globs.is_empty()).then_some(Meaning::Globs(scope)));
            found.extend((!of.calls.is_empty()).then_some(Meaning::Calls(scope)));
        }
    }

    /// The meanings of a name in a crate, and whether an item or an import there has it.
    fn in_crate(
        &self,
        of_crate: &str,
        name: &'a str,
        seen: &mut BTreeSet<String>,
        found: &mut BTreeSet<Meaning<'a>>,
    ) -> bool {
        if is_of_language(name) || !seen.insert(of_crate.to_owned()) {
            return false;
        }
        let scopes = || {
            let all = self.all.iter().enumerate();
            all.filter(|(_, it)| it.crates.contains(of_crate))
        };
        let having: Vec<_> = scopes().filter(|(_, it)| it.has(name)).collect();
        if !having.is_empty() {
            found.extend(
                having
                    .into_iter()
                    .map(|(scope, _)| Meaning::Named(scope, name)),
            );
            return true;
        }
        let mut is_found = false;
        for (scope, its) in scopes() {
            for glob in &its.globs {
                let first = names_in(glob).next().unwrap_or_default();
                for other in self.crates_of(scope, first, 8) {
                    if self.in_crate(other, name, seen, found) {
                        is_found = true;
                        found.insert(Meaning::Globs(scope));
                    }
                }
            }
        }
        if !is_found && !is_of_prelude(name) {
            let makers = scopes().filter(|(_, it)| !it.calls.is_empty());
            found.extend(makers.map(|(scope, _)| Meaning::Calls(scope)));
            let globs = scopes().filter(|(_, it)| !it.globs.is_empty());
            found.extend(globs.map(|(scope, _)| Meaning::Globs(scope)));
        }
        is_found
    }

    /// The crates that a path with this first name may lead to.
    fn crates_of(&self, scope: usize, first: &str, depth: u8) -> BTreeSet<&'a str> {
        let of = &self.all[scope];
        if matches!(first, "crate" | "self" | "super" | "Self") {
            return of.crates.clone();
        }
        let mut found = BTreeSet::new();
        for of_crate in &of.crates {
            let aliases = self.crates.aliases.get(*of_crate);
            found.extend(aliases.and_then(|it| it.get(first)).map(|it| &**it));
        }
        for path in of.imports.get(first).into_iter().flatten() {
            let next = names_in(path).next().filter(|_| depth > 0);
            found.extend(
                next.iter()
                    .flat_map(|next| self.crates_of(scope, next, depth - 1)),
            );
        }
        if of.modules.contains(first) || of.items.contains_key(first) {
            found.extend(&of.crates);
        }
        let is_known = !found.is_empty() || of.imports.contains_key(first);
        if !is_known && !matches!(first, "std" | "core" | "alloc") && !of.globs.is_empty() {
            // A glob import may bring a module into scope.
            found.extend(&of.crates);
            let heads = of.globs.iter().filter_map(|it| names_in(it).next());
            let heads = heads.filter(|_| depth > 0);
            found.extend(heads.flat_map(|it| self.crates_of(scope, it, depth - 1)));
        }
        found
    }
}

/// Whether no item that determines a layout can have this name.
fn is_of_language(name: &str) -> bool {
    const WORDS: [&str; 44] = [
        "as", "async", "bool", "char", "const", "crate", "dyn", "enum", "extern", "f32", "f64",
        "fn", "for", "i128", "i16", "i32", "i64", "i8", "impl", "in", "isize", "let", "mod",
        "move", "mut", "pub", "ref", "self", "Self", "static", "str", "struct", "super", "trait",
        "type", "u128", "u16", "u32", "u64", "u8", "unsafe", "use", "usize", "where",
    ];
    WORDS.contains(&name)
}

/// Whether a name is in scope everywhere, so that it need not come from a macro.
fn is_of_prelude(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "Box",
        "Brace",
        "Bracket",
        "Clone",
        "Copy",
        "Default",
        "Drop",
        "Err",
        "Fn",
        "FnMut",
        "FnOnce",
        "Iterator",
        "None",
        "Ok",
        "Option",
        "Parenthesis",
        "Result",
        "Send",
        "Sized",
        "Some",
        "String",
        "Sync",
        "Unpin",
        "Vec",
    ];
    NAMES.contains(&name)
}

//! The names in one source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::direct::Direct;
use super::item::{Item, ItemKind};
use super::shape::Shape;

/// The group's crates, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crates {
    /// The crates that a source is part of.
    pub(crate) of_sources: BTreeMap<PathBuf, BTreeSet<String>>,
    /// The names by which a crate refers to others of the group.
    pub(crate) aliases: BTreeMap<String, BTreeMap<String, String>>,
}

impl Crates {
    /// The crates that a source is part of. A new source belongs to the crates with the nearest sources.
    pub(crate) fn of(&self, path: &Path) -> BTreeSet<&str> {
        let below = |folder: &Path| -> BTreeSet<&str> {
            let sources = self.of_sources.iter();
            let inside = sources.filter(|(path, _)| path.starts_with(folder));
            inside.flat_map(|(_, its)| its).map(|it| &**it).collect()
        };
        let mut nearest = path.ancestors().map(below);
        nearest.find(|it| !it.is_empty()).unwrap_or_default()
    }
}

/// The names in all versions of one source.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub(crate) crates: BTreeSet<&'a str>,
    path: PathBuf,
    /// By name. Several items may have the same one.
    pub(crate) items: BTreeMap<&'a str, Vec<(&'a Item, &'a str)>>,
    /// Constants, macros and the like, on which types may depend.
    pub(crate) computed: BTreeMap<&'a str, Vec<(ItemKind, &'a str)>>,
    pub(crate) imports: BTreeMap<&'a str, BTreeSet<&'a str>>,
    pub(crate) calls: Vec<&'a str>,
    /// Associated types in impls: the name, the type of the impl if it has a name, and the tokens.
    pub(crate) associated: Vec<(&'a str, &'a str, &'a str)>,
    pub(crate) globs: BTreeSet<&'a str>,
    pub(crate) modules: BTreeSet<&'a str>,
    /// Whether its modules may be in files with other names.
    pub(crate) has_moved_modules: bool,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(path: &Path, crates: &'a Crates) -> Self {
        Scope {
            crates: crates.of(path),
            path: path.to_owned(),
            ..Scope::default()
        }
    }

    pub(crate) fn add(&mut self, shape: &'a Shape, direct: Option<&'a Direct>) {
        for (item, tokens) in shape.items() {
            let name = without_raw(item.last_name());
            match item.kind {
                ItemKind::MacroCall => self.calls.push(tokens),
                ItemKind::AssociatedType => {
                    let of = shape.implementors(&item.name);
                    self.associated.extend(of.map(|of| (name, of, tokens)));
                }
                _ => self.items.entry(name).or_default().push((item, tokens)),
            }
            self.has_moved_modules |= item.kind == ItemKind::MacroCall && item.name == "include";
        }
        for (item, paths) in shape.imports() {
            match item.kind {
                ItemKind::Glob => drop(self.globs.insert(&item.name)),
                _ => {
                    let imports = self.imports.entry(without_raw(&item.name)).or_default();
                    imports.extend(paths.split(' '));
                }
            }
        }
        for (kind, name, tokens) in direct.into_iter().flat_map(Direct::computed) {
            self.computed
                .entry(without_raw(name))
                .or_default()
                .push((kind, tokens));
        }
        self.modules.extend(shape.modules());
        self.has_moved_modules |= shape.has_moved_modules();
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.items.contains_key(name)
            || self.imports.contains_key(name)
            || self.computed.contains_key(name)
    }

    pub(crate) fn has_macro(&self, name: &str) -> bool {
        let its = self.computed.get(name);
        its.is_some_and(|its| its.iter().any(|(kind, _)| *kind == ItemKind::Macro))
    }

    /// Whether it can contain an item of this name in these modules of its crate.
    pub(crate) fn may_be_at(&self, modules: &[&str], name: &str) -> bool {
        let Some(items) = self.items.get(name) else {
            return false;
        };
        items.iter().any(|(item, _)| {
            let inside: Vec<&str> = item.name.split("::").collect();
            let inside = &inside[..inside.len() - 1];
            let Some(file) = modules.strip_suffix(inside) else {
                return false;
            };
            let stem = self.path.with_extension("");
            let of_folder = ["mod", "lib", "main"].iter().any(|it| stem.ends_with(it));
            let of = if of_folder {
                stem.parent()
            } else {
                Some(&*stem)
            };
            let is_root = ["lib", "main"].iter().any(|it| stem.ends_with(it));
            match file {
                [] => is_root,
                file => !is_root && of.is_some_and(|of| of.ends_with(file.join("/"))),
            }
        })
    }
}

/// The names in a path.
pub(crate) fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split("::")
        .filter(|it| !it.is_empty())
        .map(without_raw)
}

/// A name without `r#`, as in debug information.
pub(crate) fn without_raw(name: &str) -> &str {
    name.trim_start_matches("r#")
}

//! The files of a crate's modules, found as rustc finds them.
//!
//! A file can be analysed only if it is exactly one module, and not if it is used twice, through
//! `#[path]`, or below an attribute that may change it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Item, ItemMod};

use super::attributes::{is_known, is_test};
use super::outline::outline;
use crate::base::content_hash::ContentHash;
use crate::base::contents::{Contents, Digested};
use crate::base::parse::look_at_file;

/// The outlines of all modules of a crate, by file; `None` if a module can't be analysed, or its
/// content is not the one that was `read`.
pub(crate) fn outlines(
    root: &Path,
    runtime: &str,
    read: &Contents,
) -> Option<BTreeMap<PathBuf, u64>> {
    let mut modules = Modules {
        runtime,
        read,
        found: BTreeMap::new(),
    };
    let folder = root.parent()?;
    modules.add(root, folder).then_some(modules.found)
}

struct Modules<'a> {
    /// The name of the runtime in the crate's dependencies.
    runtime: &'a str,
    read: &'a Contents,
    found: BTreeMap<PathBuf, u64>,
}

impl Modules<'_> {
    /// Adds a file, and the modules that it declares, whose files are in `folder`.
    fn add(&mut self, file: &Path, folder: &Path) -> bool {
        let Ok(text) = fs::read_to_string(file) else {
            return false;
        };
        let content = Digested::Content(ContentHash::new(text.as_bytes()));
        if self.read.get(file) != Some(&content) {
            return false;
        }
        let seen = look_at_file(&text, |parsed| {
            let mut children = Vec::new();
            let are_found = declared(&parsed.items, folder, self.runtime, &mut children);
            Some((
                outline(parsed, self.runtime)?,
                are_found.then_some(children)?,
            ))
        });
        let Some((outline, children)) = seen.flatten() else {
            return false;
        };
        // The file is used for two modules.
        self.found.insert(file.to_owned(), outline).is_none()
            && children.into_iter().all(|child| {
                let own = child.with_extension("rs");
                let inside = child.join("mod.rs");
                match (
                    self.read.contains_key(&own),
                    self.read.contains_key(&inside),
                ) {
                    (true, false) => self.add(&own, &child),
                    (false, true) => self.add(&inside, &child),
                    // The module is disabled by a `cfg`.
                    (false, false) => true,
                    (true, true) => false,
                }
            })
    }
}

/// Adds the names of modules in separate files. Returns whether all of their files are found by
/// name.
fn declared(items: &[Item], folder: &Path, runtime: &str, children: &mut Vec<PathBuf>) -> bool {
    let modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module),
        _ => None,
    });
    modules
        .filter(|module| !module.attrs.iter().any(is_test))
        .all(|module| declared_by(module, folder, runtime, children))
}

fn declared_by(
    module: &ItemMod,
    folder: &Path,
    runtime: &str,
    children: &mut Vec<PathBuf>,
) -> bool {
    let is_plain = module.attrs.iter().all(|it| is_known(it, runtime));
    let name = module.ident.to_string();
    let path = folder.join(name.trim_start_matches("r#"));
    match &module.content {
        _ if !is_plain => false,
        Some((_, items)) => declared(items, &path, runtime, children),
        None => {
            children.push(path);
            true
        }
    }
}

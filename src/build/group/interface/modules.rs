//! The files of a crate's modules, found as rustc finds them.
//!
//! Only a file that is nothing but one module can be judged by its text: one that is mounted
//! twice, by `#[path]`, or below an attribute that may change it, can't.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Item, ItemMod};

use super::outline::{is_known, is_test, outline};
use crate::build::contents::{Contents, Digested};
use crate::build::digest::Digest;
use crate::source::look_at_file;

/// The outlines of all modules of a crate, by file; `None` if one can't be told, or is not what
/// was `read`.
pub(super) fn outlines(root: &Path, read: &Contents) -> Option<BTreeMap<PathBuf, u64>> {
    let mut found = BTreeMap::new();
    let folder = root.parent()?;
    add(root, folder, read, &mut found).then_some(found)
}

/// Adds a file, and the modules that it declares, which lie in `folder`.
fn add(file: &Path, folder: &Path, read: &Contents, found: &mut BTreeMap<PathBuf, u64>) -> bool {
    let Ok(text) = fs::read_to_string(file) else {
        return false;
    };
    if read.get(file) != Some(&Digested::Content(Digest::of_content(text.as_bytes()))) {
        return false;
    }
    let seen = look_at_file(&text, |parsed| {
        let mut children = Vec::new();
        Some((
            outline(parsed)?,
            declared(&parsed.items, folder, &mut children).then_some(children)?,
        ))
    });
    let Some((outline, children)) = seen.flatten() else {
        return false;
    };
    // A second way to one file makes two modules of it.
    found.insert(file.to_owned(), outline).is_none()
        && children.into_iter().all(|child| {
            let own = child.with_extension("rs");
            let inside = child.join("mod.rs");
            match (read.contains_key(&own), read.contains_key(&inside)) {
                (true, false) => add(&own, &child, read, found),
                (false, true) => add(&inside, &child, read, found),
                // A `cfg` leaves it out.
                (false, false) => true,
                (true, true) => false,
            }
        })
}

/// Adds the modules that have files of their own, without ending; whether all of them are found by
/// their names.
fn declared(items: &[Item], folder: &Path, children: &mut Vec<PathBuf>) -> bool {
    let modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module),
        _ => None,
    });
    modules
        .filter(|module| !module.attrs.iter().any(is_test))
        .all(|module| declared_by(module, folder, children))
}

fn declared_by(module: &ItemMod, folder: &Path, children: &mut Vec<PathBuf>) -> bool {
    let is_plain = module
        .attrs
        .iter()
        .all(|it| is_known(it) || it.path().is_ident("macro_use"));
    let name = module.ident.to_string();
    let path = folder.join(name.trim_start_matches("r#"));
    match &module.content {
        _ if !is_plain => false,
        Some((_, items)) => declared(items, &path, children),
        None => {
            children.push(path);
            true
        }
    }
}

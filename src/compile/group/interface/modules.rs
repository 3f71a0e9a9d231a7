//! The outlines of a crate's modules, whose files are found as rustc finds them.
//!
//! A file can be analysed only if it is exactly one module, and not if it is used twice, through
//! `#[path]`, or below an attribute that may change it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use syn::{Item, ItemMod};

use super::attributes::{is_known, is_test};
use super::macros::{Exported, KnownMacros, Macros};
use super::outline::{Body, Outline, outline};
use crate::base::content_hash::{ContentHash, Digest};
use crate::base::contents::{Contents, Digested};
use crate::base::parse::look_at_file;

/// The outlines of a crate's modules, by file; empty if a module can't be analysed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outlines {
    files: BTreeMap<PathBuf, Known>,
    /// What was known of macros.
    macros: KnownMacros,
    /// The macros that other crates can take from it.
    exported: Exported,
}

/// What is known of a file: the digests of its outline, of its skeleton, and of each body that these
/// leave out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    outline: u64,
    skeleton: u64,
    bodies: Vec<u64>,
}

/// A source file of a module, as it is now.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) content: ContentHash,
    /// Whether its outline is still the same.
    pub(crate) keeps_outline: bool,
    /// The bodies of plain functions, and whether each was edited or moved.
    pub(crate) bodies: Vec<(Body, bool)>,
}

impl Outlines {
    /// The outlines of a crate that was compiled from what was `read`. `exported` are the macros of a crate
    /// of the group, by its name, if they are known.
    pub(crate) fn of(
        root: Option<&Path>,
        runtime: &str,
        read: &Contents,
        exported: &dyn Fn(&str) -> Option<Exported>,
    ) -> Self {
        let sources = read.iter();
        let sources = sources.filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"));
        let texts: Option<BTreeMap<&Path, String>> = sources
            .map(|(path, content)| Some((&**path, text_of(path, content)?)))
            .collect();
        let mut own = Macros::default();
        let texts = texts.filter(|it| it.values().all(|text| own.add(text)));
        let Some((texts, macros)) = texts.zip(own.known(exported)) else {
            return Outlines::default();
        };
        let mut modules = Modules {
            runtime,
            read,
            texts: &texts,
            macros: &macros,
            found: BTreeMap::new(),
        };
        let is_known = root.is_some_and(|root| {
            let folder = root.parent();
            folder.is_some_and(|folder| modules.add(root, folder))
        });
        match is_known {
            true => Outlines {
                files: modules.found,
                exported: own.exported(&macros),
                macros,
            },
            false => Outlines::default(),
        }
    }

    /// The macros that other crates can take from it; `None` if they are not all known.
    pub(crate) fn exported(&self) -> Option<Exported> {
        (!self.files.is_empty()).then(|| self.exported.clone())
    }

    /// How many bodies all outlines leave out.
    pub(crate) fn all_bodies(&self) -> usize {
        self.files.values().map(|it| it.bodies.len()).sum()
    }

    /// Whether a file is a module.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    /// How many bodies a file's outline leaves out.
    pub(crate) fn bodies(&self, path: &Path) -> usize {
        self.files.get(path).map_or(0, |it| it.bodies.len())
    }

    /// A file as it is now, if it still has this skeleton.
    pub(crate) fn source(&self, path: &Path, runtime: &str) -> Option<Source> {
        let known = self.files.get(path)?;
        let text = fs::read_to_string(path).ok()?;
        let now = look_at_file(&text, |file| outline(file, runtime, &self.macros)).flatten()?;
        if now.skeleton != known.skeleton || now.bodies.len() != known.bodies.len() {
            return None;
        }
        let digests = digests(&now, &text)?;
        let are_edited = digests.iter().zip(&known.bodies).map(|(is, was)| is != was);
        Some(Source {
            path: path.to_owned(),
            content: ContentHash::new(text.as_bytes()),
            keeps_outline: now.digest == known.outline,
            bodies: now.bodies.into_iter().zip(are_edited).collect(),
            text,
        })
    }

    /// The files that changed, if they still have these skeletons with the contents `changed`.
    pub(crate) fn kept<'a>(
        &self,
        runtime: &str,
        changed: impl Iterator<Item = (&'a PathBuf, &'a Digested)>,
    ) -> Option<Vec<Source>> {
        let kept = changed.map(|(path, content)| {
            let source = self.source(path, runtime)?;
            (*content == Digested::Content(source.content)).then_some(source)
        });
        kept.collect()
    }
}

/// The digests of a file's bodies, with their places.
fn digests(outline: &Outline, text: &str) -> Option<Vec<u64>> {
    let digest = |body: &Body| {
        let mut digest = Digest::new();
        digest.number(body.start.line as u64);
        digest.number(body.start.column as u64);
        digest.text(text.get(body.range.clone())?);
        Some(digest.finish())
    };
    outline.bodies.iter().map(digest).collect()
}

/// The text of a source, if it still has this content.
fn text_of(path: &Path, content: &Digested) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let now = Digested::Content(ContentHash::new(text.as_bytes()));
    (now == *content).then_some(text)
}

struct Modules<'a> {
    /// The name of the runtime in the crate's dependencies.
    runtime: &'a str,
    read: &'a Contents,
    /// Those of its Rust sources.
    texts: &'a BTreeMap<&'a Path, String>,
    macros: &'a KnownMacros,
    found: BTreeMap<PathBuf, Known>,
}

impl Modules<'_> {
    /// Adds a file, and the modules that it declares, whose files are in `folder`.
    fn add(&mut self, file: &Path, folder: &Path) -> bool {
        let Some(text) = self.texts.get(file) else {
            return false;
        };
        let seen = look_at_file(text, |parsed| {
            let mut children = Vec::new();
            let are_found = declared(&parsed.items, folder, self.runtime, &mut children);
            let outline = outline(parsed, self.runtime, self.macros)?;
            let known = Known {
                bodies: digests(&outline, text)?,
                outline: outline.digest,
                skeleton: outline.skeleton,
            };
            Some((known, are_found.then_some(children)?))
        });
        let Some((known, children)) = seen.flatten() else {
            return false;
        };
        // The file is used for two modules.
        self.found.insert(file.to_owned(), known).is_none()
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

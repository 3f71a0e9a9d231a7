//! Random edits of a library: one of all that are possible in one of its files.

mod bodies;
pub(super) mod functions;
mod impls;
mod interface;
mod literals;
mod modules;
mod types;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use hotmod_testkit::Random;
use syn::Item;
use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::twin_workspaces::Sources;
use functions::Function;

/// An edit, and the sources after it.
pub(super) struct Edit {
    pub(super) class: &'static str,
    /// What was edited.
    pub(super) about: String,
    pub(super) sources: Sources,
}

impl Edit {
    pub(super) fn undo(sources: Sources) -> Self {
        Edit {
            class: "undo",
            about: "all edits".to_owned(),
            sources,
        }
    }
}

/// A class of edits, and all of its edits of a file.
pub(super) type Class = (&'static str, fn(&Source) -> Vec<Candidate>);

/// The classes whose edits change bodies. The programs show most of these.
const BODIES: &[Class] = &[
    ("body replaced", bodies::replaced),
    ("operator", bodies::operators),
    ("literal", bodies::literals),
    ("statement", bodies::statements),
    ("condition", bodies::conditions),
    ("match arms", bodies::arms),
    ("call", bodies::calls),
    ("generic body", bodies::of_generics),
];

const ITEMS: &[Class] = &[
    ("attribute", interface::attributes),
    ("cfg", interface::cfg),
    ("comment", modules::comments),
    ("constant", modules::constants),
    ("derive", types::derives),
    ("drop", types::drops),
    ("field added", types::fields_added),
    ("fields reordered", types::fields_reordered),
    ("function added", modules::functions_added),
    ("generics", interface::generics),
    ("impl added", impls::added),
    ("inherent shadowing", impls::shadowing),
    ("item of impl removed", impls::items_removed),
    ("items reordered", modules::reordered),
    ("macro", modules::macros),
    ("method added", impls::methods_added),
    ("module moved", modules::moved),
    ("override", impls::overrides),
    ("provided method", impls::provided),
    ("static", bodies::statics),
    ("type alias", types::aliases),
    ("use", modules::uses),
    ("variants", types::variants),
    ("visibility", interface::visibility),
];

/// A file of the library.
pub(super) struct Source<'a> {
    path: &'a Path,
    text: &'a str,
    file: syn::File,
    functions: Vec<Function>,
    /// The functions of all files that the program runs.
    running: &'a BTreeSet<String>,
    sources: &'a Sources,
    /// In the names of new items.
    number: usize,
}

/// An edit that is possible.
pub(super) struct Candidate {
    about: String,
    /// Texts of the file, and what replaces them.
    splices: Vec<(Range<usize>, String)>,
    /// Other files that are written, or removed.
    files: Vec<(PathBuf, Option<String>)>,
    /// Whether the program runs code of it.
    runs: bool,
}

impl Candidate {
    fn new(about: impl Into<String>, runs: bool, splices: Vec<(Range<usize>, String)>) -> Self {
        Candidate {
            about: about.into(),
            splices,
            files: Vec::new(),
            runs,
        }
    }

    fn insert(about: impl Into<String>, runs: bool, at: usize, text: String) -> Self {
        Self::new(about, runs, vec![(at..at, text)])
    }
}

impl Source<'_> {
    fn text_of(&self, part: &impl Spanned) -> &str {
        &self.text[part.span().byte_range()]
    }

    /// All items, in modules too.
    fn items(&self) -> Vec<&Item> {
        let mut items = Vec::new();
        let mut todo: Vec<&Item> = self.file.items.iter().rev().collect();
        while let Some(item) = todo.pop() {
            items.push(item);
            if let Item::Mod(module) = item
                && !is_test(&module.attrs)
                && let Some((_, inner)) = &module.content
            {
                todo.extend(inner.iter().rev());
            }
        }
        items.retain(|it| !matches!(it, Item::Mod(module) if is_test(&module.attrs)));
        items
    }

    /// Whether it edits unsafe code. What that does afterwards may be undefined.
    fn is_unsafe(&self, candidate: &Candidate) -> bool {
        struct Blocks(Vec<Range<usize>>);
        impl<'ast> Visit<'ast> for Blocks {
            fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
                self.0.push(block.span().byte_range());
            }
        }
        let mut blocks = Blocks(Vec::new());
        blocks.visit_file(&self.file);
        let is_inside = |at: &Range<usize>| {
            let mut blocks = blocks.0.iter();
            blocks.any(|block| at.start < block.end && block.start < at.end)
        };
        candidate.splices.iter().any(|(at, _)| is_inside(at))
    }

    /// Whether the program runs a function of a type or a trait.
    fn runs_of(&self, name: &str) -> bool {
        let is_word = |it: char| !(it.is_alphanumeric() || it == '_');
        self.running
            .iter()
            .any(|key| key.split(is_word).any(|it| it == name))
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("cfg")
            && it
                .meta
                .require_list()
                .is_ok_and(|it| it.tokens.to_string().contains("test"))
    })
}

/// The classes that are made.
pub(super) fn classes() -> Vec<Class> {
    let chosen = std::env::var("CLASSES").ok();
    let is_chosen = |name: &str| {
        let chosen = chosen.as_ref();
        chosen.is_none_or(|it| it.split(',').any(|it| name.starts_with(it)))
    };
    let all = BODIES.iter().chain(ITEMS).copied();
    all.filter(|it| is_chosen(it.0)).collect()
}

/// Makes an edit of one of these files, if the first ones that come up have any of its class.
pub(super) fn random(
    random: &mut Random,
    (class, candidates): Class,
    files: &[&PathBuf],
    sources: &Sources,
    running: &BTreeSet<String>,
) -> Option<Edit> {
    let files_that_run: Vec<&Path> = running.iter().map(|it| functions::file(it)).collect();
    for _ in 0..20 {
        let path = match random.below(4) {
            0 => files[random.below(files.len())].as_path(),
            _ => files_that_run[random.below(files_that_run.len())],
        };
        let Some(source) = Source::parse(path, sources, running, random) else {
            continue;
        };
        let mut all = candidates(&source);
        all.retain(|it| !source.is_unsafe(it));
        if random.below(6) > 0 && all.iter().any(|it| it.runs) {
            all.retain(|it| it.runs);
        }
        if all.is_empty() {
            continue;
        }
        let chosen = all.swap_remove(random.below(all.len()));
        if let Some(edited) = chosen.apply(&source) {
            return Some(Edit {
                class,
                about: format!("{}: {}", path.display(), chosen.about),
                sources: edited,
            });
        }
    }
    None
}

impl<'a> Source<'a> {
    fn parse(
        path: &'a Path,
        sources: &'a Sources,
        running: &'a BTreeSet<String>,
        random: &mut Random,
    ) -> Option<Self> {
        let text = sources.get(path)?;
        let file = syn::parse_file(text).ok()?;
        Some(Source {
            functions: functions::of_file(path, &file),
            path,
            text,
            file,
            running,
            sources,
            number: 100 + random.below(900),
        })
    }
}

impl Candidate {
    /// The sources with this edit, if that changes them and they still parse.
    fn apply(&self, source: &Source) -> Option<Sources> {
        let mut splices = self.splices.clone();
        splices.sort_by_key(|it| it.0.start);
        let mut text = source.text.to_owned();
        for (range, new) in splices.into_iter().rev() {
            text.replace_range(range, &new);
        }
        let mut sources = source.sources.clone();
        if syn::parse_file(&text).is_err() {
            return None;
        }
        sources.insert(source.path.to_owned(), text);
        for (path, text) in &self.files {
            match text {
                Some(text) => sources.insert(path.clone(), text.clone()),
                None => sources.remove(path),
            };
        }
        (sources != *source.sources).then_some(sources)
    }
}

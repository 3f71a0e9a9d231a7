//! One walk through two layouts at a time, from what both call by one name.

use std::collections::{BTreeSet, HashSet};

use super::difference::{Difference, Severity};
use super::names::{for_people, renames};
use super::types::{Kind, Layout, Type, TypeId};

/// What is found on the way from the roots of two layouts.
pub(crate) struct Pass<'a> {
    pub(crate) before: &'a Layout,
    pub(crate) now: &'a Layout,
    /// Pairs that were compared: types may be recursive.
    seen: HashSet<(TypeId, TypeId)>,
    pub(crate) way: Vec<String>,
    pub(crate) found: Vec<Difference>,
    pub(crate) renamed: BTreeSet<(String, String)>,
}

/// What is found of one type.
#[derive(Default)]
pub(crate) struct Words {
    causes: Vec<String>,
    /// Of fields, which tell nothing more where there is a cause.
    moves: Vec<String>,
    sizes: Vec<String>,
    severity: Option<Severity>,
}

impl Words {
    pub(crate) fn cause(&mut self, words: String, severity: Severity) {
        self.causes.push(words);
        self.severity = self.severity.max(Some(severity));
    }

    pub(crate) fn moved(&mut self, words: String) {
        self.moves.push(words);
        self.severity = Some(Severity::Layout);
    }

    fn resized(&mut self, words: String) {
        self.sizes.push(words);
        self.severity = Some(Severity::Layout);
    }
}

impl<'a> Pass<'a> {
    pub(crate) fn new(before: &'a Layout, now: &'a Layout) -> Self {
        Pass {
            before,
            now,
            seen: HashSet::new(),
            way: Vec::new(),
            found: Vec::new(),
            renamed: BTreeSet::new(),
        }
    }

    /// Compares what crosses with what does so now. A label is most often one thing's; where it is
    /// several's, the one that is the same is meant, if there is one.
    pub(crate) fn compare_root(&mut self, label: &str, old: TypeId, new: &[TypeId]) {
        if let [new] = new {
            self.way = vec![label.to_owned()];
            self.compare_names(label, old, *new);
            return self.compare(old, *new);
        }
        let mut first = None;
        for new in new {
            let mut pass = Pass::new(self.before, self.now);
            pass.way = vec![label.to_owned()];
            pass.compare(old, *new);
            if pass.found.is_empty() {
                return;
            }
            first.get_or_insert(pass);
        }
        if let Some(pass) = first {
            self.found.extend(pass.found);
            self.renamed.extend(pass.renamed);
        }
    }

    /// What a label stands for may be another type altogether.
    fn compare_names(&mut self, label: &str, old: TypeId, new: TypeId) {
        let (was, is) = (&self.before.types[old], &self.now.types[new]);
        if was.name != is.name && self.renames(old, new).is_none() {
            self.found.push(Difference {
                severity: Severity::Layout,
                of: label.to_owned(),
                what: format!("`{}` -> `{}`", for_people(&was.name), for_people(&is.name)),
                way: String::new(),
                is_consequence: false,
            });
        }
    }

    /// Compares two that have no label in common.
    pub(crate) fn compare_kept(&mut self, label: &str, old: TypeId, new: TypeId) {
        self.way = vec![label.to_owned()];
        if let Some(names) = self.renames(old, new) {
            self.renamed.extend(names);
        }
    }

    pub(crate) fn compare(&mut self, old: TypeId, new: TypeId) {
        if !self.seen.insert((old, new)) {
            return;
        }
        let (was, is) = (&self.before.types[old], &self.now.types[new]);
        let mut words = Words::default();
        if was.kind != is.kind {
            let text = format!("was {}, is {}", kind(was), kind(is));
            words.cause(text, Severity::Layout);
            return self.report(was, words);
        }
        // What it is made of first, so that causes come before what follows from them.
        for (name, old) in &was.parameters {
            if let Some((_, new)) = is.parameters.iter().find(|(it, _)| it == name) {
                self.step(format!("<{name}>"), *old, *new, &mut words, || {
                    format!("parameter `{name}`")
                });
            }
        }
        if let (Some(old), Some(new)) = (was.target, is.target) {
            let (step, noun) = match was.kind {
                Kind::Array => ("[]", "element"),
                _ => (".*", "target"),
            };
            self.step(step.to_owned(), old, new, &mut words, || noun.to_owned());
        }
        if was.length != is.length {
            let length = |of: &Type| of.length.unwrap_or(0);
            words.cause(
                format!("length {} -> {}", length(was), length(is)),
                Severity::Layout,
            );
        }
        if was.encoding != is.encoding {
            words.cause("its bits mean something else".to_owned(), Severity::Layout);
        }
        self.arguments(was, is, &mut words);
        self.fields(was, is, &mut words);
        self.variants(was, is, &mut words);
        if was.size != is.size {
            words.resized(format!("size {} -> {}", was.size, is.size));
        }
        if was.align != is.align && was.kind != Kind::Base {
            words.resized(format!("align {} -> {}", was.align, is.align));
        }
        self.report(was, words);
    }

    fn report(&mut self, of: &Type, words: Words) {
        let Some(severity) = words.severity else {
            return;
        };
        // How many methods a trait has says less than its name, which tokens tell.
        let is_table = |words: &String| words.starts_with("field `vtable`");
        let is_consequence = words.causes.iter().all(is_table);
        let mut what = words.causes;
        if what.is_empty() {
            what = words.moves;
        }
        what.extend(words.sizes);
        let mut way = self.way.concat();
        let is_function = self.way.len() == 1 && of.kind == Kind::Function;
        let of = match is_function {
            true => std::mem::take(&mut way),
            false => for_people(&of.name),
        };
        self.found.push(Difference {
            severity,
            of,
            what: what.join("; "),
            way,
            is_consequence,
        });
    }

    /// Compares what is one step on. What has another name there is said in `words`.
    pub(crate) fn step(
        &mut self,
        step: String,
        old: TypeId,
        new: TypeId,
        words: &mut Words,
        noun: impl FnOnce() -> String,
    ) {
        let (was, is) = (&self.before.types[old], &self.now.types[new]);
        if was.name == is.name {
            self.way.push(step);
            self.compare(old, new);
            self.way.pop();
            return;
        }
        let severity = match self.renames(old, new) {
            Some(names) => {
                self.renamed.extend(names);
                Severity::Name
            }
            None => Severity::Layout,
        };
        let text = format!(
            "{}: `{}` -> `{}`",
            noun(),
            for_people(&was.name),
            for_people(&is.name)
        );
        words.cause(text, severity);
    }

    /// The other names in the name of a type that lies as before in all that it is made of. Whether
    /// that is a new name, or another type that lies alike, the sources tell.
    fn renames(&self, old: TypeId, new: TypeId) -> Option<Vec<(String, String)>> {
        let (was, is) = (&self.before.types[old], &self.now.types[new]);
        let is_named = |of: &Type| {
            let has_parts = !of.fields.is_empty() || !of.variants.is_empty();
            has_parts || of.target.is_some()
        };
        if was.kind != is.kind || !is_named(was) || !is_named(is) || sort(was) != sort(is) {
            return None;
        }
        let names = renames(&was.name, &is.name, &self.now.group)?;
        let mut inside = Pass {
            seen: self.seen.clone(),
            ..Pass::new(self.before, self.now)
        };
        inside.compare(old, new);
        let mut found = inside.found.iter();
        found
            .all(|it| it.severity == Severity::Name)
            .then_some(names)
    }

    fn arguments(&mut self, was: &Type, is: &Type, words: &mut Words) {
        if was.arguments.len() != is.arguments.len() {
            words.cause(
                format!(
                    "{} -> {} parameters",
                    was.arguments.len(),
                    is.arguments.len()
                ),
                Severity::Layout,
            );
            return;
        }
        for (index, (old, new)) in was.arguments.iter().zip(&is.arguments).enumerate() {
            self.step(format!(" (arg {index})"), *old, *new, words, || {
                format!("parameter {index}")
            });
        }
        match (was.result, is.result) {
            (Some(old), Some(new)) => {
                self.step(" (result)".to_owned(), old, new, words, || {
                    "result".to_owned()
                });
            }
            (None, None) => {}
            _ => words.cause("result added or gone".to_owned(), Severity::Layout),
        }
    }
}

/// What of a pointer's name is no name: a `&`, a `*const`, the ABI of a function.
fn sort(of: &Type) -> String {
    if of.kind != Kind::Pointer {
        return String::new();
    }
    if let Some((before, _)) = of.name.split_once("fn(") {
        return format!("{before}fn");
    }
    let name = of.name.trim_start_matches(['&', '*']);
    let sign = &of.name[..of.name.len() - name.len()];
    let mutable = if name.starts_with("mut ") { "mut" } else { "" };
    format!("{sign}{mutable}")
}

fn kind(of: &Type) -> &'static str {
    match of.kind {
        Kind::Base => "a number",
        Kind::Struct => "a struct",
        Kind::Union => "a union",
        Kind::Enum => "an enum",
        Kind::Pointer => "a pointer",
        Kind::Array => "an array",
        Kind::Function => "a function",
        Kind::Unread => "something else",
    }
}

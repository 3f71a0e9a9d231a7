//! One walk through two layouts at a time, from what both call by one name.

use std::collections::{BTreeSet, HashSet};

use super::compare::{Difference, Severity};
use super::names::{for_people, of_field};
use super::types::{Field, Kind, Layout, Type, TypeId, Variant};

/// What is found on the way from the roots of two layouts.
pub(super) struct Pass<'a> {
    before: &'a Layout,
    now: &'a Layout,
    /// Pairs that were compared: types may be recursive.
    seen: HashSet<(TypeId, TypeId)>,
    way: Vec<String>,
    pub(super) found: Vec<Difference>,
    pub(super) renamed: BTreeSet<(String, String)>,
}

/// What is found of one type.
#[derive(Default)]
struct Words {
    causes: Vec<String>,
    consequences: Vec<String>,
    severity: Option<Severity>,
}

impl Words {
    fn cause(&mut self, words: String, severity: Severity) {
        self.causes.push(words);
        self.severity = self.severity.max(Some(severity));
    }

    /// A move or a size, which most often follow from something else.
    fn consequence(&mut self, words: String) {
        self.consequences.push(words);
        self.severity = Some(Severity::Layout);
    }
}

impl<'a> Pass<'a> {
    pub(super) fn new(before: &'a Layout, now: &'a Layout) -> Self {
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
    pub(super) fn compare_root(&mut self, label: &str, old: TypeId, new: &[TypeId]) {
        if let [new] = new {
            self.way = vec![label.to_owned()];
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

    fn compare(&mut self, old: TypeId, new: TypeId) {
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
            words.consequence(format!("size {} -> {}", was.size, is.size));
        }
        if was.align != is.align && was.kind != Kind::Base {
            words.consequence(format!("align {} -> {}", was.align, is.align));
        }
        self.report(was, words);
    }

    fn report(&mut self, of: &Type, words: Words) {
        let Some(severity) = words.severity else {
            return;
        };
        let is_consequence = words.causes.is_empty();
        let what: Vec<String> = words.causes.into_iter().chain(words.consequences).collect();
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
    fn step(
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
        let severity = match self.is_renamed(old, new) {
            true => Severity::Name,
            false => Severity::Layout,
        };
        if severity == Severity::Name {
            self.renamed.insert((was.name.clone(), is.name.clone()));
        }
        let text = format!(
            "{}: `{}` -> `{}`",
            noun(),
            for_people(&was.name),
            for_people(&is.name)
        );
        words.cause(text, severity);
    }

    /// Whether two types of different names lie alike in all that they are made of.
    fn is_renamed(&self, old: TypeId, new: TypeId) -> bool {
        let (was, is) = (&self.before.types[old], &self.now.types[new]);
        let is_named = |of: &Type| {
            let has_parts = !of.fields.is_empty() || !of.variants.is_empty();
            has_parts || of.target.is_some()
        };
        if was.kind != is.kind || !is_named(was) || !is_named(is) || sort(was) != sort(is) {
            return false;
        }
        let mut inside = Pass {
            seen: self.seen.clone(),
            ..Pass::new(self.before, self.now)
        };
        inside.compare(old, new);
        inside.found.iter().all(|it| it.severity == Severity::Name)
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

    fn fields(&mut self, was: &Type, is: &Type, words: &mut Words) {
        // A state machine keeps an argument and its copy under one name.
        let nth = |of: &Type, index: usize| {
            let name = &of.fields[index].name;
            of.fields[..index]
                .iter()
                .filter(|it| it.name == *name)
                .count()
        };
        let find = |of: &Type, name: &str, wanted: usize| {
            (0..of.fields.len())
                .find(|index| of.fields[*index].name == name && nth(of, *index) == wanted)
        };
        let mut gone: Vec<&Field> = Vec::new();
        let mut both: Vec<(&Field, &Field)> = Vec::new();
        for (index, field) in was.fields.iter().enumerate() {
            match find(is, &field.name, nth(was, index)) {
                Some(other) => both.push((field, &is.fields[other])),
                None => gone.push(field),
            }
        }
        let kept: Vec<&Field> = both.iter().map(|(_, new)| *new).collect();
        for field in is.fields.iter().filter(|it| !kept.contains(it)) {
            let of = &self.now.types[field.of].name;
            let in_its_place = gone.iter().position(|old| {
                old.offset == field.offset && self.before.types[old.of].name == *of
            });
            if let Some(index) = in_its_place {
                let old = gone.remove(index);
                words.cause(
                    format!(
                        "field `{}` at offset {} is now `{}`",
                        of_field(&old.name),
                        old.offset,
                        of_field(&field.name)
                    ),
                    Severity::Name,
                );
                both.push((old, field));
            } else {
                words.cause(
                    format!(
                        "field `{}: {}` added at offset {}",
                        of_field(&field.name),
                        for_people(of),
                        field.offset
                    ),
                    Severity::Layout,
                );
            }
        }
        for field in gone {
            words.cause(
                format!(
                    "field `{}: {}` removed from offset {}",
                    of_field(&field.name),
                    for_people(&self.before.types[field.of].name),
                    field.offset
                ),
                Severity::Layout,
            );
        }
        for (old, new) in &both {
            let name = of_field(&old.name);
            self.step(format!(".{name}"), old.of, new.of, words, || {
                format!("field `{name}`")
            });
        }
        for (old, new) in &both {
            if old.offset != new.offset {
                words.consequence(format!(
                    "field `{}` moved from offset {} to {}",
                    of_field(&old.name),
                    old.offset,
                    new.offset
                ));
            }
        }
    }

    fn variants(&mut self, was: &Type, is: &Type, words: &mut Words) {
        let find = |of: &Type, name: &str| of.variants.iter().position(|it| it.name == name);
        let mut gone: Vec<&Variant> = Vec::new();
        let mut both: Vec<(&Variant, &Variant)> = Vec::new();
        for variant in &was.variants {
            match find(is, &variant.name) {
                Some(other) => both.push((variant, &is.variants[other])),
                None => gone.push(variant),
            }
        }
        for variant in is
            .variants
            .iter()
            .filter(|it| find(was, &it.name).is_none())
        {
            let in_its_place = gone.iter().position(|old| {
                old.value == variant.value && old.content.is_some() == variant.content.is_some()
            });
            let name = &variant.name;
            match in_its_place {
                Some(index) => {
                    let old = gone.remove(index);
                    words.cause(
                        format!("variant `{}` is now `{name}`", old.name),
                        Severity::Name,
                    );
                    both.push((old, variant));
                }
                None => words.cause(
                    format!("variant `{name}` added{}", value(variant)),
                    Severity::Layout,
                ),
            }
        }
        for variant in gone {
            words.cause(
                format!("variant `{}` removed{}", variant.name, value(variant)),
                Severity::Layout,
            );
        }
        for (old, new) in both {
            if old.value != new.value {
                let text = format!("variant `{}`{} ->{}", old.name, value(old), value(new));
                words.cause(text, Severity::Layout);
            }
            if let (Some(before), Some(now)) = (old.content, new.content) {
                self.way.push(format!("::{}", old.name));
                self.compare(before, now);
                self.way.pop();
            }
        }
        match (was.tag, is.tag) {
            (Some((before, old)), Some((now, new))) => {
                if before != now {
                    words.consequence(format!("its tag moved from offset {before} to {now}"));
                }
                self.step("::tag".to_owned(), old, new, words, || "tag".to_owned());
            }
            (None, None) => {}
            (before, _) => {
                let text = if before.is_some() { "gone" } else { "added" };
                words.consequence(format!("its tag is {text}"));
            }
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
        Kind::Other => "something else",
    }
}

fn value(variant: &Variant) -> String {
    match variant.value {
        None => " (it holds the niche)".to_owned(),
        Some(value) => format!(" (= {value})"),
    }
}

//! Walks through two layouts in parallel, from a root that both have.

use std::collections::{BTreeSet, HashSet};

use super::difference::{Difference, Part, Severity, Step, Subject, Way};
use super::names::{for_people, renames};
use super::root::Root;
use super::types::{Kind, Layout, Type, TypeId};

/// The walk, and the differences that it has found.
pub(crate) struct Pass<'a> {
    pub(crate) before: &'a Layout,
    pub(crate) now: &'a Layout,
    /// Pairs that were compared, because types can be recursive.
    seen: HashSet<(TypeId, TypeId)>,
    /// Pairs that do not differ.
    same: HashSet<(TypeId, TypeId)>,
    /// The root where the walk began, and the steps from there.
    root: Option<Root>,
    pub(crate) way: Vec<Step>,
    pub(crate) found: Vec<Difference>,
    pub(crate) renamed: BTreeSet<(String, String)>,
}

/// The differences of one type.
#[derive(Default)]
pub(crate) struct Parts {
    causes: Vec<Part>,
    /// Moved fields, which are not reported if there is a cause.
    moves: Vec<Part>,
    sizes: Vec<Part>,
    severity: Option<Severity>,
}

impl Parts {
    pub(crate) fn cause(&mut self, part: Part, severity: Severity) {
        self.causes.push(part);
        self.severity = self.severity.max(Some(severity));
    }

    pub(crate) fn moved(&mut self, part: Part) {
        self.moves.push(part);
        self.severity = Some(Severity::Layout);
    }

    fn resized(&mut self, part: Part) {
        self.sizes.push(part);
        self.severity = Some(Severity::Layout);
    }
}

impl<'a> Pass<'a> {
    pub(crate) fn new(before: &'a Layout, now: &'a Layout) -> Self {
        Pass {
            before,
            now,
            seen: HashSet::new(),
            same: HashSet::new(),
            root: None,
            way: Vec::new(),
            found: Vec::new(),
            renamed: BTreeSet::new(),
        }
    }

    /// Compares a root's type in both layouts. If the new layout has several types for the root, an
    /// equal one counts, if there is any. Returns the type that it was compared with last.
    pub(crate) fn compare_root(
        &mut self,
        root: &Root,
        old: TypeId,
        new: &[TypeId],
    ) -> Option<TypeId> {
        if let [new] = new {
            self.begin(root);
            self.compare_names(root, old, *new);
            self.compare(old, *new);
            return Some(*new);
        }
        let mut first = None;
        for new in new {
            let mut pass = Pass::new(self.before, self.now);
            pass.same = std::mem::take(&mut self.same);
            pass.begin(root);
            pass.compare(old, *new);
            self.same = std::mem::take(&mut pass.same);
            if pass.found.is_empty() {
                self.same.extend(pass.seen);
                return Some(*new);
            }
            first.get_or_insert(pass);
        }
        let pass = first?;
        self.found.extend(pass.found);
        self.renamed.extend(pass.renamed);
        None
    }

    fn begin(&mut self, root: &Root) {
        self.root = Some(root.clone());
        self.way.clear();
    }

    /// Reports a root whose type was replaced by another type.
    fn compare_names(&mut self, root: &Root, old: TypeId, new: TypeId) {
        let (was, is) = (self.before.get(old), self.now.get(new));
        if was.name != is.name && self.renames(old, new).is_none() {
            self.found.push(Difference {
                severity: Severity::Layout,
                of: Subject::Root(root.clone()),
                what: vec![Part::Type {
                    of: None,
                    old: for_people(&was.name),
                    new: for_people(&is.name),
                }],
                way: None,
                is_consequence: false,
            });
        }
    }

    /// Compares two types without a common root, for a possible rename.
    pub(crate) fn compare_kept(&mut self, old: TypeId, new: TypeId) {
        if let Some(names) = self.renames(old, new) {
            self.renamed.extend(names);
        }
    }

    pub(crate) fn compare(&mut self, old: TypeId, new: TypeId) {
        if self.same.contains(&(old, new)) || !self.seen.insert((old, new)) {
            return;
        }
        let (was, is) = (self.before.get(old), self.now.get(new));
        let mut parts = Parts::default();
        if was.kind != is.kind {
            parts.cause(
                Part::Kind {
                    old: was.kind,
                    new: is.kind,
                },
                Severity::Layout,
            );
            return self.report(was, parts);
        }
        // Compare the parts first, so that causes come before their consequences.
        for path in was.in_name.iter().filter(|it| is.in_name.contains(it)) {
            let (before, now) = (&self.before.in_names, &self.now.in_names);
            if let (Some(old), Some(new)) = (before.get(path), now.get(path)) {
                self.step(Step::Parameter(path.clone()), *old, *new, &mut parts);
            }
        }
        for (name, to) in &was.parameters {
            if let Some((_, now)) = is.parameters.iter().find(|(it, _)| it == name) {
                let step = Step::Parameter(name.clone());
                self.step(step, old.to(*to), new.to(*now), &mut parts);
            }
        }
        if let (Some(to), Some(now)) = (was.target, is.target) {
            let step = match was.kind {
                Kind::Array => Step::Element,
                _ => Step::Target,
            };
            self.step(step, old.to(to), new.to(now), &mut parts);
        }
        if was.length != is.length {
            let length = |of: &Type| of.length.unwrap_or(0);
            let (old, new) = (length(was), length(is));
            parts.cause(Part::Length { old, new }, Severity::Layout);
        }
        if was.encoding != is.encoding {
            parts.cause(Part::Encoding, Severity::Layout);
        }
        self.arguments(old, new, &mut parts);
        self.fields(old, new, &mut parts);
        self.variants(old, new, &mut parts);
        if was.size != is.size {
            let (old, new) = (was.size, is.size);
            parts.resized(Part::Size { old, new });
        }
        if was.align != is.align && was.kind != Kind::Base {
            let (old, new) = (was.align, is.align);
            parts.resized(Part::Align { old, new });
        }
        self.report(was, parts);
    }

    fn report(&mut self, of: &Type, parts: Parts) {
        let Some(severity) = parts.severity else {
            return;
        };
        let is_consequence = parts.causes.iter().all(Part::is_of_method_table);
        let mut what = parts.causes;
        if what.is_empty() {
            what = parts.moves;
        }
        what.extend(parts.sizes);
        let root = self.root.clone();
        let is_function = self.way.is_empty() && of.kind == Kind::Function;
        let (of, way) = match root {
            Some(root) if is_function => (Subject::Root(root), None),
            root => {
                let steps = self.way.clone();
                let way = root.map(|root| Way { root, steps });
                (Subject::Type(for_people(&of.name)), way)
            }
        };
        self.found.push(Difference {
            severity,
            of,
            what,
            way,
            is_consequence,
        });
    }

    /// Compares a part of two types. If the names of its types differ, the part changed.
    pub(crate) fn step(&mut self, step: Step, old: TypeId, new: TypeId, parts: &mut Parts) {
        let (was, is) = (self.before.get(old), self.now.get(new));
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
        let part = Part::Type {
            of: Some(step),
            old: for_people(&was.name),
            new: for_people(&is.name),
        };
        parts.cause(part, severity);
    }

    /// The names that changed in the name of a type, if its layout and those of its parts are equal.
    /// Only the sources show whether the type was renamed, or replaced by one with an equal layout.
    fn renames(&self, old: TypeId, new: TypeId) -> Option<Vec<(String, String)>> {
        let (was, is) = (self.before.get(old), self.now.get(new));
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

    fn arguments(&mut self, old: TypeId, new: TypeId, parts: &mut Parts) {
        let (was, is) = (self.before.get(old), self.now.get(new));
        if was.arguments.len() != is.arguments.len() {
            let part = Part::Arguments {
                old: was.arguments.len(),
                new: is.arguments.len(),
            };
            return parts.cause(part, Severity::Layout);
        }
        for (index, (to, now)) in was.arguments.iter().zip(&is.arguments).enumerate() {
            self.step(Step::Argument(index), old.to(*to), new.to(*now), parts);
        }
        match (was.result, is.result) {
            (Some(to), Some(now)) => self.step(Step::Result, old.to(to), new.to(now), parts),
            (None, None) => {}
            (None, Some(_)) => parts.cause(Part::ResultAdded, Severity::Layout),
            (Some(_), None) => parts.cause(Part::ResultRemoved, Severity::Layout),
        }
    }
}

/// The sort of a pointer, without the names of types: `&`, `&mut`, `*const`, a function's ABI.
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

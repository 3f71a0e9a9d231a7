//! Compares the fields and variants of two types with the same name.

use super::difference::{Part, Severity, Step};
use super::names::{for_people, of_field};
use super::pass::{Parts, Pass};
use super::types::{Field, Type, TypeId, Variant};

impl Pass<'_> {
    pub(crate) fn fields(&mut self, old: TypeId, new: TypeId, parts: &mut Parts) {
        let (before, now) = (self.before, self.now);
        let (was, is) = (before.get(old), now.get(new));
        let name_before = |field: &Field| &before.get(old.to(field.of)).name;
        // A coroutine has an argument and its copy under the same name.
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
            let of = &now.get(new.to(field.of)).name;
            let in_its_place = gone
                .iter()
                .position(|it| it.offset == field.offset && name_before(it) == of);
            if let Some(index) = in_its_place {
                let before = gone.remove(index);
                let part = Part::FieldRenamed {
                    old: of_field(&before.name).to_owned(),
                    new: of_field(&field.name).to_owned(),
                    offset: before.offset,
                };
                parts.cause(part, Severity::Name);
                both.push((before, field));
            } else {
                let part = Part::FieldAdded {
                    name: of_field(&field.name).to_owned(),
                    of: for_people(of),
                    offset: field.offset,
                };
                parts.cause(part, Severity::Layout);
            }
        }
        for field in gone {
            let part = Part::FieldRemoved {
                name: of_field(&field.name).to_owned(),
                of: for_people(name_before(field)),
                offset: field.offset,
            };
            parts.cause(part, Severity::Layout);
        }
        for (was, is) in &both {
            let step = Step::Field(of_field(&was.name).to_owned());
            self.step(step, old.to(was.of), new.to(is.of), parts);
        }
        for (was, is) in &both {
            if was.offset != is.offset {
                parts.moved(Part::FieldMoved {
                    name: of_field(&was.name).to_owned(),
                    old: was.offset,
                    new: is.offset,
                });
            }
        }
    }

    pub(crate) fn variants(&mut self, old: TypeId, new: TypeId, parts: &mut Parts) {
        let (was, is) = (self.before.get(old), self.now.get(new));
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
            let name = variant.name.clone();
            match in_its_place {
                Some(index) => {
                    let old = gone.remove(index);
                    let part = Part::VariantRenamed {
                        old: old.name.clone(),
                        new: name,
                    };
                    parts.cause(part, Severity::Name);
                    both.push((old, variant));
                }
                None => {
                    let value = variant.value;
                    parts.cause(Part::VariantAdded { name, value }, Severity::Layout);
                }
            }
        }
        for variant in gone {
            let part = Part::VariantRemoved {
                name: variant.name.clone(),
                value: variant.value,
            };
            parts.cause(part, Severity::Layout);
        }
        for (before, now) in both {
            if before.value != now.value {
                let part = Part::VariantValue {
                    name: before.name.clone(),
                    old: before.value,
                    new: now.value,
                };
                parts.cause(part, Severity::Layout);
            }
            if let (Some(to), Some(content)) = (before.content, now.content) {
                self.way.push(Step::Variant(before.name.clone()));
                self.compare(old.to(to), new.to(content));
                self.way.pop();
            }
        }
        match (was.tag, is.tag) {
            (Some((before, to)), Some((now, tag))) => {
                if before != now {
                    parts.moved(Part::TagMoved {
                        old: before,
                        new: now,
                    });
                }
                self.step(Step::Tag, old.to(to), new.to(tag), parts);
            }
            (None, None) => {}
            (None, Some(_)) => parts.moved(Part::TagAdded),
            (Some(_), None) => parts.moved(Part::TagRemoved),
        }
    }
}

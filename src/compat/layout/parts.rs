//! The parts of two types that have one name: fields by their names, variants by theirs.

use super::difference::Severity;
use super::names::{for_people, of_field};
use super::pass::{Pass, Words};
use super::types::{Field, Type, Variant};

impl Pass<'_> {
    pub(crate) fn fields(&mut self, was: &Type, is: &Type, words: &mut Words) {
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
                words.moved(format!(
                    "field `{}` moved from offset {} to {}",
                    of_field(&old.name),
                    old.offset,
                    new.offset
                ));
            }
        }
    }

    pub(crate) fn variants(&mut self, was: &Type, is: &Type, words: &mut Words) {
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
                    words.moved(format!("its tag moved from offset {before} to {now}"));
                }
                self.step("::tag".to_owned(), old, new, words, || "tag".to_owned());
            }
            (None, None) => {}
            (before, _) => {
                let text = if before.is_some() { "gone" } else { "added" };
                words.moved(format!("its tag is {text}"));
            }
        }
    }
}

fn value(variant: &Variant) -> String {
    match variant.value {
        None => " (it holds the niche)".to_owned(),
        Some(value) => format!(" (= {value})"),
    }
}

//! Types, edits of them, and what of it a program can say itself by `size_of` and `offset_of!`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::difference::Severity;
use super::random::Random;

#[derive(Clone, Debug)]
pub(crate) enum Type {
    Struct {
        attributes: Vec<&'static str>,
        /// Names and types.
        fields: Vec<(String, String)>,
        methods: usize,
    },
    /// Of names alone, with their values.
    Names(Vec<(String, i64)>),
    /// Each variant holds a tuple of these types, of which none has room for a tag.
    Variants(Vec<(String, Vec<String>)>),
}

const NUMBERS: [&str; 7] = ["u8", "u16", "u32", "u64", "i32", "f32", "u128"];
const ATTRIBUTES: [&str; 3] = ["#[repr(C)]", "#[repr(align(16))]", "#[repr(C, packed)]"];

/// As many types as there are to be; each may hold those before it, and those after it behind a pointer.
pub(crate) fn all(random: &mut Random, count: usize) -> Vec<Type> {
    (0..count).map(|index| new(random, index, count)).collect()
}

fn new(random: &mut Random, index: usize, count: usize) -> Type {
    let some = 1 + random.below(5);
    match random.below(6) {
        0 => Type::Names(
            (0..some + 1)
                .map(|it| (format!("V{it}"), it as i64))
                .collect(),
        ),
        1 => Type::Variants(
            (0..some + 1)
                .map(|it| (format!("V{it}"), numbers(random)))
                .collect(),
        ),
        _ => {
            let attributes = match random.below(4) {
                0 => vec![random.pick(&ATTRIBUTES)],
                _ => Vec::new(),
            };
            // What is packed may hold nothing that is aligned.
            let is_packed = attributes.contains(&ATTRIBUTES[2]);
            let field = |it| {
                let of = match is_packed {
                    true => random.pick(&NUMBERS).to_owned(),
                    false => field_type(random, index, count),
                };
                (format!("f{it}"), of)
            };
            Type::Struct {
                fields: (0..some).map(field).collect(),
                attributes,
                methods: 0,
            }
        }
    }
}

fn numbers(random: &mut Random) -> Vec<String> {
    (0..random.below(3))
        .map(|_| random.pick(&NUMBERS).to_owned())
        .collect()
}

fn field_type(random: &mut Random, index: usize, count: usize) -> String {
    let number = random.pick(&NUMBERS);
    let any = random.below(count);
    match random.below(12) {
        0 => "String".to_owned(),
        1 => format!("[{number}; {}]", 1 + random.below(5)),
        2 => format!("Option<{number}>"),
        3 => format!("({number}, {})", random.pick(&NUMBERS)),
        4 => format!("Vec<T{any}>"),
        5 => format!("Option<Box<T{any}>>"),
        6 => format!("fn(&T{any}) -> {number}"),
        7 => format!(
            "std::collections::HashMap<{}, T{any}>",
            NUMBERS[random.below(4)]
        ),
        8 if index > 0 => format!("T{}", random.below(index)),
        9 if index > 0 => format!("Option<T{}>", random.below(index)),
        _ => number.to_owned(),
    }
}

/// Edits a type, and says how.
pub(crate) fn edit(random: &mut Random, all: &mut [Type], index: usize) -> String {
    let count = all.len();
    match &mut all[index] {
        Type::Struct {
            attributes,
            fields,
            methods,
        } => {
            let is_packed = attributes.contains(&ATTRIBUTES[2]);
            let at = random.below(fields.len());
            let other = random.below(fields.len());
            match random.below(9) {
                0 => {
                    let of = random.pick(&NUMBERS).to_owned();
                    fields.insert(at, ("added".to_owned(), of));
                }
                1 if fields.len() > 1 => {
                    fields.remove(at);
                }
                2 | 3 => {
                    fields[at].1 = match is_packed {
                        true => random.pick(&NUMBERS).to_owned(),
                        false => field_type(random, index, count),
                    };
                }
                4 => fields[at].0 = "renamed".to_owned(),
                5 => fields.swap(at, other),
                6 => {
                    let (one, two) = (fields[at].0.clone(), fields[other].0.clone());
                    fields[at].0 = two;
                    fields[other].0 = one;
                }
                7 if !is_packed => match attributes.is_empty() {
                    true => attributes.push(ATTRIBUTES[random.below(2)]),
                    false => attributes.clear(),
                },
                _ => *methods += 1,
            }
        }
        Type::Names(names) => {
            let at = random.below(names.len());
            let last = names.iter().map(|it| it.1).max().unwrap_or(0);
            match random.below(4) {
                0 => names.insert(at, ("Added".to_owned(), last + 1)),
                1 if names.len() > 2 => {
                    names.remove(at);
                }
                2 => names[at].1 = last + 300,
                _ => names[at].0 = "Renamed".to_owned(),
            }
        }
        Type::Variants(variants) => {
            let at = random.below(variants.len());
            match random.below(4) {
                0 => variants.insert(at, ("Added".to_owned(), numbers(random))),
                1 if variants.len() > 2 => {
                    variants.remove(at);
                }
                2 => variants[at].1 = numbers(random),
                _ => variants[at].0 = "Renamed".to_owned(),
            }
        }
    }
    format!("{:?}", all[index])
}

/// A program of these types, with an entry point for each, that says how they lie.
pub(crate) fn render(all: &[Type]) -> String {
    let mut out = "use std::mem::{align_of, offset_of, size_of};\n\
                   fn name<T, R>(_: fn(&T) -> &R) -> &'static str { std::any::type_name::<R>() }\n"
        .to_owned();
    let mut main = String::new();
    for (index, of) in all.iter().enumerate() {
        let name = format!("T{index}");
        let mut fact =
            format!("print!(\"{index} {{}} {{}}\", size_of::<{name}>(), align_of::<{name}>());\n");
        match of {
            Type::Struct {
                attributes,
                fields,
                methods,
            } => {
                let fields_text: Vec<String> = fields
                    .iter()
                    .map(|(name, of)| format!("pub {name}: {of}"))
                    .collect();
                let _ = writeln!(
                    out,
                    "{} pub struct {name} {{ {} }}",
                    attributes.join(" "),
                    fields_text.join(", ")
                );
                for it in 0..*methods {
                    let _ = writeln!(out, "impl {name} {{ pub fn method_{it}(&self) {{}} }}");
                }
                for (field, of) in fields {
                    let _ = writeln!(
                        fact,
                        "print!(\" | {field}@{{}}:{{}}\", offset_of!({name}, {field}), \
                         std::any::type_name::<{of}>());"
                    );
                }
            }
            Type::Names(names) => {
                let text: Vec<String> = names
                    .iter()
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect();
                let _ = writeln!(out, "pub enum {name} {{ {} }}", text.join(", "));
                for (variant, _) in names {
                    let _ = writeln!(
                        fact,
                        "print!(\" | {variant}@{{}}:\", {name}::{variant} as i64);"
                    );
                }
            }
            Type::Variants(variants) => {
                let text: Vec<String> = variants
                    .iter()
                    .map(|(name, of)| format!("{name}({})", of.join(", ")))
                    .collect();
                let _ = writeln!(out, "pub enum {name} {{ {} }}", text.join(", "));
                for (place, (variant, of)) in variants.iter().enumerate() {
                    let _ = writeln!(fact, "print!(\" | {variant}@{place}:{}\");", of.join(","));
                }
            }
        }
        out.push_str(&entry(index));
        let _ = writeln!(main, "{fact}println!();");
    }
    let _ = writeln!(out, "fn main() {{\n{main}}}");
    out
}

/// An entry point that takes a reference to a type.
pub(crate) fn entry(index: usize) -> String {
    format!(
        "pub fn at_{index}(_: &T{index}) {{\n\
         fn types<P>(_: P) -> &'static str {{\n\
         hotmod::live::entry::entry_types::<(&'static T{index},), (), (), P, ()>()\n\
         }}\n\
         std::hint::black_box(types(|| {{}}));\n\
         }}\n\
         #[used] static AT_{index}: fn(&T{index}) = at_{index};\n"
    )
}

/// Whether the layout of a type, or of a type that it contains, differs between both programs.
pub(crate) fn differs(
    before: &BTreeMap<usize, String>,
    now: &BTreeMap<usize, String>,
    index: usize,
) -> Option<Severity> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![index];
    let mut worst = None;
    while let Some(index) = todo.pop() {
        if !seen.insert(index) {
            continue;
        }
        worst = worst.max(own_difference(&before[&index], &now[&index]));
        todo.extend(leads_to(&before[&index]));
    }
    worst
}

fn own_difference(before: &str, now: &str) -> Option<Severity> {
    if before == now {
        return None;
    }
    let parts = |line: &str| -> Vec<(String, String)> {
        let parts = line.split(" | ").skip(1).map(|part| {
            let (name, rest) = part.split_once('@').unwrap();
            (name.to_owned(), rest.to_owned())
        });
        parts.collect()
    };
    let places = |line: &str| {
        let mut places: Vec<String> = parts(line).into_iter().map(|it| it.1).collect();
        places.sort();
        places
    };
    let head = |line: &str| line.split(" | ").next().unwrap().to_owned();
    if head(before) != head(now) || places(before) != places(now) {
        return Some(Severity::Layout);
    }
    let by_name = |line: &str| parts(line).into_iter().collect::<BTreeMap<_, _>>();
    let (was, is) = (by_name(before), by_name(now));
    // One that is there under its name, and elsewhere, is another thing there.
    let has_moved = was
        .iter()
        .any(|(name, place)| is.get(name).is_some_and(|it| it != place));
    match (was == is, has_moved) {
        (true, _) => None,
        (false, true) => Some(Severity::Layout),
        (false, false) => Some(Severity::Name),
    }
}

/// The types that a line names.
fn leads_to(line: &str) -> Vec<usize> {
    let names = line.split("pages::T").skip(1);
    let number = |rest: &str| {
        let digits = rest
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..digits].parse().ok()
    };
    names.filter_map(number).collect()
}

//! The sentences for changed layouts.

use crate::compat::layout::{Difference, Kind, Part, Root, Step, Subject};

pub(crate) fn of_layout(difference: &Difference) -> String {
    let Difference { of, what, way, .. } = difference;
    let of = of_subject(of);
    let what = of_parts(what);
    match way {
        Some(way) => {
            let steps: String = way.steps.iter().map(of_step).collect();
            format!("`{of}`: {what}, via {}{steps}", of_root(&way.root))
        }
        None => format!("`{of}`: {what}"),
    }
}

/// A difference that a reload permits.
pub(super) fn fits(of: &Subject, changes: &[Part]) -> String {
    let (of, changes) = (of_subject(of), of_parts(changes));
    format!("{of}: {changes}; existing values remain valid")
}

fn of_subject(of: &Subject) -> String {
    match of {
        Subject::Type(name) => name.clone(),
        Subject::Root(root) => of_root(root),
    }
}

fn of_root(root: &Root) -> String {
    match root {
        Root::EntryPoint(path) => format!("fn {path}"),
        Root::Static(path) => format!("static {path}"),
        Root::TypeId(name) => format!("{name} (stored under its `TypeId`)"),
    }
}

fn of_step(step: &Step) -> String {
    match step {
        Step::Parameter(name) => format!("<{name}>"),
        Step::Element => "[]".to_owned(),
        Step::Target => ".*".to_owned(),
        Step::Field(name) => format!(".{name}"),
        Step::Variant(name) => format!("::{name}"),
        Step::Tag => "::tag".to_owned(),
        Step::Argument(index) => format!(" (argument {})", index + 1),
        Step::Result => " (return value)".to_owned(),
    }
}

fn of_parts(parts: &[Part]) -> String {
    let parts: Vec<String> = parts.iter().map(of_part).collect();
    parts.join("; ")
}

fn of_part(part: &Part) -> String {
    match part {
        Part::Kind { old, new } => format!("was {}, is now {}", of_kind(*old), of_kind(*new)),
        Part::Type { of, old, new } => match of {
            Some(step) => format!("{}: `{old}` -> `{new}`", noun(step)),
            None => format!("`{old}` -> `{new}`"),
        },
        Part::FieldAdded { name, of, offset } => {
            format!("field `{name}: {of}` added at offset {offset}")
        }
        Part::FieldRemoved { name, of, offset } => {
            format!("field `{name}: {of}` removed from offset {offset}")
        }
        Part::FieldRenamed { old, new, offset } => {
            format!("field `{old}` at offset {offset} is now `{new}`")
        }
        Part::FieldMoved { name, old, new } => {
            format!("field `{name}` moved from offset {old} to {new}")
        }
        Part::VariantAdded { name, value } => format!("variant `{name}` added{}", of_value(value)),
        Part::VariantRemoved { name, value } => {
            format!("variant `{name}` removed{}", of_value(value))
        }
        Part::VariantRenamed { old, new } => format!("variant `{old}` is now `{new}`"),
        Part::VariantValue {
            name,
            old: Some(old),
            new: Some(new),
        } => format!("value of variant `{name}`: {old} -> {new}"),
        Part::VariantValue { name, old, new } => {
            format!("variant `{name}`{} ->{}", of_value(old), of_value(new))
        }
        Part::TagMoved { old, new } => format!("tag moved from offset {old} to {new}"),
        Part::TagAdded => "tag added".to_owned(),
        Part::TagRemoved => "tag removed".to_owned(),
        Part::Length { old, new } => format!("length {old} -> {new}"),
        Part::Encoding => "its encoding changed".to_owned(),
        Part::Arguments { old, new } => format!("{old} -> {new} arguments"),
        Part::ResultAdded => "return value added".to_owned(),
        Part::ResultRemoved => "return value removed".to_owned(),
        Part::Size { old, new } => format!("size {old} -> {new}"),
        Part::Align { old, new } => format!("align {old} -> {new}"),
    }
}

fn noun(step: &Step) -> String {
    match step {
        Step::Parameter(name) => format!("type parameter `{name}`"),
        Step::Element => "element".to_owned(),
        Step::Target => "target".to_owned(),
        Step::Field(name) => format!("field `{name}`"),
        Step::Variant(name) => format!("variant `{name}`"),
        Step::Tag => "tag".to_owned(),
        Step::Argument(index) => format!("argument {}", index + 1),
        Step::Result => "return type".to_owned(),
    }
}

fn of_value(value: &Option<i128>) -> String {
    match value {
        None => " (no tag value: its payload holds the niche)".to_owned(),
        Some(value) => format!(" (= {value})"),
    }
}

fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Base => "a primitive type",
        Kind::Struct => "a struct",
        Kind::Union => "a union",
        Kind::Enum => "an enum",
        Kind::Pointer => "a pointer",
        Kind::Array => "an array",
        Kind::Function => "a function",
        Kind::Unread => "a type of unknown kind",
    }
}

//! How a type differs between two layouts.

use serde::Serialize;

use super::root::Root;
use super::types::Kind;

/// How bad a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Only a name differs, and every byte is in the same place.
    Name,
    /// A value of one type is not valid as the other.
    Layout,
}

/// A step from a type to one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// The name of a type parameter.
    Parameter(String),
    Element,
    Target,
    Field(String),
    Variant(String),
    Tag,
    /// The index of a function's argument.
    Argument(usize),
    Result,
}

/// A type that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    #[serde(skip)]
    pub(crate) severity: Severity,
    #[serde(flatten)]
    pub(crate) of: Subject,
    /// The parts that changed, causes first.
    #[serde(rename = "changes")]
    pub(crate) what: Vec<Part>,
    #[serde(rename = "via", skip_serializing_if = "Option::is_none")]
    pub(crate) way: Option<Way>,
    /// Whether it is only a consequence of another difference.
    #[serde(skip)]
    pub(crate) is_consequence: bool,
}

/// How the program reaches a type: from which root, and by which steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Way {
    #[serde(flatten)]
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Subject {
    /// The type's name, as in sources.
    Type(String),
    /// The types of an entry point's parameters and result, or of a stored value.
    Root(Root),
}

/// A part of a type that changed. Types are named as in sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub(crate) enum Part {
    Kind {
        old: Kind,
        new: Kind,
    },
    /// The type of a part; without a step, the type itself.
    Type {
        #[serde(rename = "part", skip_serializing_if = "Option::is_none")]
        of: Option<Step>,
        old: String,
        new: String,
    },
    FieldAdded {
        name: String,
        #[serde(rename = "type")]
        of: String,
        offset: u64,
    },
    FieldRemoved {
        name: String,
        #[serde(rename = "type")]
        of: String,
        offset: u64,
    },
    FieldRenamed {
        old: String,
        new: String,
        offset: u64,
    },
    FieldMoved {
        name: String,
        old: u64,
        new: u64,
    },
    /// The value is that of the tag; `None` for the variant with the niche.
    VariantAdded {
        name: String,
        value: Option<i128>,
    },
    VariantRemoved {
        name: String,
        value: Option<i128>,
    },
    VariantRenamed {
        old: String,
        new: String,
    },
    VariantValue {
        name: String,
        old: Option<i128>,
        new: Option<i128>,
    },
    TagMoved {
        old: u64,
        new: u64,
    },
    TagAdded,
    TagRemoved,
    Length {
        old: u64,
        new: u64,
    },
    Encoding,
    Arguments {
        old: usize,
        new: usize,
    },
    ResultAdded,
    ResultRemoved,
    Size {
        old: u64,
        new: u64,
    },
    Align {
        old: u64,
        new: u64,
    },
}

impl Part {
    /// Whether it is about a vtable. The number of a trait's methods says less than the changed trait,
    /// which the comparison of tokens names.
    pub(crate) fn is_of_method_table(&self) -> bool {
        const TABLE: &str = "vtable";
        match self {
            Part::Type {
                of: Some(Step::Field(name)),
                ..
            }
            | Part::FieldRenamed { old: name, .. } => name == TABLE,
            _ => false,
        }
    }
}

#[cfg(test)]
impl Difference {
    pub(crate) fn of(severity: Severity, of: &str, what: Part) -> Self {
        Difference {
            severity,
            of: Subject::Type(of.to_owned()),
            what: vec![what],
            way: None,
            is_consequence: false,
        }
    }
}

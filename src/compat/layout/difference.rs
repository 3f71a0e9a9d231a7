//! How a type differs between two layouts.

use serde::Serialize;

use super::root::Root;
use super::types::Kind;

/// How bad a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Every byte is in its place, under another name.
    Name,
    /// A value of one type is not valid as the other.
    Layout,
}

/// A step from a type to one of those that it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// By the name of a type parameter.
    Parameter(String),
    Element,
    Target,
    Field(String),
    Variant(String),
    Tag,
    /// By the number of a function's argument.
    Argument(usize),
    Result,
}

/// One type that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    #[serde(skip)]
    pub(crate) severity: Severity,
    #[serde(flatten)]
    pub(crate) of: Subject,
    /// What changed, causes first.
    #[serde(rename = "changes")]
    pub(crate) what: Vec<Part>,
    #[serde(rename = "via", skip_serializing_if = "Option::is_none")]
    pub(crate) way: Option<Way>,
    /// Whether it only follows from another difference.
    #[serde(skip)]
    pub(crate) is_consequence: bool,
}

/// From where the program has a type, and by which steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Way {
    #[serde(flatten)]
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Subject {
    /// By the name that people write.
    Type(String),
    /// What an entry point takes or returns, or the type of what is kept.
    Root(Root),
}

/// A part of a type that changed. Types have the names that people write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub(crate) enum Part {
    Kind {
        old: Kind,
        new: Kind,
    },
    /// One of the types that it is made of, or, without a step, the type itself.
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
    /// A variant's value is that of its tag; none for the one that holds the niche.
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
    /// Whether it is about a table of methods. How many methods a trait has tells less than the trait's
    /// name, which tokens tell.
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
